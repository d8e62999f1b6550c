import { call } from '../../_C/call.js'
import { define } from '../../_C/callable.js'
import { runtimeError, warn } from '../../_C/raise.js'
import { sizesOf } from '../../_C/sizes.js'
import * as ops from '../../_generated/ops.js'
import { int64 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import { type LinearCrossEntropyFields, LinearCrossEntropyOptions } from '../loss/linear_cross_entropy_options.js'
import { chunkedLinearCrossEntropy } from './_chunked_cross_entropy.js'
import { cross_entropy } from './classification_loss.js'

const tuple = (shape: readonly number[]) => `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`

/**
 * `cross_entropy(linear(input, linear_weight, linear_bias), target)`. input: (N, in_features) or (in_features), linear_weight:
 * (C, *, in_features), linear_bias: (C, *), target: (N, *), or probabilities (N, C, *). With `options` the
 * scores are made in chunks of the batch and never exist as a whole; that needs class numbers and no further dimensions.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.linear_cross_entropy.html
 */
export const linear_cross_entropy = define(
  'linear_cross_entropy',
  [
    'input',
    'linear_weight',
    'target',
    '*',
    'linear_bias?',
    'weight?',
    'reduction?',
    'ignore_index?',
    'label_smoothing?',
    'options?',
  ],
  (
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor,
    linear_bias: Tensor | null = null,
    weight: Tensor | null = null,
    reduction: Reduction = 'mean',
    ignore_index: number | null = null,
    label_smoothing = 0,
    options: LinearCrossEntropyOptions | LinearCrossEntropyFields | null = null,
  ): Tensor => {
    const inputShape = sizesOf(input)
    const weightShape = sizesOf(linear_weight)
    if (inputShape.length < 1 || inputShape.length > 2)
      throw runtimeError(`expected input with dimensionality 1 or 2, got ${inputShape.length}`)
    if (weightShape.length < 2)
      throw runtimeError(`expected linear_weight with dimensionality at least 2, got ${weightShape.length}`)
    const batch = inputShape.slice(0, -1)
    const inFeatures = inputShape.at(-1)!
    if (inFeatures !== weightShape.at(-1))
      throw runtimeError(
        `expected equal input and linear_weight last dimensions (in_features), got ${inFeatures} and ${weightShape.at(-1)}, respectively`,
      )
    const outShape = weightShape.slice(0, -1)
    if (linear_bias !== null && tuple(sizesOf(linear_bias)) !== tuple(outShape))
      throw runtimeError(`expected linear_bias shape ${tuple(outShape)}, got ${tuple(sizesOf(linear_bias))}`)
    if (outShape.length > 1 && batch.length === 0)
      throw runtimeError(
        `K-dimensional loss defined by linear_weight shape ${tuple(weightShape)} requires batched input, (N, ${inFeatures}), got unbatched input with shape ${tuple(inputShape)}`,
      )
    const logitsShape = [...batch, ...outShape]
    if (ignore_index !== null && tuple(sizesOf(target)) === tuple(logitsShape))
      throw runtimeError('ignore_index cannot be specified when target contains probabilities')
    if (options !== null) {
      const chunkable = label_smoothing === 0 && target.dtype === int64 && outShape.length === 1
      if (chunkable && (reduction === 'mean' || reduction === 'sum' || reduction === 'none')) {
        const given = options instanceof LinearCrossEntropyOptions ? options : new LinearCrossEntropyOptions(options)
        const rows = batch.length === 1
        const x = rows ? input : (call(ops.unsqueeze, input, 0) as Tensor)
        const t = rows ? target : (call(ops.unsqueeze, target, 0) as Tensor)
        const ignored = ignore_index ?? -100
        const loss = chunkedLinearCrossEntropy(x, linear_weight, t, linear_bias, weight, reduction, ignored, given)
        return rows || reduction !== 'none' ? loss : (call(ops.squeeze, loss, 0) as Tensor)
      }
      warn(
        "linear_cross_entropy: `options` ignored; the chunked path needs reduction 'mean', 'sum' or 'none', label_smoothing 0, an int64 target and no dimensions beside the classes.",
      )
    }
    let matrix: unknown = linear_weight
    let bias: unknown = linear_bias
    if (outShape.length > 1) {
      const rows = outShape.reduce((product, n) => product * n, 1)
      matrix = call(ops.reshape, linear_weight, [rows, inFeatures])
      if (bias !== null) bias = call(ops.reshape, bias, [rows])
    }
    const logits = call(ops.reshape, call(ops.linear, input, matrix, bias), logitsShape) as Tensor
    return cross_entropy(logits, target, weight, null, ignore_index ?? -100, null, reduction, label_smoothing)
  },
)
