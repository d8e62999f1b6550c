import { call } from '../../_C/call.js'
import { define } from '../../_C/callable.js'
import { checkNumber, show } from '../../_C/checks.js'
import { native } from '../../_C/native.js'
import { runtimeError, valueError } from '../../_C/raise.js'
import { sizesOf } from '../../_C/sizes.js'
import * as ops from '../../_generated/ops.js'
import { sizeText } from '../../size.js'
import type { Tensor } from '../../tensor.js'
import { get_enum, type Reduction, reductionOf } from '../_reduction.js'
import { reduceLoss } from './_loss.js'

type Legacy = boolean | null

/**
 * `max(0, −target · (input1 − input2) + margin)`: target 1 asks for a larger input1, −1 for a larger input2.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.margin_ranking_loss.html
 */
export const margin_ranking_loss = define(
  'margin_ranking_loss',
  ['input1', 'input2', 'target', 'margin?', 'size_average?', 'reduce?', 'reduction?'],
  (
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin = 0,
    size_average: Legacy = null,
    reduce: Legacy = null,
    reduction: Reduction = 'mean',
  ): Tensor => {
    const how = reductionOf(reduction, size_average, reduce)
    if (native.dim(input1) !== native.dim(input2) || native.dim(input1) !== native.dim(target))
      throw runtimeError(
        `margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: ${sizeText(sizesOf(input1))}, input2: ${sizeText(sizesOf(input2))}, target: ${sizeText(sizesOf(target))} `,
      )
    return call(ops.margin_ranking_loss, input1, input2, target, margin, how) as Tensor
  },
)

/**
 * `input` where target is 1, `max(0, margin − input)` where it is −1.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hinge_embedding_loss.html
 */
export const hinge_embedding_loss = define(
  'hinge_embedding_loss',
  ['input', 'target', 'margin?', 'size_average?', 'reduce?', 'reduction?'],
  (
    input: Tensor,
    target: Tensor,
    margin = 1,
    size_average: Legacy = null,
    reduce: Legacy = null,
    reduction: Reduction = 'mean',
  ): Tensor =>
    call(ops.hinge_embedding_loss, input, target, margin, reductionOf(reduction, size_average, reduce)) as Tensor,
)

/**
 * `log(1 + exp(−target · input))` for targets 1 and −1. input and target: any one shape.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.soft_margin_loss.html
 */
export const soft_margin_loss = define(
  'soft_margin_loss',
  ['input', 'target', 'size_average?', 'reduce?', 'reduction?'],
  (
    input: Tensor,
    target: Tensor,
    size_average: Legacy = null,
    reduce: Legacy = null,
    reduction: Reduction = 'mean',
  ): Tensor => call(ops.soft_margin_loss, input, target, reductionOf(reduction, size_average, reduce)) as Tensor,
)

/**
 * `1 − cos(input1, input2)` where target is 1, `max(0, cos − margin)` where it is −1. inputs: (N, D) or (D), target: (N) or ().
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cosine_embedding_loss.html
 */
export const cosine_embedding_loss = define(
  'cosine_embedding_loss',
  ['input1', 'input2', 'target', 'margin?', 'size_average?', 'reduce?', 'reduction?'],
  (
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin = 0,
    size_average: Legacy = null,
    reduce: Legacy = null,
    reduction: Reduction = 'mean',
  ): Tensor =>
    call(
      ops.cosine_embedding_loss,
      input1,
      input2,
      target,
      margin,
      reductionOf(reduction, size_average, reduce),
    ) as Tensor,
)

/**
 * `max(0, d(anchor, positive) − d(anchor, negative) + margin)` with the `p`-norm distance. inputs: (N, D) or (D).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.triplet_margin_loss.html
 */
export const triplet_margin_loss = define(
  'triplet_margin_loss',
  ['anchor', 'positive', 'negative', 'margin?', 'p?', 'eps?', 'swap?', 'size_average?', 'reduce?', 'reduction?'],
  (
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin = 1,
    p = 2,
    eps = 1e-6,
    swap = false,
    size_average: Legacy = null,
    reduce: Legacy = null,
    reduction: Reduction = 'mean',
  ): Tensor => {
    const how = reductionOf(reduction, size_average, reduce)
    checkNumber('triplet_margin_loss', 'margin', margin)
    if (margin <= 0) throw valueError(`margin must be greater than 0, got ${margin}`)
    return call(ops.triplet_margin_loss, anchor, positive, negative, margin, p, eps, swap, how) as Tensor
  },
)

/**
 * `triplet_margin_loss` with a distance of one's own, which maps two tensors to one distance for each pair.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.triplet_margin_with_distance_loss.html
 */
export const triplet_margin_with_distance_loss = define(
  'triplet_margin_with_distance_loss',
  ['anchor', 'positive', 'negative', '*', 'distance_function?', 'margin?', 'swap?', 'reduction?'],
  (
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    distance_function: ((a: Tensor, b: Tensor) => Tensor) | null = null,
    margin = 1,
    swap = false,
    reduction: Reduction = 'mean',
  ): Tensor => {
    if (reduction !== 'mean' && reduction !== 'sum' && reduction !== 'none')
      throw valueError(`${show(reduction)} is not a valid value for reduction`)
    checkNumber('triplet_margin_loss', 'margin', margin)
    if (margin <= 0) throw valueError(`margin must be greater than 0, got ${margin}`)
    const dims = [native.dim(anchor), native.dim(positive), native.dim(negative)]
    if (dims[0] !== dims[1] || dims[1] !== dims[2])
      throw runtimeError(
        `The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: anchor ${dims[0]}D, positive ${dims[1]}D, and negative ${dims[2]}D inputs`,
      )
    const distance = distance_function ?? ((a: Tensor, b: Tensor) => call(ops.pairwise_distance, a, b) as Tensor)
    const near = distance(anchor, positive)
    let far: unknown = distance(anchor, negative)
    if (swap) far = call(ops.minimum, far, distance(positive, negative))
    const loss = call(ops.clamp_min, call(ops.sub, call(ops.add, near, margin), far), 0)
    return reduceLoss(loss, get_enum(reduction))
  },
)
