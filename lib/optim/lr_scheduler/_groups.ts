/** What schedulers read from an optimizer's groups and write into them. */
import { typeName } from '../../_C/args.js'
import { valueError } from '../../_C/raise.js'
import { isTensor, type TensorOrNumber } from '../_common.js'
import { type AnyOptimizer, Optimizer } from '../optimizer.js'

/** A group, with what schedulers keep there. */
export type ScheduledGroup = Record<string, unknown> & { lr: TensorOrNumber }

/** @throws TypeError unless it is an optimizer. */
export function groupsOf(optimizer: AnyOptimizer): ScheduledGroup[] {
  if (!(optimizer instanceof Optimizer)) throw new TypeError(`${typeName(optimizer)} is not an Optimizer`)
  return optimizer.param_groups as unknown as ScheduledGroup[]
}

const copyOf = (value: TensorOrNumber): TensorOrNumber => (isTensor(value) ? value.clone() : value)

/** Copies of what all groups have by this name. */
export function valuesOf(optimizer: AnyOptimizer, key: string): TensorOrNumber[] {
  return groupsOf(optimizer).map(group => copyOf(group[key] as TensorOrNumber))
}

/** Sets a group's value; a tensor stays the same tensor, so that whoever else holds it sees the change. */
export function setValue(group: ScheduledGroup, key: string, value: TensorOrNumber): void {
  const old = group[key]
  if (!isTensor(old)) group[key] = value
  else if (isTensor(value)) old.fill_(value.dim() > 0 ? value.squeeze() : value)
  else old.fill_(value)
}

/** One value for each group: `given` is a list of them, or one for all. */
export function forEachGroup<T extends TensorOrNumber>(
  name: string,
  optimizer: AnyOptimizer,
  given: T | readonly T[],
): T[] {
  const count = groupsOf(optimizer).length
  const list = Array.isArray(given) ? (given as readonly T[]) : Array<T>(count).fill(given as T)
  if (list.length !== count)
    throw valueError(
      `${name} must have the same length as optimizer.param_groups. ${name} has ${list.length} values, ` +
        `param_groups has ${count}.`,
    )
  return list.map(value => copyOf(value) as T)
}
