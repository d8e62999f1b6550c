/** What the losses share. */

import { call } from '../../_C/call.js'
import { show } from '../../_C/checks.js'
import { valueError, warn } from '../../_C/raise.js'
import { sizesOf } from '../../_C/sizes.js'
import * as ops from '../../_generated/ops.js'
import { sizeText } from '../../size.js'
import type { Tensor } from '../../tensor.js'

export function sameShape(a: Tensor, b: Tensor): boolean {
  const left = sizesOf(a)
  const right = sizesOf(b)
  return left.length === right.length && left.every((n, i) => n === right[i])
}

/** Reduces elementwise losses by the number of a reduction. */
export function reduceLoss(loss: unknown, reduction: number): Tensor {
  return (reduction === 0 ? loss : call(reduction === 1 ? ops.mean : ops.sum, loss)) as Tensor
}

/** Input and target in one shape; warns where they were not. */
export function broadcastPair(input: Tensor, target: Tensor): [Tensor, Tensor] {
  if (sameShape(input, target)) return [input, target]
  warn(
    `Using a target size (${sizeText(sizesOf(target))}) that is different to the input size (${sizeText(sizesOf(input))}). This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.`,
  )
  return call(ops.broadcast_tensors, [input, target]) as [Tensor, Tensor]
}

/** `losses · weight`, reduced; the mean is over the sum of weights where `weighted` says so. */
export function weightedLoss(
  losses: unknown,
  input: Tensor,
  weight: Tensor,
  reduction: string,
  weighted: boolean,
): Tensor {
  if (!sameShape(weight, input)) throw valueError('Weights and input must have the same size.')
  const loss = call(ops.mul, losses, weight) as Tensor
  if (reduction === 'none') return loss
  if (reduction === 'sum') return call(ops.sum, loss) as Tensor
  if (reduction !== 'mean')
    throw valueError(`Invalid reduction mode: ${show(reduction)}. Expected one of 'none', 'mean', 'sum'.`)
  return (weighted ? call(ops.div, call(ops.sum, loss), call(ops.sum, weight)) : call(ops.mean, loss)) as Tensor
}
