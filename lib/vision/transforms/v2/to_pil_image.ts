import { type Args, signature } from '../../../_C/args.js'
import type { Tensor } from '../../../tensor.js'
import type { Mode } from '../../_image/modes.js'
import type { Image as Picture } from '../../image.js'
import { Image } from '../../tv_tensors/index.js'
import { Transform } from './_transform.js'
import type { TypeOrCheck } from './_utils.js'
import { to_pil_image } from './functional/_type_conversion.js'
import { is_pure_tensor } from './functional/_utils.js'

const parameters = signature<{ mode: Mode | null }>('ToPILImage', ['mode', null])

export interface ToPILImage {
  (tensor: Tensor): Picture
  (...samples: unknown[]): unknown
}

/**
 * Tensors (C, H, W) to pictures.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ToPILImage.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the call, see `Module`.
export class ToPILImage extends Transform {
  static override readonly _transformed_types: readonly TypeOrCheck[] = [is_pure_tensor, Image]

  readonly mode: Mode | null

  constructor(...args: Args<[], [mode: Mode | null], { mode: Mode | null }>) {
    super()
    this.mode = parameters(args).mode
  }

  override transform(inpt: unknown): unknown {
    return to_pil_image(inpt as Tensor, this.mode)
  }
}
