import { type Args, signature } from '../../../_C/args.js'
import { callByName } from '../../../_C/call.js'
import { ValueError } from '../../../_C/errors.js'
import { full } from '../../../_factories.js'
import type { Tensor } from '../../../tensor.js'
import { Image as Picture } from '../../image.js'
import * as tv_tensors from '../../tv_tensors/index.js'
import { augMixLimits, augMixOperations, enhancingOperations, type Space } from '../_augmentation.js'
import { integer } from '../_random.js'
import type { InterpolationMode } from '../interpolation_mode.js'
import { AutoAugmentBase, drawMagnitude, drawOperation, spaceOf } from './_auto_augment.js'
import type { FillByType } from './_fill.js'
import { float } from './_text.js'
import { get_size } from './functional/_meta.js'
import { pil_to_tensor, to_pil_image } from './functional/_type_conversion.js'
import { plain } from './functional/_utils.js'

interface AugMixOptions {
  /** How many of the ten strengths there are to choose from, weakest first. Default 3. */
  severity: number
  /** How many chains of operations are mixed. Default 3. */
  mixture_width: number
  /** Operations in a chain; below 1: 1 to 3 at random, the default. */
  chain_depth: number
  /** Of the Dirichlet distributions that the weights come from. Default 1. */
  alpha: number
  /** Brightness, colour, contrast and sharpness too. Default true. */
  all_ops: boolean
  /** Default `bilinear`. */
  interpolation: InterpolationMode
  /** What comes from outside: a number, or one for each channel. Default null: 0. */
  fill: FillByType
}

const parameters = signature<AugMixOptions>(
  'AugMix',
  ['severity', 3],
  ['mixture_width', 3],
  ['chain_depth', -1],
  ['alpha', 1],
  ['all_ops', true],
  ['interpolation', 'bilinear'],
  ['fill', null],
)

const strengths = 10
/**
 * Mixes the image or video of a sample with what chains of random operations make of it. https://arxiv.org/abs/1912.02781
 * Draws two `_sample_dirichlet`, then a `torch.randint` for each choice and a `torch.rand(())` for each sign.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.AugMix.html
 */
export class AugMix extends AutoAugmentBase {
  static override readonly _texts = { alpha: float }

  readonly severity: number
  readonly mixture_width: number
  readonly chain_depth: number
  readonly alpha: number
  readonly all_ops: boolean

  constructor(
    ...args: Args<
      [],
      [
        severity: number,
        mixture_width: number,
        chain_depth: number,
        alpha: number,
        all_ops: boolean,
        interpolation: InterpolationMode,
        fill: FillByType,
      ],
      AugMixOptions
    >
  ) {
    const { severity, mixture_width, chain_depth, alpha, all_ops, interpolation, fill } = parameters(args)
    super(interpolation, fill)
    if (!(severity >= 1 && severity <= strengths))
      throw new ValueError(`The severity must be between [1, ${strengths}]. Got ${severity} instead.`)
    this.severity = severity
    this.mixture_width = mixture_width
    this.chain_depth = chain_depth
    this.alpha = alpha
    this.all_ops = all_ops
  }

  protected override augment(image: Picture | Tensor): Picture | Tensor {
    if (image instanceof Picture) return to_pil_image(this._mixed(pil_to_tensor(image), 4))
    const dims = image instanceof tv_tensors.Video ? 5 : 4
    return tv_tensors.wrap(this._mixed(plain(image), dims), { like: image })
  }

  private _mixed(image: Tensor, dims: number): Tensor {
    const [height, width] = get_size(image)
    const space = spaceOf(
      this.all_ops ? [...augMixOperations, ...enhancingOperations] : augMixOperations,
      strengths,
      augMixLimits(height, width),
    )
    const missing = Math.max(dims - image.dim(), 0)
    const batch = image.reshape([...Array<number>(missing).fill(1), ...image.shape])
    const count = batch.size(0)
    const perImage = [count, ...Array<number>(batch.dim() - 1).fill(1)]
    // The shares of the image and of the chains together, then of each chain.
    const shares = this._dirichlet(count, 2, image)
    const weights = this._dirichlet(count, this.mixture_width, image).mul(shares.select(1, 1).reshape(count, -1))
    const mix = shares.select(1, 0).reshape(perImage).mul(batch)
    for (let i = 0; i < this.mixture_width; i++)
      mix.add_(weights.select(1, i).reshape(perImage).mul(this._chain(batch, space)))
    return mix.reshape(image.shape).to(image.dtype)
  }

  private _dirichlet(count: number, size: number, { device }: Tensor): Tensor {
    const concentration = full([size], this.alpha, { device }).expand(count, -1)
    return callByName('aten::_sample_dirichlet', null, concentration) as Tensor
  }

  /** Random operations, one after the other. */
  private _chain(batch: Tensor, space: Space): Tensor {
    const depth = this.chain_depth > 0 ? this.chain_depth : integer(1, 4)
    let result = batch
    for (let i = 0; i < depth; i++) {
      const operation = drawOperation(space)
      const magnitude = drawMagnitude(space, operation, () => integer(0, this.severity))
      result = this.operate(result, operation, magnitude) as Tensor
    }
    return result
  }
}
