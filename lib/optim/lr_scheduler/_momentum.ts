/** The momentum that `CyclicLR` and `OneCycleLR` cycle: `momentum` of the groups, or the first of their `betas`. */
import { valueError } from '../../_C/raise.js'
import type { TensorOrNumber } from '../_common.js'
import type { AnyOptimizer } from '../optimizer.js'
import { groupsOf, type ScheduledGroup } from './_groups.js'

/** @throws ValueError for an optimizer that has neither. */
export function usesBeta1(optimizer: AnyOptimizer): boolean {
  const { defaults } = optimizer
  if (!('momentum' in defaults) && !('betas' in defaults))
    throw valueError('optimizer must support momentum or beta1 with `cycle_momentum` option enabled')
  return 'betas' in defaults
}

export function setMomentum(group: ScheduledGroup, beta1: boolean, value: TensorOrNumber): void {
  if (beta1) group.betas = [value, ...(group.betas as TensorOrNumber[]).slice(1)]
  else group.momentum = value
}

/** Writes the bounds into the groups, which begin with the greatest momentum. */
export function beginMomentum(optimizer: AnyOptimizer, beta1: boolean, base: number[], max: number[]): void {
  for (const [i, group] of groupsOf(optimizer).entries()) {
    setMomentum(group, beta1, max[i]!)
    group.max_momentum = max[i]
    group.base_momentum = base[i]
  }
}
