import { type Args, signature } from '../../_C/args.js'
import { callByName } from '../../_C/call.js'
import { ValueError } from '../../_C/errors.js'
import { full } from '../../_factories.js'
import { floatRepr } from '../../_python_format.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import { Image } from '../image.js'
import {
  applyOperation,
  augMixLimits,
  augMixOperations,
  augmentationSpace,
  drawOperation,
  enhancingOperations,
  fillText,
  modeText,
  type Space,
} from './_augmentation.js'
import { type Fill, fillFor, fillOf } from './_geometry_arguments.js'
import { integer } from './_random.js'
import * as F from './functional.js'
import { type InterpolationMode, interpolationMode } from './interpolation_mode.js'

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
  /** Default `bilinear`; `nearest` is the other one. */
  interpolation: InterpolationMode
  /** What comes from outside: a number, or one for each channel. Default null: 0. */
  fill: Fill | null
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
export interface AugMix {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * Mixes an Image (`L`, `RGB`) or a uint8 Tensor ((N,) 1 or 3, H, W) with what chains of random operations make of it. Draws
 * two `_sample_dirichlet`, then a `torch.randint` for each choice.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.AugMix.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class AugMix extends Module {
  readonly severity: number
  readonly mixture_width: number
  readonly chain_depth: number
  readonly alpha: number
  readonly all_ops: boolean
  readonly interpolation: InterpolationMode
  readonly fill: Fill | null

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
        fill: Fill | null,
      ],
      AugMixOptions
    >
  ) {
    super()
    const { severity, mixture_width, chain_depth, alpha, all_ops, interpolation, fill } = parameters(args)
    if (!(severity >= 1 && severity <= strengths))
      throw new ValueError(`The severity must be between [1, ${strengths}]. Got ${severity} instead.`)
    this.severity = severity
    this.mixture_width = mixture_width
    this.chain_depth = chain_depth
    this.alpha = alpha
    this.all_ops = all_ops
    this.interpolation = interpolationMode(interpolation)
    this.fill = fillOf(fill)
  }

  override forward<T extends Image | Tensor>(img: T): T {
    if (img instanceof Image) return F.to_pil_image(this.mixed(F.pil_to_tensor(img), this.fill)) as T
    F.get_dimensions(img)
    const image: Tensor = img
    return this.mixed(image, this.fill === null ? null : fillFor(image, this.fill)) as T
  }

  private mixed(image: Tensor, fill: Fill | null): Tensor {
    const [, height, width] = F.get_dimensions(image)
    const space = augmentationSpace(
      this.all_ops ? [...augMixOperations, ...enhancingOperations] : augMixOperations,
      strengths,
      augMixLimits(height, width),
    )
    const missing = Math.max(4 - image.dim(), 0)
    const batch = image.view([...Array<number>(missing).fill(1), ...image.shape])
    const count = batch.size(0)
    const perImage = [count, ...Array<number>(batch.dim() - 1).fill(1)]
    // The shares of the image and of the chains together, then of each chain.
    const shares = this.dirichlet(count, 2, image)
    const weights = this.dirichlet(count, this.mixture_width, image).mul(shares.select(1, 1).view(count, -1))
    const mix = shares.select(1, 0).view(perImage).mul(batch)
    for (let i = 0; i < this.mixture_width; i++)
      mix.add_(
        weights
          .select(1, i)
          .view(perImage)
          .mul(this.chain(batch, space, fill)),
      )
    return mix.view(image.shape).to(image.dtype)
  }

  private dirichlet(count: number, size: number, { device }: Tensor): Tensor {
    const concentration = full([size], this.alpha, { device }).expand(count, -1)
    return callByName('aten::_sample_dirichlet', null, concentration) as Tensor
  }

  /** Random operations, one after the other. */
  private chain(batch: Tensor, space: Space, fill: Fill | null): Tensor {
    const depth = this.chain_depth > 0 ? this.chain_depth : integer(1, 4)
    let result = batch
    for (let i = 0; i < depth; i++) {
      const [operation, magnitude] = drawOperation(space, () => integer(0, this.severity))
      result = applyOperation(result, operation, magnitude, this.interpolation, fill)
    }
    return result
  }

  override toString(): string {
    const { severity, mixture_width, chain_depth, alpha, all_ops, interpolation, fill } = this
    const chains = `severity=${severity}, mixture_width=${mixture_width}, chain_depth=${chain_depth}`
    const weights = `alpha=${floatRepr(alpha)}, all_ops=${all_ops ? 'True' : 'False'}`
    const detail = `${chains}, ${weights}, interpolation=${modeText(interpolation)}, fill=${fillText(fill)}`
    return `${this.constructor.name}(${detail})`
  }
}
