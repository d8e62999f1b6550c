import { ValueError } from '../../_C/errors.js'

/** How pixels between pixels are found. https://docs.pytorch.org/vision/stable/transforms.html */
export type InterpolationMode = 'nearest' | 'nearest-exact' | 'bilinear' | 'bicubic'

/** The modes by torchvision's names: `InterpolationMode.BILINEAR`. */
export const InterpolationMode = {
  NEAREST: 'nearest',
  NEAREST_EXACT: 'nearest-exact',
  BILINEAR: 'bilinear',
  BICUBIC: 'bicubic',
} as const satisfies Record<string, InterpolationMode>

/** @throws {ValueError} for a mode that there is not @internal */
export function interpolationMode(mode: InterpolationMode): InterpolationMode {
  const known: InterpolationMode[] = Object.values(InterpolationMode)
  if (known.includes(mode)) return mode
  throw new ValueError(`unknown interpolation '${String(mode)}'; there are: ${known.join(', ')}`)
}
