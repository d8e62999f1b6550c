import { type Args, signature } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import { repr } from './_print.js'
import type { Ints } from './_utils.js'
import * as F from './functional/index.js'
import { Module } from './module.js'

export interface FoldOptions {
  output_size: Ints
  kernel_size: Ints
  dilation: Ints
  padding: Ints
  stride: Ints
}

const foldOptions = signature<FoldOptions>(
  'Fold',
  'output_size',
  'kernel_size',
  ['dilation', 1],
  ['padding', 0],
  ['stride', 1],
)

/**
 * Adds up sliding blocks into an image: the counterpart of `Unfold`. Input (N, C · kernel points, L), output (N, C,
 * …output_size).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Fold.html
 */
export class Fold extends Module {
  output_size: Ints
  kernel_size: Ints
  dilation: Ints
  padding: Ints
  stride: Ints

  constructor(
    ...args: Args<[output_size: Ints, kernel_size: Ints], [dilation: Ints, padding: Ints, stride: Ints], FoldOptions>
  ) {
    super()
    const options = foldOptions(args)
    this.output_size = options.output_size
    this.kernel_size = options.kernel_size
    this.dilation = options.dilation
    this.padding = options.padding
    this.stride = options.stride
  }

  forward(input: Tensor): Tensor {
    return F.fold(input, this.output_size, this.kernel_size, this.dilation, this.padding, this.stride)
  }

  override extra_repr(): string {
    return `output_size=${repr(this.output_size)}, kernel_size=${repr(this.kernel_size)}, dilation=${repr(this.dilation)}, padding=${repr(this.padding)}, stride=${repr(this.stride)}`
  }
}

export interface UnfoldOptions {
  kernel_size: Ints
  dilation: Ints
  padding: Ints
  stride: Ints
}

const unfoldOptions = signature<UnfoldOptions>('Unfold', 'kernel_size', ['dilation', 1], ['padding', 0], ['stride', 1])

/**
 * Takes sliding blocks out of an image, each as a column. Input (N, C, *), output (N, C · kernel points, L).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Unfold.html
 */
export class Unfold extends Module {
  kernel_size: Ints
  dilation: Ints
  padding: Ints
  stride: Ints

  constructor(...args: Args<[kernel_size: Ints], [dilation: Ints, padding: Ints, stride: Ints], UnfoldOptions>) {
    super()
    const options = unfoldOptions(args)
    this.kernel_size = options.kernel_size
    this.dilation = options.dilation
    this.padding = options.padding
    this.stride = options.stride
  }

  forward(input: Tensor): Tensor {
    return F.unfold(input, this.kernel_size, this.dilation, this.padding, this.stride)
  }

  override extra_repr(): string {
    return `kernel_size=${repr(this.kernel_size)}, dilation=${repr(this.dilation)}, padding=${repr(this.padding)}, stride=${repr(this.stride)}`
  }
}
