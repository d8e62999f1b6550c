import { call } from '../../_C/call.js'
import { define, forward } from '../../_C/callable.js'
import { checkNumber } from '../../_C/checks.js'
import { native } from '../../_C/native.js'
import { runtimeError, valueError } from '../../_C/raise.js'
import * as ops from '../../_generated/ops.js'
import type { Tensor } from '../../tensor.js'
import type { Scalar } from '../../types.js'

type Elementwise = (input: Tensor) => Tensor

/** A function of each element, by the one operator or, in place, by the other. */
const elementwise = (name: string, op: number, inPlace: number) =>
  define(
    name,
    ['input', 'inplace?'],
    (input: Tensor, inplace = false): Tensor => call(inplace ? inPlace : op, input) as Tensor,
  )

/**
 * `max(0, x)`, elementwise.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.relu.html
 */
export const relu = elementwise('relu', ops.relu, ops.relu_)

/**
 * `min(max(0, x), 6)`, elementwise.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.relu6.html
 */
export const relu6 = elementwise('relu6', ops.relu6, ops.relu6_)

/**
 * `max(0, x) + min(0, alpha · (exp(x) − 1))`, elementwise.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.elu.html
 */
export const elu = define(
  'elu',
  ['input', 'alpha?', 'inplace?'],
  (input: Tensor, alpha = 1, inplace = false): Tensor => call(inplace ? ops.elu_ : ops.elu, input, alpha) as Tensor,
)

/**
 * Scaled ELU, elementwise, with the constants that keep activations normalised.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.selu.html
 */
export const selu = elementwise('selu', ops.selu, ops.selu_)

/**
 * `max(0, x) + min(0, alpha · (exp(x / alpha) − 1))`, elementwise.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.celu.html
 */
export const celu = define(
  'celu',
  ['input', 'alpha?', 'inplace?'],
  (input: Tensor, alpha = 1, inplace = false): Tensor => call(inplace ? ops.celu_ : ops.celu, input, alpha) as Tensor,
)

/**
 * `max(0, x) + negative_slope · min(0, x)`, elementwise.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.leaky_relu.html
 */
export const leaky_relu = define(
  'leaky_relu',
  ['input', 'negative_slope?', 'inplace?'],
  (input: Tensor, negative_slope = 0.01, inplace = false): Tensor =>
    call(inplace ? ops.leaky_relu_ : ops.leaky_relu, input, negative_slope) as Tensor,
)

/**
 * `relu6(x + 3) / 6`, elementwise.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardsigmoid.html
 */
export const hardsigmoid = elementwise('hardsigmoid', ops.hardsigmoid, ops.hardsigmoid_)

/**
 * `x · sigmoid(x)` (swish), elementwise.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.silu.html
 */
export const silu = elementwise('silu', ops.silu, ops.silu_)

/**
 * `x · tanh(softplus(x))`, elementwise.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.mish.html
 */
export const mish = elementwise('mish', ops.mish, ops.mish_)

/**
 * `x · relu6(x + 3) / 6`, elementwise.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardswish.html
 */
export const hardswish = elementwise('hardswish', ops.hardswish, ops.hardswish_)

/**
 * `x` where it is above `threshold`, else `value`, elementwise.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.threshold.html
 */
export const threshold = define(
  'threshold',
  ['input', 'threshold', 'value', 'inplace?'],
  (input: Tensor, threshold: Scalar, value: Scalar, inplace = false): Tensor =>
    call(inplace ? ops.threshold_ : ops.threshold, input, threshold, value) as Tensor,
)

/**
 * Clamps elementwise to `min_val … max_val`; throws a ValueError where they are the wrong way round.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardtanh.html
 */
export const hardtanh = define(
  'hardtanh',
  ['input', 'min_val?', 'max_val?', 'inplace?'],
  (input: Tensor, min_val = -1, max_val = 1, inplace = false): Tensor => {
    checkNumber('hardtanh', 'min_val', min_val)
    checkNumber('hardtanh', 'max_val', max_val)
    if (min_val > max_val) throw valueError('min_val cannot be greater than max_val')
    return call(inplace ? ops.hardtanh_ : ops.hardtanh, input, min_val, max_val) as Tensor
  },
)

/**
 * Leaky ReLU whose slope is drawn from `lower … upper` in training and is their mean otherwise.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.rrelu.html
 */
