import type { Tensor } from '../../tensor.js'
import type { Mode } from '../_image/modes.js'
import type { Image } from '../image.js'
import * as F from './functional.js'
import { Transform } from './transform.js'

export interface ToPILImage {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  (pic: Tensor): Image
}

/**
 * Tensor (C, H, W) or (H, W) → Image. Floats 0 to 1 become 8 bits; the mode follows the number of channels and the
 * dtype
 * unless given. https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.ToPILImage.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class ToPILImage extends Transform {
  readonly mode: Mode | null

  constructor(mode: Mode | null = null) {
    super()
    this.mode = mode
  }

  forward(pic: Tensor): Image {
    return F.to_pil_image(pic, this.mode)
  }

  override toString(): string {
    return `${this.constructor.name}(${this.mode === null ? '' : `mode=${this.mode}`})`
  }
}
