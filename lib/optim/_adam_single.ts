/** Adam's step tensor by tensor, for steps that autograd records or that stay on the device. */
import { call } from '../_C/call.js'
import { native } from '../_C/native.js'
import { runtimeError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'
import { biasCorrection } from './_bias_correction.js'
import { checkCapturable, isTensor, numberOf, realView, type TensorOrNumber } from './_common.js'
import type { AdamOptions, AdamTensors } from './adam.js'

const oneMinus = (value: TensorOrNumber): TensorOrNumber => (isTensor(value) ? value.neg().add(1) : 1 - value)

/** `1 − beta ** step` with the step count as a tensor. */
function correctionOf(beta: TensorOrNumber, step: Tensor): Tensor {
  const count = isTensor(beta) && beta.requires_grad ? step.clone() : step
  return (call(ops.pow, beta, count) as Tensor).neg().add(1)
}

export function stepOneByOne(group: AdamOptions, tensors: AdamTensors): void {
  for (const [i, param] of tensors.params.entries()) {
    const step = tensors.steps[i]!
    if (group.differentiable && step.requires_grad)
      throw runtimeError('`requires_grad` is not supported for `step` in differentiable mode')
    if (group.capturable) checkCapturable(param, step)
    step.add_(1)
    let grad = group.maximize ? tensors.grads[i]!.neg() : tensors.grads[i]!
    if (group.weight_decay !== 0) {
      if (!group.decoupled_weight_decay) grad = grad.add(param, { alpha: group.weight_decay })
      else if (isTensor(group.lr)) param.mul_(group.lr.mul(group.weight_decay).neg().add(1))
      else param.mul_(1 - group.lr * group.weight_decay)
    }
    const max = tensors.maxExpAvgSqs[i]
    stepOne(
      group,
      realView(param),
      realView(grad),
      realView(tensors.expAvgs[i]!),
      realView(tensors.expAvgSqs[i]!),
      max ? realView(max) : null,
      step,
    )
  }
}

function stepOne(
  group: AdamOptions,
  param: Tensor,
  grad: Tensor,
  expAvg: Tensor,
  expAvgSq: Tensor,
  maxExpAvgSq: Tensor | null,
  step: Tensor,
): void {
  const [beta1, beta2] = group.betas
  const weight = isTensor(beta1) ? oneMinus(beta1.to(param.device, { dtype: param.dtype })) : oneMinus(beta1)
  call(ops.lerp_, expAvg, grad, weight)
  if (group.differentiable && isTensor(beta2) && beta2.requires_grad)
    call(ops.lerp_, expAvgSq, grad.square(), oneMinus(beta2))
  else expAvgSq.mul_(beta2).addcmul_(grad, grad, { value: 1 - numberOf(beta2) })

  if (group.capturable || group.differentiable) {
    const first = correctionOf(beta1, step)
    const second = correctionOf(beta2, step)
    const size = (isTensor(group.lr) ? group.lr.div(first) : first.reciprocal().mul(group.lr)).neg()
    const root = second.sqrt()
    let mean = expAvgSq
    if (maxExpAvgSq) {
      const old = group.differentiable ? maxExpAvgSq.clone() : maxExpAvgSq
      maxExpAvgSq.copy_(old.maximum(expAvgSq))
      mean = maxExpAvgSq
    }
    const denominator = mean.sqrt().div(root.mul(size)).add_(size.reciprocal().mul(group.eps))
    param.addcdiv_(group.differentiable ? expAvg.clone() : expAvg, denominator)
    return
  }
  const { first, secondRoot } = biasCorrection(numberOf(beta1), numberOf(beta2), Number(native.item(step)))
  const size = isTensor(group.lr) ? Number(group.lr.div(first).item()) : group.lr / first
  if (maxExpAvgSq) call(ops.maximum, maxExpAvgSq, expAvgSq, { out: maxExpAvgSq })
  const denominator = (maxExpAvgSq ?? expAvgSq).sqrt().div(secondRoot).add_(group.eps)
  param.addcdiv_(expAvg, denominator, { value: -size })
}
