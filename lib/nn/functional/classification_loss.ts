import { call } from '../../_C/call.js'
import { define } from '../../_C/callable.js'
import { native } from '../../_C/native.js'
import { valueError, warn } from '../../_C/raise.js'
import { sizesOf } from '../../_C/sizes.js'
import * as ops from '../../_generated/ops.js'
import { sizeText } from '../../size.js'
import type { Tensor } from '../../tensor.js'
import { get_enum, legacy_get_enum, type Reduction, reductionOf } from '../_reduction.js'
import { reduceLoss, sameShape } from './_loss.js'

type MaybeTensor = Tensor | null
type Legacy = boolean | null

/**
 * Cross entropy between unnormalised scores and classes. input: (N, C, *) or (C); target: class numbers int64 (N, *) or (), or
 * probabilities of the input's shape; weight: (C). `size_average` and `reduce` are deprecated.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html
 */
export const cross_entropy = define(
  'cross_entropy',
  ['input', 'target', 'weight?', 'size_average?', 'ignore_index?', 'reduce?', 'reduction?', 'label_smoothing?'],
  (
    input: Tensor,
    target: Tensor,
    weight: MaybeTensor = null,
    size_average: Legacy = null,
    ignore_index = -100,
    reduce: Legacy = null,
    reduction: Reduction = 'mean',
    label_smoothing = 0,
  ): Tensor =>
    call(
      ops.cross_entropy_loss,
      input,
      target,
      weight,
      reductionOf(reduction, size_average, reduce),
      ignore_index,
      label_smoothing,
    ) as Tensor,
)

/**
 * Negative log likelihood. input: log-probabilities (N, C, *) or (C); target: int64 (N, *) or (); weight: (C).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.nll_loss.html
 */
export const nll_loss = define(
  'nll_loss',
  ['input', 'target', 'weight?', 'size_average?', 'ignore_index?', 'reduce?', 'reduction?'],
  (
    input: Tensor,
    target: Tensor,
    weight: MaybeTensor = null,
    size_average: Legacy = null,
    ignore_index = -100,
    reduce: Legacy = null,
    reduction: Reduction = 'mean',
  ): Tensor =>
    call(ops.nll_loss_nd, input, target, weight, reductionOf(reduction, size_average, reduce), ignore_index) as Tensor,
)

/**
 * Binary cross entropy of probabilities. input and target: any one shape; weight broadcasts to it.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy.html
 */
export const binary_cross_entropy = define(
  'binary_cross_entropy',
  ['input', 'target', 'weight?', 'size_average?', 'reduce?', 'reduction?'],
  (
    input: Tensor,
    target: Tensor,
    weight: MaybeTensor = null,
    size_average: Legacy = null,
    reduce: Legacy = null,
    reduction: Reduction = 'mean',
  ): Tensor => {
    const how = reductionOf(reduction, size_average, reduce)
    if (!sameShape(target, input))
      throw valueError(
        `Using a target size (${sizeText(sizesOf(target))}) that is different to the input size (${sizeText(sizesOf(input))}) is deprecated. Please ensure they have the same size.`,
      )
    const full = weight === null ? null : (call(ops.broadcast_tensors, [weight, target]) as Tensor[])[0]
    return call(ops.binary_cross_entropy, input, target, full, how) as Tensor
  },
)

/**
 * Binary cross entropy of scores, sigmoid included. input and target: any one shape; weight and pos_weight broadcast to it.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy_with_logits.html
 */
export const binary_cross_entropy_with_logits = define(
  'binary_cross_entropy_with_logits',
  ['input', 'target', 'weight?', 'size_average?', 'reduce?', 'reduction?', 'pos_weight?'],
  (
    input: Tensor,
    target: Tensor,
    weight: MaybeTensor = null,
    size_average: Legacy = null,
    reduce: Legacy = null,
    reduction: Reduction = 'mean',
    pos_weight: MaybeTensor = null,
  ): Tensor => {
    const how = reductionOf(reduction, size_average, reduce)
    if (!sameShape(target, input))
      throw valueError(
        `Target size (${sizeText(sizesOf(target))}) must be the same as input size (${sizeText(sizesOf(input))})`,
      )
    return call(ops.binary_cross_entropy_with_logits, input, target, weight, pos_weight, how) as Tensor
  },
)

/**
 * Kullback-Leibler divergence. input: log-probabilities; target: probabilities, or log-probabilities with `log_target`.
 * `'batchmean'` divides the sum by the first dimension, which is what the definition asks for.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.kl_div.html
 */
