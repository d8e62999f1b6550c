/** Adam's step for all tensors at once: LibTorch does for each what Python does one by one, in the same order. */
import { call } from '../_C/call.js'
import { native } from '../_C/native.js'
import * as ops from '../_generated/ops.js'
import { biasCorrection } from './_bias_correction.js'
import { isTensor, numberOf, realView } from './_common.js'
import { countSteps, decayFactor, foreach, uncountSkipped, updateMoments } from './_foreach.js'
import type { AdamOptions, AdamTensors } from './adam.js'
import type { AmpScaling } from './optimizer.js'

/** The learning rate over the bias correction; a tensor's, in the tensor's own precision. */
function stepSize(lr: AdamOptions['lr'], correction: number): number {
  return isTensor(lr) ? Number(lr.div(correction).item()) : lr / correction
}

export function stepTogether(group: AdamOptions, tensors: AdamTensors): void {
  const beta1 = group.betas[0] as number
  const beta2 = group.betas[1] as number
  let { params, grads, expAvgs, expAvgSqs, maxExpAvgSqs } = tensors
  const asReal = () => {
    if (!params.some(param => param.is_complex())) return
    params = params.map(realView)
    grads = grads.map(realView)
    expAvgs = expAvgs.map(realView)
    expAvgSqs = expAvgSqs.map(realView)
    maxExpAvgSqs = maxExpAvgSqs.map(realView)
  }
  // Python's foreach looks at complex tensors as pairs before the weights decay, its default after: the last bit differs.
  if (group.foreach) asReal()
  countSteps(tensors.steps)
  const counts = tensors.steps.map(step => native.item(step) as number)
  if (group.maximize) grads = foreach(ops._foreach_neg, grads)
  if (group.weight_decay !== 0) {
    if (group.decoupled_weight_decay) call(ops._foreach_mul_, params, decayFactor(group.lr, group.weight_decay))
    else grads = foreach(ops._foreach_add, grads, params, { alpha: group.weight_decay })
  }
  if (!group.foreach) asReal()
  updateMoments([expAvgs, expAvgSqs], grads, [beta1, beta2])
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
export function stepFused(group: AdamOptions, tensors: AdamTensors, scaling: AmpScaling): void {
  const { params, grads, expAvgs, expAvgSqs, maxExpAvgSqs, steps } = tensors
  countSteps(steps)
  const op = group.decoupled_weight_decay ? ops._fused_adamw_ : ops._fused_adam_
  call(op, params, grads, expAvgs, expAvgSqs, maxExpAvgSqs, steps, {
    lr: isTensor(group.lr) ? group.lr : numberOf(group.lr),
    beta1: numberOf(group.betas[0]),
    beta2: numberOf(group.betas[1]),
    weight_decay: group.weight_decay,
    eps: group.eps,
    amsgrad: group.amsgrad,
    maximize: group.maximize,
    ...scaling,
  })
  uncountSkipped(steps, scaling.found_inf)
}
