import { type Args, signature } from '../../_C/args.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import { listText } from './_text.js'
import * as F from './functional.js'

interface NormalizeOptions {
  /** One number for each channel. */
  mean: readonly number[]
  std: readonly number[]
  /** Change the tensor that is given. Default false. */
  inplace: boolean
}

const parameters = signature<NormalizeOptions>('Normalize', 'mean', 'std', ['inplace', false])

/**
 * `(x - mean) / std`, channel by channel, of a float Tensor (…, C, H, W).
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.Normalize.html
 */
export class Normalize extends Module {
  readonly mean: readonly number[]
  readonly std: readonly number[]
  readonly inplace: boolean

  constructor(...args: Args<[mean: readonly number[], std: readonly number[]], [inplace: boolean], NormalizeOptions>) {
    super()
    const { mean, std, inplace } = parameters(args)
    this.mean = mean
    this.std = std
    this.inplace = inplace
  }

  override forward(tensor: Tensor): Tensor {
    return F.normalize(tensor, this.mean, this.std, this.inplace)
  }

  override toString(): string {
    return `${this.constructor.name}(mean=${listText(this.mean)}, std=${listText(this.std)})`
  }
}
