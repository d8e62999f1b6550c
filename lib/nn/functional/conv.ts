import { forward } from '../../_C/callable.js'
import * as ops from '../../_generated/ops.js'
import type { Tensor } from '../../tensor.js'
import type { Ints } from './_types.js'

type ConvParameters = ['input', 'weight', 'bias?', 'stride?', 'padding?', 'dilation?', 'groups?']
type Convolution = (
  input: Tensor,
  weight: Tensor,
  bias?: Tensor | null,
  stride?: Ints,
  padding?: Ints | 'valid' | 'same',
  dilation?: Ints,
  groups?: number,
) => Tensor

type TransposedParameters = [
  'input',
  'weight',
  'bias?',
  'stride?',
  'padding?',
  'output_padding?',
  'groups?',
  'dilation?',
]
type TransposedConvolution = (
  input: Tensor,
  weight: Tensor,
  bias?: Tensor | null,
  stride?: Ints,
  padding?: Ints,
  output_padding?: Ints,
  groups?: number,
  dilation?: Ints,
) => Tensor

/**
 * Convolution over a signal of planes. input: (N, C_in, W) or (C_in, W), weight: (C_out, C_in / groups, kW),
 * bias: (C_out). `padding` is a number for each side, `'valid'` (none) or `'same'` (stride 1 only).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv1d.html
 */
export const conv1d = forward<Convolution, ConvParameters>(ops.conv1d)

/**
 * Convolution over a image of planes. input: (N, C_in, H, W) or (C_in, H, W), weight: (C_out, C_in / groups, kH, kW),
 * bias: (C_out). `padding` is a number for each side, `'valid'` (none) or `'same'` (stride 1 only).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html
 */
export const conv2d = forward<Convolution, ConvParameters>(ops.conv2d)

/**
 * Convolution over a volume of planes. input: (N, C_in, D, H, W) or (C_in, D, H, W), weight: (C_out, C_in / groups, kD, kH, kW),
 * bias: (C_out). `padding` is a number for each side, `'valid'` (none) or `'same'` (stride 1 only).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv3d.html
 */
export const conv3d = forward<Convolution, ConvParameters>(ops.conv3d)

/**
 * Transposed convolution ("deconvolution") over a signal of planes. input: (N, C_in, W) or (C_in, W),
 * weight: (C_in, C_out / groups, kW), bias: (C_out).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose1d.html
 */
export const conv_transpose1d = forward<TransposedConvolution, TransposedParameters>(ops.conv_transpose1d)

/**
 * Transposed convolution ("deconvolution") over a image of planes. input: (N, C_in, H, W) or (C_in, H, W),
 * weight: (C_in, C_out / groups, kH, kW), bias: (C_out).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose2d.html
 */
export const conv_transpose2d = forward<TransposedConvolution, TransposedParameters>(ops.conv_transpose2d)

/**
 * Transposed convolution ("deconvolution") over a volume of planes. input: (N, C_in, D, H, W) or (C_in, D, H, W),
 * weight: (C_in, C_out / groups, kD, kH, kW), bias: (C_out).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose3d.html
 */
export const conv_transpose3d = forward<TransposedConvolution, TransposedParameters>(ops.conv_transpose3d)

/**
 * Convolution over a sequence laid out as time × batch × channel. input: (T, N, C_in), weight: (kW, C_in, C_out),
 * bias: (C_out); `pad` timesteps of zeros on both ends.
 * https://docs.pytorch.org/docs/stable/nn.functional.html#convolution-functions
 */
export const conv_tbc = forward<
  (input: Tensor, weight: Tensor, bias: Tensor, pad?: number) => Tensor,
  ['input', 'weight', 'bias', 'pad?']
>(ops.conv_tbc)
