import { call } from '../../_C/call.js'
import { define, forward } from '../../_C/callable.js'
import { checkNumber, checkString } from '../../_C/checks.js'
import { native } from '../../_C/native.js'
import { assertionError, notImplementedError, valueError, warn } from '../../_C/raise.js'
import { sizesOf } from '../../_C/sizes.js'
import * as ops from '../../_generated/ops.js'
import { int64 } from '../../dtype.js'
import { sizeText } from '../../size.js'
import type { Tensor } from '../../tensor.js'
import { sameShape } from './_loss.js'

/** Shrinks the looked-up rows of `weight` in place, outside the graph. */
function renormalize(weight: Tensor, input: Tensor, max_norm: number, norm_type: number): void {
  call(ops.embedding_renorm_, call(ops.detach, weight), input, max_norm, norm_type)
}

/**
 * Rows of `weight` by number. input: int64 or int32 (*), weight: (V, D), result: (*, D). Rows `padding_idx` get no gradient; rows
 * longer than `max_norm` are shrunk in place first.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.embedding.html
 */
export const embedding = define(
  'embedding',
  ['input', 'weight', 'padding_idx?', 'max_norm?', 'norm_type?', 'scale_grad_by_freq?', 'sparse?'],
  (
    input: Tensor,
    weight: Tensor,
    padding_idx: number | null = null,
    max_norm: number | null = null,
    norm_type = 2,
    scale_grad_by_freq = false,
    sparse = false,
  ): Tensor => {
    let padding = -1
    if (padding_idx !== null) {
      checkNumber('embedding', 'padding_idx', padding_idx)
      const rows = sizesOf(weight)[0]!
      if (padding_idx >= rows || padding_idx < -rows) throw assertionError('Padding_idx must be within num_embeddings')
      padding = padding_idx < 0 ? rows + padding_idx : padding_idx
    }
    let places = input
    if (max_norm !== null) {
      places = call(ops.contiguous, input) as Tensor
      renormalize(weight, places, max_norm, norm_type)
    }
    return call(ops.embedding, weight, places, padding, scale_grad_by_freq, sparse) as Tensor
  },
)

const bagModes: Record<string, number> = { sum: 0, mean: 1, max: 2 }

/**
 * Sums, means or maxima of bags of rows. input: (B, N), a bag a row, or (N) with the bags' beginnings in `offsets` (B);
 * weight: (V, D); result: (B, D). `per_sample_weights` has the input's shape and is for mode `sum`.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.embedding_bag.html
 */
export const embedding_bag = define(
  'embedding_bag',
  [
    'input',
    'weight',
    'offsets?',
    'max_norm?',
    'norm_type?',
    'scale_grad_by_freq?',
    'mode?',
    'sparse?',
    'per_sample_weights?',
    'include_last_offset?',
    'padding_idx?',
  ],
  (
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | null = null,
    max_norm: number | null = null,
    norm_type = 2,
    scale_grad_by_freq = false,
    mode: 'sum' | 'mean' | 'max' = 'mean',
    sparse = false,
    per_sample_weights: Tensor | null = null,
    include_last_offset = false,
    padding_idx: number | null = null,
  ): Tensor => {
    let places = input
    let table = weight
    if (weight.dtype === int64 && input.is_floating_point()) {
      warn(
        'Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag(weight, input, ...)` is deprecated, and should now be `embedding_bag(input, weight, ...)`.',
      )
      places = weight
      table = input
    }
    if (per_sample_weights !== null && !sameShape(places, per_sample_weights))
      throw valueError(
        `embedding_bag: If per_sample_weights (${sizeText(sizesOf(per_sample_weights))}) is not None, then it must have the same shape as the input (${sizeText(sizesOf(places))})`,
      )
    if (native.dim(table) !== 2)
      throw valueError(`weight has to be a 2D Tensor, but got Tensor of dimension ${native.dim(table)}`)
    let starts: unknown = offsets
    let weights: unknown = per_sample_weights
    let lastOffset = include_last_offset
    if (native.dim(places) === 2) {
      if (offsets !== null)
        throw valueError(
          "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences. However, found offsets of type <class 'torch.Tensor'>",
        )
      const options = { dtype: places.dtype, device: places.device }
      starts = call(ops.arange, 0, native.numel(places), sizesOf(places)[1], options)
      lastOffset = false
      places = call(ops.reshape, places, [-1]) as Tensor
      if (weights !== null) weights = call(ops.reshape, weights, [-1])
    } else if (native.dim(places) === 1) {
      if (offsets === null) throw valueError('offsets has to be a 1D Tensor but got None')
      if (native.dim(offsets) !== 1) throw valueError('offsets has to be a 1D Tensor')
    } else throw valueError(`input has to be 1D or 2D Tensor, but got Tensor of dimension ${native.dim(places)}`)
    checkString('embedding_bag', 'mode', mode)
    if (!Object.hasOwn(bagModes, mode)) throw valueError('mode has to be one of sum, mean or max')
    if (mode === 'max') {
      if (scale_grad_by_freq) throw valueError('max mode does not support scaling the gradient by the frequency')
      if (sparse) throw valueError('max mode does not support sparse weights')
    }
    if (max_norm !== null) renormalize(table, places, max_norm, norm_type)
    if (weights !== null && mode !== 'sum')
      throw notImplementedError(
        `embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got mode='${mode}'). Please open a feature request on GitHub.`,
      )
    const [result] = call(
      ops.embedding_bag,
      table,
      places,
      starts,
      scale_grad_by_freq,
      bagModes[mode],
      sparse,
      weights,
      lastOffset,
      padding_idx,
    ) as [Tensor, Tensor, Tensor, Tensor]
    return result
  },
)

/**
 * Class numbers int64 (*) to one-hot vectors int64 (*, num_classes); −1 takes the greatest number plus one.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.one_hot.html
 */
export const one_hot = forward<(input: Tensor, num_classes?: number) => Tensor, ['input', 'num_classes?']>(ops.one_hot)
