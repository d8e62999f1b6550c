/** The groups of parameters that an optimizer steps: how they are given, checked and kept. */
import { isPlainObject, typeName } from '../_C/args.js'
import { native } from '../_C/native.js'
import { valueError, warn } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'

/** Parameters, or parameters with their names as `named_parameters()` gives them. */
export type Params = Iterable<Tensor> | Iterable<readonly [name: string, param: Tensor]>

/** A group as it is given: parameters, and those options that are other than the optimizer's own. */
export type ParamGroupInput<O extends object> = { params: Tensor | Params } & Partial<O>

/** What an optimizer takes: parameters, or groups of them. */
export type ParamsT<O extends object> = Params | Iterable<ParamGroupInput<O>>

/** A group as an optimizer keeps it: every option, and the parameters in order. */
export type ParamGroup<O extends object> = O & { params: Tensor[]; param_names?: string[] }

/** Splits parameters from their names, and checks that all of them have some or none. */
function takeParams(given: unknown): { params: Tensor[]; names: string[] | null } {
  if (native.isTensor(given)) return { params: [given as Tensor], names: null }
  if (given instanceof Set)
    throw new TypeError(
      'optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will change ' +
        'between runs. Please use a list instead.',
    )
  if (typeof given !== 'object' || given === null || !(Symbol.iterator in given))
    throw new TypeError(`params must be an iterable of Tensors, but got ${typeName(given)}`)
  const params: Tensor[] = []
  const names: string[] = []
  for (const entry of given as Iterable<unknown>) {
    const named = Array.isArray(entry) && entry.length === 2 && typeof entry[0] === 'string'
    const param: unknown = named ? entry[1] : entry
    if (!native.isTensor(param))
      throw new TypeError(`optimizer can only optimize Tensors, but one of the params is ${typeName(param)}`)
    if (named) names.push(entry[0] as string)
    params.push(param as Tensor)
  }
  if (names.length > 0 && names.length < params.length)
    throw valueError('all optimizer params should be with/without names. Some param names are missing')
  return { params, names: names.length > 0 ? names : null }
}

/** What was given to an optimizer's constructor, as a list of groups. */
export function takeGroups<O extends object>(params: ParamsT<O>): ParamGroupInput<O>[] {
  const iterable = typeof params === 'object' && params !== null && Symbol.iterator in params
  if (native.isTensor(params) || !iterable) {
    const kind = native.isTensor(params) ? (params as Tensor).type() : typeName(params)
    throw new TypeError(
      `params argument given to the optimizer should be an iterable of Tensors or dicts, but got ${kind}`,
    )
  }
  const list = [...(params as Iterable<unknown>)]
  if (list.length === 0) throw valueError('optimizer got an empty parameter list')
  const groups = isPlainObject(list[0]) ? list : [{ params: list }]
  return groups as ParamGroupInput<O>[]
}

/** Makes `given` a group of an optimizer that has `defaults` and the groups `others`. The object stays the same. */
export function completeGroup<O extends object>(
  given: ParamGroupInput<O>,
  defaults: O,
  others: readonly ParamGroup<O>[],
): ParamGroup<O> {
  if (!isPlainObject(given)) throw new TypeError(`param_group must be a dict, but got ${typeName(given)}`)
  const { params, names } = takeParams(given.params)
  const group = given as unknown as ParamGroup<O>
  group.params = params
  if (names) group.param_names = names
  const differentiable = (defaults as { differentiable?: boolean }).differentiable ?? false
  for (const param of params)
    if (!differentiable && !native.isLeaf(param) && !native.retainsGrad(param))
      throw valueError("can't optimize a non-leaf Tensor")
  for (const [name, value] of Object.entries(defaults))
    if (!Object.hasOwn(group, name)) (group as Record<string, unknown>)[name] = value
  if (new Set(params).size < params.length)
    warn(
      'optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; see ' +
        'github.com/pytorch/pytorch/issues/40967 for more information',
    )
  for (const other of others) {
    if ('param_names' in group !== 'param_names' in other)
      throw valueError(
        'all optimizer param groups should be with/without names. cannot add param group ' +
          `${'param_names' in group ? 'with names' : 'without names'} to the optimizer`,
      )
    if (other.params.some(param => params.includes(param)))
      throw valueError('some parameters appear in more than one parameter group')
  }
  return group
}
