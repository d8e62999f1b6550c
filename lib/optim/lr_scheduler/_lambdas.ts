import { valueError } from '../../_C/raise.js'
import type { AnyOptimizer } from '../optimizer.js'
import { groupsOf } from './_groups.js'

/** A factor for each step. */
export type LrLambda = (epoch: number) => number

/** One function for each group: `given` is a list of them, or one for all. */
export function lambdasFor(optimizer: AnyOptimizer, given: LrLambda | readonly LrLambda[]): LrLambda[] {
  const count = groupsOf(optimizer).length
  const lambdas = typeof given === 'function' ? Array<LrLambda>(count).fill(given) : [...given]
  if (lambdas.length !== count) throw valueError(`Expected ${count} lr_lambdas, but got ${lambdas.length}`)
  for (const lambda of lambdas)
    if (typeof lambda !== 'function') throw new TypeError(`lr_lambda should be a function, but got ${typeof lambda}`)
  return lambdas
}
