/** An optimizer's state as Python saves it: parameters by number, so that it fits another process's tensors. */
import { isPlainObject } from '../_C/args.js'
import { native } from '../_C/native.js'
import { valueError } from '../_C/raise.js'
import { float32 } from '../dtype.js'
import { deepcopy } from '../nn/_deepcopy.js'
import type { Tensor } from '../tensor.js'
import type { ParamGroup } from './_param_groups.js'

/** What an optimizer remembers of one parameter, such as `exp_avg`. */
export type ParamState = Record<string, unknown>

/** A group with the numbers of its parameters in place of them. */
export type PackedGroup = Record<string, unknown> & { params: number[] }

/**
 * What `Optimizer.state_dict` returns. `state` is a `Map`, because Python's keys are integers, which those of a JavaScript
 * object are not; `load_state_dict` takes a plain object too.
 */
export interface OptimizerStateDict {
  state: Map<number, ParamState>
  param_groups: PackedGroup[]
}

/** An `OptimizerStateDict` as it may come from a file. */
export interface LoadableStateDict {
  state: Map<number, ParamState> | Record<string, ParamState>
  param_groups: readonly PackedGroup[]
}

export function packState<O extends object>(
  groups: readonly ParamGroup<O>[],
  state: ReadonlyMap<Tensor, ParamState>,
): OptimizerStateDict {
  const numbers = new Map<Tensor, number>()
  let next = 0
  const packed = groups.map(({ params, ...options }): PackedGroup => {
    for (const [i, param] of params.entries()) if (!numbers.has(param)) numbers.set(param, next + i)
    next += params.length
    return { ...options, params: params.map(param => numbers.get(param)!) }
  })
  const states = new Map<number, ParamState>()
  for (const [param, remembered] of state) {
    const number = numbers.get(param)
    if (number !== undefined) states.set(number, remembered)
  }
  return { state: states, param_groups: packed }
}

/** A saved tensor on the parameter's device and, unless it counts steps, of its dtype. */
function adaptTensor(key: string, value: Tensor, param: Tensor, group: Record<string, unknown>): Tensor {
  if (key === 'step') {
    if (group.capturable || group.fused) return value.to(param.device, { dtype: float32 })
    return value
  }
  return param.is_floating_point() ? value.to(param.device, { dtype: param.dtype }) : value.to(param.device)
}

function adapt(key: string, value: unknown, param: Tensor, group: Record<string, unknown>): unknown {
  if (native.isTensor(value)) return adaptTensor(key, value as Tensor, param, group)
  if (Array.isArray(value)) return value.map(element => adapt(key, element, param, group))
  if (isPlainObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, adapt(name, inner, param, group)]))
  return value
}

/** The groups and the state that a saved dict means for an optimizer with these groups. */
export function unpackState<O extends object>(
  groups: readonly ParamGroup<O>[],
  saved: LoadableStateDict,
): { groups: ParamGroup<O>[]; state: Map<Tensor, ParamState> } {
  if (groups.length !== saved.param_groups.length)
    throw valueError('loaded state dict has a different number of parameter groups')
  if (groups.some((group, i) => group.params.length !== saved.param_groups[i]!.params.length))
    throw valueError("loaded state dict contains a parameter group that doesn't match the size of optimizer's group")

  const owners = new Map<number, { param: Tensor; group: PackedGroup }>()
  const loaded = groups.map((group, g): ParamGroup<O> => {
    const packed = saved.param_groups[g]!
    for (const [i, number] of packed.params.entries()) owners.set(number, { param: group.params[i]!, group: packed })
    const { params: _numbers, ...options } = packed
    const complete = { ...(deepcopy(options) as unknown as O), params: group.params } as ParamGroup<O>
    if (group.param_names && !complete.param_names) complete.param_names = group.param_names
    return complete
  })
  const entries: Iterable<[number | string, ParamState]> =
    saved.state instanceof Map ? saved.state : Object.entries(saved.state)
  const state = new Map<Tensor, ParamState>()
  for (const [number, remembered] of entries) {
    const owner = owners.get(Number(number))
    if (owner) state.set(owner.param, adapt('', remembered, owner.param, owner.group) as ParamState)
  }
  return { groups: loaded, state }
}
