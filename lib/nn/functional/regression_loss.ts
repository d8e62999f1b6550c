import { call } from '../../_C/call.js'
import { define } from '../../_C/callable.js'
import { show } from '../../_C/checks.js'
import { withModes } from '../../_C/modes.js'
import { valueError } from '../../_C/raise.js'
import { sizesOf } from '../../_C/sizes.js'
import * as ops from '../../_generated/ops.js'
import type { Tensor } from '../../tensor.js'
import { get_enum, legacy_get_string, type Reduction, reductionOf } from '../_reduction.js'
import { broadcastPair, reduceLoss, sameShape, weightedLoss } from './_loss.js'

type MaybeTensor = Tensor | null
type Legacy = boolean | null

/**
 * Mean squared error. input and target: any one shape; with `weight` (same shape) the mean is over the sum of weights.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.mse_loss.html
 */
export const mse_loss = define(
  'mse_loss',
  ['input', 'target', 'size_average?', 'reduce?', 'reduction?', 'weight?'],
  (
    input: Tensor,
    target: Tensor,
    size_average: Legacy = null,
    reduce: Legacy = null,
    reduction: Reduction = 'mean',
    weight: MaybeTensor = null,
  ): Tensor => {
    const how = size_average === null && reduce === null ? reduction : legacy_get_string(size_average, reduce)
    const [x, y] = broadcastPair(input, target)
    if (weight === null) return call(ops.mse_loss, x, y, get_enum(how)) as Tensor
    return weightedLoss(call(ops.pow, call(ops.sub, x, y), 2), input, weight, how, true)
  },
)

/**
 * Mean absolute error. input and target: any one shape; with `weight` (same shape) the mean is over the sum of weights.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.l1_loss.html
 */
export const l1_loss = define(
  'l1_loss',
  ['input', 'target', 'size_average?', 'reduce?', 'reduction?', 'weight?'],
  (
    input: Tensor,
    target: Tensor,
    size_average: Legacy = null,
    reduce: Legacy = null,
    reduction: Reduction = 'mean',
    weight: MaybeTensor = null,
  ): Tensor => {
    const how = size_average === null && reduce === null ? reduction : legacy_get_string(size_average, reduce)
    const [x, y] = broadcastPair(input, target)
    if (weight === null) return call(ops.l1_loss, x, y, get_enum(how)) as Tensor
    return weightedLoss(call(ops.abs, call(ops.sub, x, y)), input, weight, how, true)
  },
)

/**
 * Squared error below `beta`, absolute error above. input and target: any one shape.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.smooth_l1_loss.html
 */
export const smooth_l1_loss = define(
  'smooth_l1_loss',
  ['input', 'target', 'size_average?', 'reduce?', 'reduction?', 'beta?'],
  (
    input: Tensor,
    target: Tensor,
    size_average: Legacy = null,
    reduce: Legacy = null,
    reduction: Reduction = 'mean',
    beta = 1,
  ): Tensor => {
    const how = reductionOf(reduction, size_average, reduce)
    const [x, y] = broadcastPair(input, target)
    return (beta === 0 ? call(ops.l1_loss, x, y, how) : call(ops.smooth_l1_loss, x, y, how, beta)) as Tensor
  },
)

/**
 * Squared error below `delta`, `delta`-scaled absolute error above. input, target and weight: any one shape.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.huber_loss.html
 */
export const huber_loss = define(
  'huber_loss',
  ['input', 'target', 'reduction?', 'delta?', 'weight?'],
  (input: Tensor, target: Tensor, reduction: Reduction = 'mean', delta = 1, weight: MaybeTensor = null): Tensor => {
    const [x, y] = broadcastPair(input, target)
    if (weight === null) return call(ops.huber_loss, x, y, get_enum(reduction), delta) as Tensor
    return weightedLoss(call(ops.huber_loss, x, y, get_enum('none'), delta), input, weight, reduction, false)
  },
)

/**
 * Negative log likelihood of a Poisson distribution whose rate is `exp(input)`, or `input` with `log_input` false.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.poisson_nll_loss.html
 */
export const poisson_nll_loss = define(
  'poisson_nll_loss',
  ['input', 'target', 'log_input?', 'full?', 'size_average?', 'eps?', 'reduce?', 'reduction?'],
  (
    input: Tensor,
    target: Tensor,
    log_input = true,
    full = false,
    size_average: Legacy = null,
    eps = 1e-8,
    reduce: Legacy = null,
    reduction: Reduction = 'mean',
  ): Tensor =>
    call(
      ops.poisson_nll_loss,
      input,
      target,
      log_input,
      full,
      eps,
      reductionOf(reduction, size_average, reduce),
    ) as Tensor,
)

/**
 * Negative log likelihood of normal distributions with mean `input` and variance `var` (a number, the input's shape, or that
 * with a last or one dimension of 1). Variances below `eps` count as `eps`.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.gaussian_nll_loss.html
 */
export const gaussian_nll_loss = define(
  'gaussian_nll_loss',
  ['input', 'target', 'var', 'full?', 'eps?', 'reduction?'],
  (
    input: Tensor,
    target: Tensor,
    variance: Tensor | number,
    full = false,
    eps = 1e-6,
    reduction: Reduction = 'mean',
  ): Tensor => {
    if (reduction !== 'none' && reduction !== 'mean' && reduction !== 'sum')
      throw valueError(`${show(reduction)} is not valid`)
    const detached = varianceFor(input, variance)
    // The floor is no part of the graph: gradients are those of the variance itself.
    withModes({ grad: false }, () => call(ops.clamp_, detached, eps))
    const squared = call(ops.pow, call(ops.sub, input, target), 2)
    let loss = call(ops.mul, call(ops.add, call(ops.log, detached), call(ops.div, squared, detached)), 0.5)
    if (full) loss = call(ops.add_, loss, 0.5 * Math.log(2 * Math.PI))
    return reduceLoss(loss, get_enum(reduction))
  },
)

/** A copy of the variance that broadcasts to the input. */
function varianceFor(input: Tensor, variance: Tensor | number): Tensor {
  if (typeof variance === 'number') {
    if (variance < 0) throw valueError('var has negative entry/entries')
    return call(ops.full_like, input, variance) as Tensor
  }
  const negative = call(ops.any, call(ops.lt, variance, 0)) as Tensor
  if (negative.item()) throw valueError('var has negative entry/entries')
  if (sameShape(variance, input)) return call(ops.clone, variance) as Tensor
  const size = sizesOf(input)
  const given = sizesOf(variance)
  if (given.length === size.length - 1 && given.every((n, i) => n === size[i]))
    return call(ops.clone, call(ops.unsqueeze, variance, -1)) as Tensor
  const different = given.filter((n, i) => n !== size[i])
  if (given.length !== size.length || different.reduce((sum, n) => sum + n, 0) !== 1)
    throw valueError('var is of incorrect size')
  return call(ops.clone, variance) as Tensor
}
