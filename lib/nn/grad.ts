/** The gradients of convolutions, one at a time. https://docs.pytorch.org/docs/stable/nn.functional.html */
import { call } from '../_C/call.js'
import { define } from '../_C/callable.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'
import { type Ints, ntuple } from './_utils.js'

/** A tensor of that shape that takes no memory: only its shape counts. */
const shaped = (like: Tensor, shape: readonly number[]): Tensor => like.new_empty([1]).expand([...shape])

function backward(
  dims: number,
  wanted: 'input' | 'weight',
  [input, weight, grad_output]: readonly [Tensor, Tensor, Tensor],
  [stride = 1, padding = 0, dilation = 1, groups = 1]: Rest,
): Tensor {
  const [grad_input, grad_weight] = call(
    ops.convolution_backward,
    grad_output,
    input,
    weight,
    null,
    ntuple(stride, dims, 'stride'),
    ntuple(padding, dims, 'padding'),
    ntuple(dilation, dims, 'dilation'),
    false,
    [0],
    groups,
    [wanted === 'input', wanted === 'weight', false],
  ) as Iterable<Tensor>
  return wanted === 'input' ? grad_input! : grad_weight!
}

/** What comes after the three tensors or shapes of a call, with defaults. */
type Rest = [stride?: Ints, padding?: Ints, dilation?: Ints, groups?: number]
const rest = ['stride?', 'padding?', 'dilation?', 'groups?'] as const

const inputGradient = (dims: 1 | 2 | 3) =>
  define(
    `conv${dims}d_input`,
    ['input_size', 'weight', 'grad_output', ...rest],
    (input_size: readonly number[], weight: Tensor, grad_output: Tensor, ...options: Rest): Tensor =>
      backward(dims, 'input', [shaped(grad_output, input_size), weight, grad_output], options),
  )

const weightGradient = (dims: 1 | 2 | 3) =>
  define(
    `conv${dims}d_weight`,
    ['input', 'weight_size', 'grad_output', ...rest],
    (input: Tensor, weight_size: readonly number[], grad_output: Tensor, ...options: Rest): Tensor =>
      backward(dims, 'weight', [input, shaped(grad_output, weight_size), grad_output], options),
  )

/** The gradient of `conv1d` for its input, of shape `input_size`. */
export const conv1d_input = inputGradient(1)
/** The gradient of `conv2d` for its input, of shape `input_size`. */
export const conv2d_input = inputGradient(2)
/** The gradient of `conv3d` for its input, of shape `input_size`. */
export const conv3d_input = inputGradient(3)
/** The gradient of `conv1d` for its weight, of shape `weight_size`. */
export const conv1d_weight = weightGradient(1)
/** The gradient of `conv2d` for its weight, of shape `weight_size`. */
export const conv2d_weight = weightGradient(2)
/** The gradient of `conv3d` for its weight, of shape `weight_size`. */
export const conv3d_weight = weightGradient(3)