export const kl_div = define(
  'kl_div',
  ['input', 'target', 'size_average?', 'reduce?', 'reduction?', 'log_target?'],
  (
    input: Tensor,
    target: Tensor,
    size_average: Legacy = null,
    reduce: Legacy = null,
    reduction: Reduction | 'batchmean' = 'mean',
    log_target = false,
  ): Tensor => {
    let how: number
    if (size_average !== null || reduce !== null) how = legacy_get_enum(size_average, reduce)
    else {
      if (reduction === 'mean')
        warn(
          "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides only by the batch size, and aligns with the KL div math definition.'mean' will be changed to behave the same as 'batchmean' in the next major release.",
        )
      how = get_enum(reduction === 'batchmean' ? 'sum' : reduction)
    }
    const reduced = call(ops.kl_div, input, target, how, { log_target }) as Tensor
    return reduction === 'batchmean' && native.dim(input) !== 0
      ? (call(ops.div, reduced, sizesOf(input)[0]) as Tensor)
      : reduced
  },
)

/**
 * Connectionist temporal classification. log_probs: (T, N, C) or (T, C); targets: (N, S) or the concatenated targets; lengths:
 * (N) tensors or lists.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.ctc_loss.html
 */
export const ctc_loss = define(
  'ctc_loss',
  ['log_probs', 'targets', 'input_lengths', 'target_lengths', 'blank?', 'reduction?', 'zero_infinity?'],
  (
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Tensor | readonly number[],
    target_lengths: Tensor | readonly number[],
    blank = 0,
    reduction: Reduction = 'mean',
    zero_infinity = false,
  ): Tensor =>
    call(
      ops.ctc_loss,
      log_probs,
      targets,
      input_lengths,
      target_lengths,
      blank,
      get_enum(reduction),
      zero_infinity,
    ) as Tensor,
)

/**
 * Multi-class multi-label hinge loss. input: (N, C) or (C); target: the classes of each sample, ended by −1, same shape.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.multilabel_margin_loss.html
 */
export const multilabel_margin_loss = define(
  'multilabel_margin_loss',
  ['input', 'target', 'size_average?', 'reduce?', 'reduction?'],
  (
    input: Tensor,
    target: Tensor,
    size_average: Legacy = null,
    reduce: Legacy = null,
    reduction: Reduction = 'mean',
  ): Tensor => call(ops.multilabel_margin_loss, input, target, reductionOf(reduction, size_average, reduce)) as Tensor,
)

/**
 * Mean over classes of the binary cross entropy of scores. input and target: (*, C); weight: (C).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.multilabel_soft_margin_loss.html
 */
export const multilabel_soft_margin_loss = define(
  'multilabel_soft_margin_loss',
  ['input', 'target', 'weight?', 'size_average?', 'reduce?', 'reduction?'],
  (
    input: Tensor,
    target: Tensor,
    weight: MaybeTensor = null,
    size_average: Legacy = null,
    reduce: Legacy = null,
    reduction: Reduction = 'mean',
  ): Tensor => {
    const how = reductionOf(reduction, size_average, reduce)
    const positive = call(ops.mul, target, call(ops.log_sigmoid, input))
    const negative = call(ops.mul, call(ops.rsub, target, 1), call(ops.log_sigmoid, call(ops.neg, input)))
    let loss = call(ops.neg, call(ops.add, positive, negative))
    if (weight !== null) loss = call(ops.mul, loss, weight)
    const classDim = native.dim(input) - 1
    return reduceLoss(call(ops.div, call(ops.sum, loss, classDim), input.size(classDim)), how)
  },
)

/**
 * Multi-class hinge loss. input: (N, C) or (C); target: int64 (N) or (); weight: (C); `p` is 1 or 2.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.multi_margin_loss.html
 */
export const multi_margin_loss = define(
  'multi_margin_loss',
  ['input', 'target', 'p?', 'margin?', 'weight?', 'size_average?', 'reduce?', 'reduction?'],
  (
    input: Tensor,
    target: Tensor,
    p = 1,
    margin = 1,
    weight: MaybeTensor = null,
    size_average: Legacy = null,
    reduce: Legacy = null,
    reduction: Reduction = 'mean',
  ): Tensor => {
    const how = reductionOf(reduction, size_average, reduce)
    if (p !== 1 && p !== 2) throw valueError('only p == 1 and p == 2 supported')
    if (weight !== null && native.dim(weight) !== 1) throw valueError('weight must be one-dimensional')
    return call(ops.multi_margin_loss, input, target, p, margin, weight, how) as Tensor
  },
)
