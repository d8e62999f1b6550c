import { ValueError } from '../../_C/errors.js'
import type { Mode } from '../_image/modes.js'

/** What a decoded picture has: as the file has it, or these channels. */
export type ImageReadMode = 'UNCHANGED' | 'GRAY' | 'GRAY_ALPHA' | 'RGB' | 'RGB_ALPHA' | 'RGBA'

/**
 * The modes by torchvision's names: `ImageReadMode.RGB`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.io.ImageReadMode.html
 */
export const ImageReadMode = {
  UNCHANGED: 'UNCHANGED',
  GRAY: 'GRAY',
  GRAY_ALPHA: 'GRAY_ALPHA',
  RGB: 'RGB',
  RGB_ALPHA: 'RGB_ALPHA',
  RGBA: 'RGBA',
} as const satisfies Record<string, ImageReadMode>

const modes: Record<ImageReadMode, Mode | null> = {
  UNCHANGED: null,
  GRAY: 'L',
  GRAY_ALPHA: 'LA',
  RGB: 'RGB',
  RGB_ALPHA: 'RGBA',
  RGBA: 'RGBA',
}

/** The image's mode; null for the file's. @throws {ValueError} for a mode that there is not @internal */
export function modeOf(mode: ImageReadMode): Mode | null {
  const name = String(mode).toUpperCase()
  if (!Object.hasOwn(modes, name))
    throw new ValueError(`unknown ImageReadMode '${String(mode)}'; there are: ${Object.keys(modes).join(', ')}`)
  return modes[name as ImageReadMode]
}