export const rrelu = define(
  'rrelu',
  ['input', 'lower?', 'upper?', 'training?', 'inplace?'],
  (input: Tensor, lower = 1 / 8, upper = 1 / 3, training = false, inplace = false): Tensor =>
    call(inplace ? ops.rrelu_ : ops.rrelu, input, lower, upper, training) as Tensor,
)

/**
 * Gated linear unit: the first half along `dim` times the sigmoid of the second. `dim` must be even in size.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.glu.html
 */
export const glu = define('glu', ['input', 'dim?'], (input: Tensor, dim = -1): Tensor => {
  if (native.dim(input) === 0) throw runtimeError('glu does not support scalars because halving size must be even')
  return call(ops.glu, input, dim) as Tensor
})

/**
 * `x − tanh(x)`, elementwise.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.tanhshrink.html
 */
export const tanhshrink = define(
  'tanhshrink',
  ['input'],
  (input: Tensor): Tensor => call(ops.sub, input, call(ops.tanh, input)) as Tensor,
)

/**
 * `x / (1 + |x|)`, elementwise.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softsign.html
 */
export const softsign = define(
  'softsign',
  ['input'],
  (input: Tensor): Tensor => call(ops.div, input, call(ops.add, call(ops.abs, input), 1)) as Tensor,
)

/**
 * `x` where it is positive, else `weight · x`. weight: one number, or one for each channel.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.prelu.html
 */
export const prelu = forward<(input: Tensor, weight: Tensor) => Tensor, ['input', 'weight']>(ops.prelu)

/**
 * `x · Φ(x)` with the normal distribution's Φ, or its tanh approximation.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.gelu.html
 */
export const gelu = forward<(input: Tensor, approximate?: 'none' | 'tanh') => Tensor, ['input', '*', 'approximate?']>(
  ops.gelu,
)

/**
 * `log(sigmoid(x))`, elementwise.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.logsigmoid.html
 */
export const logsigmoid = forward<Elementwise, ['input']>(ops.log_sigmoid)

/**
 * Zero where `|x| ≤ lambd`, else `x`.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardshrink.html
 */
export const hardshrink = forward<(input: Tensor, lambd?: Scalar) => Tensor, ['input', 'lambd?']>(ops.hardshrink)

/**
 * `x` moved towards zero by `lambd`, and zero within it.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softshrink.html
 */
export const softshrink = forward<(input: Tensor, lambd?: Scalar) => Tensor, ['input', 'lambd?']>(ops.softshrink)

/**
 * `log(1 + exp(beta · x)) / beta`; linear where `beta · x > threshold`.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softplus.html
 */
export const softplus = forward<
  (input: Tensor, beta?: Scalar, threshold?: Scalar) => Tensor,
  ['input', 'beta?', 'threshold?']
>(ops.softplus)

/**
 * Hyperbolic tangent, elementwise.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.tanh.html
 */
export const tanh = forward<Elementwise, ['input']>(ops.tanh)

/**
 * `1 / (1 + exp(−x))`, elementwise.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.sigmoid.html
 */
export const sigmoid = forward<Elementwise, ['input']>(ops.sigmoid)

/** In-place `relu`. */
export const relu_ = forward<Elementwise, ['input']>(ops.relu_)
/** In-place `selu`. */
export const selu_ = forward<Elementwise, ['input']>(ops.selu_)
/** In-place `elu`. */
export const elu_ = forward<(input: Tensor, alpha?: Scalar) => Tensor, ['input', 'alpha?']>(ops.elu_)
/** In-place `celu`. */
export const celu_ = forward<(input: Tensor, alpha?: Scalar) => Tensor, ['input', 'alpha?']>(ops.celu_)
/** In-place `leaky_relu`. */
export const leaky_relu_ = forward<(input: Tensor, negative_slope?: Scalar) => Tensor, ['input', 'negative_slope?']>(
  ops.leaky_relu_,
)
/** In-place `hardtanh`. */
export const hardtanh_ = forward<
  (input: Tensor, min_val?: Scalar, max_val?: Scalar) => Tensor,
  ['input', 'min_val?', 'max_val?']
>(ops.hardtanh_)
/** In-place `threshold`. */
export const threshold_ = forward<
  (input: Tensor, threshold: Scalar, value: Scalar) => Tensor,
  ['input', 'threshold', 'value']
>(ops.threshold_)
/** In-place `rrelu`. */
export const rrelu_ = forward<
  (input: Tensor, lower?: Scalar, upper?: Scalar, training?: boolean) => Tensor,
  ['input', 'lower?', 'upper?', 'training?']
>(ops.rrelu_)
