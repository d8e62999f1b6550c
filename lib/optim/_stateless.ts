import { isPlainObject, typeName } from '../_C/args.js'
import { runtimeError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import type { OptimizerStateDict, PackedGroup, ParamState } from './_state_dict.js'
import type { AnyOptimizer } from './optimizer.js'

const refused = (what: string) => runtimeError(`swap_in_optimizer_params_and_state requires ${what}`)

/** @throws TorchError unless the saved group fits the optimizer's own. */
function checkGroup(index: number, live: object, given: unknown): PackedGroup {
  if (!isPlainObject(given)) throw refused('each optimizer param group to be a dictionary.')
  const { params } = given
  if (!Array.isArray(params) || params.some(id => typeof id !== 'number'))
    throw refused("optimizer.state_dict()-style param_groups[*]['params'] entries keyed by packed parameter ids.")
  if (params.length !== (live as { params: Tensor[] }).params.length)
    throw runtimeError(
      `swapin_optim_state param group ${index} has a different number of params than the live optimizer param group.`,
    )
  const onlyGiven = Object.keys(given).filter(key => !Object.hasOwn(live, key))
  const onlyLive = Object.keys(live).filter(key => !Object.hasOwn(given, key))
  if (onlyGiven.length + onlyLive.length > 0)
    throw refused(
      'optimizer.state_dict()-style param group keys to exactly match the live optimizer group keys for group ' +
        `${index}. Keys only in swap-in: [${onlyGiven.join(', ')}]. Keys only in live: [${onlyLive.join(', ')}].`,
    )
  return given as PackedGroup
}

/** @throws TorchError unless the state fits the optimizer. */
function checkState(optimizer: AnyOptimizer, given: OptimizerStateDict): PackedGroup[] {
  if (optimizer.state.size === 0) throw refused('initialized optimizer state.')
  if (!isPlainObject(given)) throw refused('a DCP-style optimizer state_dict.')
  if (!(given.state instanceof Map))
    throw refused(
      "swapin_optim_state['state'] to be a dict mapping packed parameter ids to per-param state dicts, got " +
        `${typeName(given.state)}.`,
    )
  if (!Array.isArray(given.param_groups))
    throw refused(
      `swapin_optim_state['param_groups'] to be a list of param-group dicts, got ${typeName(given.param_groups)}.`,
    )
  if (given.param_groups.length !== optimizer.param_groups.length)
    throw runtimeError('swapin_optim_state has a different number of parameter groups than the live optimizer.')
  const groups = optimizer.param_groups.map((live, i) => checkGroup(i, live, given.param_groups[i]))
  const ids = new Set(groups.flatMap(({ params }) => params))
  const extra = [...given.state.keys()].filter(id => !ids.has(id))
  if (extra.length > 0)
    throw refused(
      "swapin_optim_state['state'] to be keyed only by packed parameter ids from param_groups[*]['params']; got extra " +
        `keys [${extra.join(', ')}].`,
    )
  return groups
}

/**
 * Puts other parameters and another state in an optimizer's place for the time of `fn`; without `fn`, until what it returns
 * is disposed of. `step` then changes those. Only changes in place reach `swapin_optim_state`.
 *
 * @param swapin_parameters by name, in the order of the optimizer's own.
 * @param swapin_optim_state what `state_dict()` of such an optimizer gives.
 */
export function swap_in_optimizer_params_and_state(
  optimizer: AnyOptimizer,
  swapin_parameters: Record<string, Tensor>,
  swapin_optim_state: OptimizerStateDict,
): Disposable
export function swap_in_optimizer_params_and_state<T>(
  optimizer: AnyOptimizer,
  swapin_parameters: Record<string, Tensor>,
  swapin_optim_state: OptimizerStateDict,
  fn: () => T,
): T
export function swap_in_optimizer_params_and_state<T>(
  optimizer: AnyOptimizer,
  swapin_parameters: Record<string, Tensor>,
  swapin_optim_state: OptimizerStateDict,
  fn?: () => T,
): T | Disposable {
  const groups = checkState(optimizer, swapin_optim_state)
  const params = Object.values(swapin_parameters)
  if (params.length < groups.reduce((sum, group) => sum + group.params.length, 0))
    throw refused('the explicit parameter state to match optimizer.param_groups ordering.')

  const { state, param_groups } = optimizer
  const swapped = new Map<Tensor, ParamState>()
  let next = 0
  optimizer.param_groups = groups.map(group => {
    const own = params.slice(next, next + group.params.length)
    next += own.length
    for (const [i, param] of own.entries()) swapped.set(param, { ...swapin_optim_state.state.get(group.params[i]!) })
    return { ...group, params: own }
  })
  optimizer.state = swapped
  const block: Disposable = {
    [Symbol.dispose]() {
      optimizer.param_groups = param_groups
      optimizer.state = state
    },
  }
  if (!fn) return block
  using _ = block
  return fn()
}
