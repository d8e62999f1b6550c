/** Adam's step for all tensors at once: LibTorch does for each what Python does one by one, in the same order. */
import { call } from '../_C/call.js'
import { native } from '../_C/native.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'
import { biasCorrection } from './_bias_correction.js'
import { isTensor, numberOf, realView } from './_common.js'
import type { AdamOptions, AdamTensors } from './adam.js'

const foreach = (op: number, ...args: unknown[]): Tensor[] => call(op, ...args) as Tensor[]

/** Complex tensors as pairs of real ones, in place of themselves. */
function asReal(tensors: Tensor[]): Tensor[] {
  return tensors.map(realView)
}

/** The counts after this step, as numbers. */
function countSteps(steps: Tensor[]): number[] {
  call(ops._foreach_add_, steps, 1)
  return steps.map(step => native.item(step) as number)
}

/** The learning rate over the bias correction; a tensor's, in the tensor's own precision. */
function stepSize(lr: AdamOptions['lr'], correction: number): number {
  return isTensor(lr) ? Number(lr.div(correction).item()) : lr / correction
}

/** What the weights are multiplied by when they decay by themselves; a tensor's, in the tensor's own precision. */
function decayFactor(group: AdamOptions): number {
  const { lr, weight_decay } = group
  return isTensor(lr) ? Number(lr.mul(weight_decay).neg().add(1).item()) : 1 - lr * weight_decay
}

export function stepTogether(group: AdamOptions, tensors: AdamTensors): void {
  const beta1 = group.betas[0] as number
  const beta2 = group.betas[1] as number
  let { params, grads, expAvgs, expAvgSqs, maxExpAvgSqs } = tensors
  const counts = countSteps(tensors.steps)
  if (group.maximize) grads = foreach(ops._foreach_neg, grads)
  if (group.weight_decay !== 0) {
    if (group.decoupled_weight_decay) call(ops._foreach_mul_, params, decayFactor(group))
    else grads = foreach(ops._foreach_add, grads, params, { alpha: group.weight_decay })
  }
  if (params.some(param => param.is_complex())) {
    params = asReal(params)
    grads = asReal(grads)
    expAvgs = asReal(expAvgs)
    expAvgSqs = asReal(expAvgSqs)
    maxExpAvgSqs = asReal(maxExpAvgSqs)
  }
  call(ops._foreach_lerp_, expAvgs, grads, 1 - beta1)
  call(ops._foreach_mul_, expAvgSqs, beta2)
  call(ops._foreach_addcmul_, expAvgSqs, grads, grads, 1 - beta2)
  if (group.amsgrad) call(ops._foreach_maximum_, maxExpAvgSqs, expAvgSqs)
  const denominators = foreach(ops._foreach_sqrt, group.amsgrad ? maxExpAvgSqs : expAvgSqs)

  const same = counts.every(count => count === counts[0])
  if (same) {
    const { first, secondRoot } = biasCorrection(beta1, beta2, counts[0]!)
    call(ops._foreach_div_, denominators, secondRoot)
    call(ops._foreach_add_, denominators, group.eps)
    call(ops._foreach_addcdiv_, params, expAvgs, denominators, -stepSize(group.lr, first))
  } else {
    const corrections = counts.map(count => biasCorrection(beta1, beta2, count))
    call(
      ops._foreach_div_,
      denominators,
      corrections.map(({ secondRoot }) => secondRoot),
    )
    call(ops._foreach_add_, denominators, group.eps)
    call(
      ops._foreach_addcdiv_,
      params,
      expAvgs,
      denominators,
      corrections.map(({ first }) => -stepSize(group.lr, first)),
    )
  }
}

/** The whole step as one operator. */
export function stepFused(group: AdamOptions, tensors: AdamTensors): void {
  const { params, grads, expAvgs, expAvgSqs, maxExpAvgSqs, steps } = tensors
  call(ops._foreach_add_, steps, 1)
  const op = group.decoupled_weight_decay ? ops._fused_adamw_ : ops._fused_adam_
  call(op, params, grads, expAvgs, expAvgSqs, maxExpAvgSqs, steps, {
    lr: isTensor(group.lr) ? group.lr : numberOf(group.lr),
    beta1: numberOf(group.betas[0]),
    beta2: numberOf(group.betas[1]),
    weight_decay: group.weight_decay,
    eps: group.eps,
    amsgrad: group.amsgrad,
    maximize: group.maximize,
  })
}
