import type { Args } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import { _ConvNd, type ConvOptional, type ConvOptions, type ConvRequired, convSignature } from './_conv_nd.js'
import * as F from './functional/index.js'

const options1 = convSignature('Conv1d')

/**
 * Convolution over a signal of planes. Input (N, C_in, L) or (C_in, L), output (N, C_out, L_out) with
 * `size_out = ⌊(size + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1`. Weight and bias are drawn from U(-√k, √k)
 * with k = groups / (C_in · kernel points).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv1d.html
 */
export class Conv1d extends _ConvNd {
  constructor(...args: Args<ConvRequired, ConvOptional, ConvOptions>) {
    super(1, options1(args), null)
  }

  forward(input: Tensor): Tensor {
    const [padded, padding] = this._padded(input)
    return F.conv1d(padded, this.weight, this.bias, this.stride, padding, this.dilation, this.groups)
  }
}

const options2 = convSignature('Conv2d')

/**
 * Convolution over an image of planes. Input (N, C_in, H, W) or (C_in, H, W), output (N, C_out, H_out, W_out) with
 * `size_out = ⌊(size + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1`. Weight and bias are drawn from U(-√k, √k)
 * with k = groups / (C_in · kernel points).
 *
 * ```ts
 * const m = new nn.Conv2d(16, 33, [3, 5], { stride: [2, 1], padding: [4, 2], dilation: [3, 1] })
 * m(torch.randn(20, 16, 50, 100)).shape // [20, 33, 26, 100]
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
 */
export class Conv2d extends _ConvNd {
  constructor(...args: Args<ConvRequired, ConvOptional, ConvOptions>) {
    super(2, options2(args), null)
  }

  forward(input: Tensor): Tensor {
    const [padded, padding] = this._padded(input)
    return F.conv2d(padded, this.weight, this.bias, this.stride, padding, this.dilation, this.groups)
  }
}

const options3 = convSignature('Conv3d')

/**
 * Convolution over a volume of planes. Input (N, C_in, D, H, W) or (C_in, D, H, W), output (N, C_out, D_out, H_out, W_out) with
 * `size_out = ⌊(size + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1`. Weight and bias are drawn from U(-√k, √k)
 * with k = groups / (C_in · kernel points).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv3d.html
 */
export class Conv3d extends _ConvNd {
  constructor(...args: Args<ConvRequired, ConvOptional, ConvOptions>) {
    super(3, options3(args), null)
  }

  forward(input: Tensor): Tensor {
    const [padded, padding] = this._padded(input)
    return F.conv3d(padded, this.weight, this.bias, this.stride, padding, this.dilation, this.groups)
  }
}
