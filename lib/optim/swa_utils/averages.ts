/** The averages that `AveragedModel` can take. */
import { call } from '../../_C/call.js'
import { valueError } from '../../_C/raise.js'
import * as ops from '../../_generated/ops.js'
import { withoutGrad } from '../../nn/_no_grad.js'
import type { Tensor } from '../../tensor.js'
import { isTensor, type TensorOrNumber } from '../_common.js'
import { over, plus } from '../_scalar_math.js'

/** The new average of one parameter. */
export type AvgFn = (averaged: Tensor, current: Tensor, num_averaged: TensorOrNumber) => Tensor

/** Brings the averages of many parameters of one device and dtype up to date. */
export type MultiAvgFn = (averaged: Tensor[], current: Tensor[], num_averaged: TensorOrNumber) => void

function checkDecay(decay: number): void {
  if (!(decay >= 0 && decay <= 1))
    throw valueError(`Invalid decay value ${decay} provided. Please provide a value in [0,1] range.`)
}

const canLerp = ([first]: Tensor[]): boolean => first!.is_floating_point() || first!.is_complex()

/** The exponential moving average: `decay · averaged + (1 − decay) · current`. */
export function get_ema_avg_fn(decay = 0.999): AvgFn {
  checkDecay(decay)
  return (averaged, current) => withoutGrad(() => averaged.mul(decay).add(current.mul(1 - decay)))
}

/** The exponential moving average, for many parameters at once. */
export function get_ema_multi_avg_fn(decay = 0.999): MultiAvgFn {
  checkDecay(decay)
  const average = get_ema_avg_fn(decay)
  return (averaged, current) =>
    withoutGrad(() => {
      if (canLerp(averaged)) call(ops._foreach_lerp_, averaged, current, 1 - decay)
      else for (const [i, one] of averaged.entries()) one.copy_(average(one, current[i]!, 0))
    })
}

/** The plain mean over all updates, as stochastic weight averaging takes it. */
export function get_swa_avg_fn(): AvgFn {
  return (averaged, current, num_averaged) =>
    withoutGrad(() => averaged.add(current.sub(averaged).div(plus(num_averaged, 1))))
}

/** The plain mean over all updates, for many parameters at once. */
export function get_swa_multi_avg_fn(): MultiAvgFn {
  return (averaged, current, num_averaged) =>
    withoutGrad(() => {
      const count = plus(num_averaged, 1)
      if (canLerp(averaged)) {
        const weight = over(1, count)
        call(ops._foreach_lerp_, averaged, current, isTensor(weight) ? Number(weight.item()) : weight)
        return
      }
      const differences = call(ops._foreach_sub, current, averaged) as Tensor[]
      if (isTensor(count))
        call(
          ops._foreach_addcdiv_,
          averaged,
          differences,
          averaged.map(() => count),
        )
      else call(ops._foreach_add_, averaged, differences, { alpha: 1 / count })
    })
}
