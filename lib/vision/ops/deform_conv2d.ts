import { type Args, signature } from '../../_C/args.js'
import { define } from '../../_C/callable.js'
import { runtimeError, valueError } from '../../_C/raise.js'
import { zeros } from '../../_generated/torch.js'
import { emptyParameter } from '../../nn/_parameters.js'
import * as init from '../../nn/init.js'
import { Module } from '../../nn/module.js'
import type { Parameter } from '../../nn/parameter.js'
import type { Tensor } from '../../tensor.js'
import { callVision, type Pair, pairOf } from './_call.js'

/**
 * A convolution whose kernel reads at places moved by `offset` (N, 2 · groups · kH · kW, H′, W′) and weighed by `mask` (N, groups
 * · kH · kW, H′, W′).
 *
 * https://docs.pytorch.org/vision/stable/generated/torchvision.ops.deform_conv2d.html
 */
export const deform_conv2d = define(
  'deform_conv2d',
  ['input', 'offset', 'weight', 'bias?', 'stride?', 'padding?', 'dilation?', 'mask?'],
  (
    input: Tensor,
    offset: Tensor,
    weight: Tensor,
    bias: Tensor | null = null,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    mask: Tensor | null = null,
  ): Tensor => {
    const like = { dtype: input.dtype, device: input.device }
    const [out_channels, in_channels, height, width] = weight.shape as unknown as [number, number, number, number]
    const taps = 2 * height * width
    const offsetGroups = Math.floor(offset.size(1) / taps)
    const groups = Math.floor(input.size(1) / in_channels)
    if (!(offsetGroups > 0))
      throw runtimeError(
        'the shape of the offset tensor at dimension 1 is not valid. It should be a multiple of 2 * weight.size[2] * ' +
          `weight.size[3].\nGot offset.shape[1]=${offset.size(1)}, while 2 * weight.size[2] * weight.size[3]=${taps}`,
      )
    return callVision(
      'deform_conv2d',
      input,
      weight,
      offset,
      mask ?? zeros([input.size(0), 1], like),
      bias ?? zeros([out_channels], like),
      ...pairOf(stride),
      ...pairOf(padding),
      ...pairOf(dilation),
      groups,
      offsetGroups,
      mask !== null,
    ) as Tensor
  },
)

export interface DeformConv2dOptions {
  in_channels: number
  out_channels: number
  kernel_size: Pair
  stride: Pair
  padding: Pair
  dilation: Pair
  groups: number
  bias: boolean
}

const deformConv2dOptions = signature<DeformConv2dOptions>(
  'DeformConv2d',
  'in_channels',
  'out_channels',
  'kernel_size',
  ['stride', 1],
  ['padding', 0],
  ['dilation', 1],
  ['groups', 1],
  ['bias', true],
)

/** `deform_conv2d` as a layer. https://docs.pytorch.org/vision/stable/generated/torchvision.ops.DeformConv2d.html */
export class DeformConv2d extends Module<(input: Tensor, offset: Tensor, mask?: Tensor | null) => Tensor> {
  in_channels: number
  out_channels: number
  kernel_size: readonly [number, number]
  stride: readonly [number, number]
  padding: readonly [number, number]
  dilation: readonly [number, number]
  groups: number
  weight: Parameter
  bias: Parameter | null

  constructor(
    ...args: Args<
      [in_channels: number, out_channels: number, kernel_size: Pair],
      [stride: Pair, padding: Pair, dilation: Pair, groups: number, bias: boolean],
      DeformConv2dOptions
    >
  ) {
    super()
    const options = deformConv2dOptions(args)
    const { in_channels, out_channels, groups } = options
    if (in_channels % groups !== 0) throw valueError('in_channels must be divisible by groups')
    if (out_channels % groups !== 0) throw valueError('out_channels must be divisible by groups')
    this.in_channels = in_channels
    this.out_channels = out_channels
    this.kernel_size = pairOf(options.kernel_size)
    this.stride = pairOf(options.stride)
    this.padding = pairOf(options.padding)
    this.dilation = pairOf(options.dilation)
    this.groups = groups
    const factory = { device: null, dtype: null }
    this.weight = emptyParameter([out_channels, in_channels / groups, ...this.kernel_size], factory)
    this.bias = options.bias ? emptyParameter([out_channels], factory) : null
    this.reset_parameters()
  }

  reset_parameters(): void {
    init.kaiming_uniform_(this.weight, Math.sqrt(5))
    if (this.bias === null) return
    const bound = 1 / Math.sqrt(this.weight.select(0, 0).numel())
    init.uniform_(this.bias, -bound, bound)
  }

  override forward(input: Tensor, offset: Tensor, mask: Tensor | null = null): Tensor {
    return deform_conv2d(input, offset, this.weight, this.bias, this.stride, this.padding, this.dilation, mask)
  }

  override extra_repr(): string {
    const pair = (value: readonly [number, number]): string => `(${value.join(', ')})`
    let text = `${this.in_channels}, ${this.out_channels}, kernel_size=${pair(this.kernel_size)}, stride=${pair(this.stride)}`
    if (String(this.padding) !== '0,0') text += `, padding=${pair(this.padding)}`
    if (String(this.dilation) !== '1,1') text += `, dilation=${pair(this.dilation)}`
    if (this.groups !== 1) text += `, groups=${this.groups}`
    return this.bias === null ? `${text}, bias=False` : text
  }
}
