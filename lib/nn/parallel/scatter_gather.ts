/** Dividing values among devices, and putting them together again. */
import { isPlainObject, typeName } from '../../_C/args.js'
import { call } from '../../_C/call.js'
import { native } from '../../_C/native.js'
import { valueError, warn } from '../../_C/raise.js'
import * as ops from '../../_generated/ops.js'
import type { DeviceLike } from '../../device.js'
import type { Tensor } from '../../tensor.js'

/** The lists' first elements, then their second ones, …, as far as the shortest goes. */
function zip<T>(lists: readonly (readonly T[])[]): T[][] {
  const length = Math.min(...lists.map(list => list.length))
  return Array.from({ length }, (_, i) => lists.map(list => list[i]!))
}

/**
 * Cuts every tensor in `inputs`, a tensor or an array or plain object of values, along `dim` into a piece for each device;
 * other values are the same for all. Gradients flow back.
 *
 * @returns the values of each device; fewer than devices where a tensor is too short.
 */
export function scatter<T>(inputs: T, target_gpus: readonly DeviceLike[], dim = 0): T[] {
  return pieces(inputs, target_gpus, dim) as T[]
}

function pieces(value: unknown, devices: readonly DeviceLike[], dim: number): unknown[] {
  if (native.isTensor(value)) {
    const chunks = (value as Tensor).chunk(devices.length, dim)
    return [...chunks].map((chunk, i) => chunk.to(devices[i]!))
  }
  if (Array.isArray(value) && value.length > 0) return zip(value.map(item => pieces(item, devices, dim)))
  if (isPlainObject(value) && Object.keys(value).length > 0) {
    const names = Object.keys(value)
    return zip(names.map(name => pieces(value[name], devices, dim))).map(values =>
      Object.fromEntries(values.map((item, i) => [names[i]!, item])),
    )
  }
  return devices.map(() => value)
}

/** The arguments and keywords of a call for each device. */
export function scatter_kwargs(
  inputs: readonly unknown[],
  kwargs: Record<string, unknown> | null,
  target_gpus: readonly DeviceLike[],
  dim = 0,
): [inputs: unknown[][], kwargs: Record<string, unknown>[]] {
  const positional = inputs.length > 0 ? scatter([...inputs], target_gpus, dim) : []
  const named = kwargs !== null && Object.keys(kwargs).length > 0 ? scatter(kwargs, target_gpus, dim) : []
  while (positional.length < named.length) positional.push([])
  while (named.length < positional.length) named.push({})
  return [positional, named]
}

function joined(tensors: readonly Tensor[], device: DeviceLike, dim: number): Tensor {
  let parts = tensors
  if (dim === 0 && parts.every(t => native.dim(t) === 0)) {
    warn(
      'Was asked to gather along dimension 0, but all input tensors were scalars; will instead unsqueeze and return a vector.',
    )
    parts = parts.map(t => t.view(1))
  }
  return call(
    ops.cat,
    parts.map(t => t.to(device)),
    dim,
  ) as Tensor
}

/**
 * Puts the outputs of several devices, which are of the same form, together on one: tensors one after the other along `dim`.
 * Gradients flow back. Device -1 is the CPU.
 */
export function gather<T>(outputs: readonly T[], target_device: DeviceLike, dim = 0): T {
  return gatherValues(outputs, target_device === -1 ? 'cpu' : target_device, dim) as T
}

function gatherValues(outputs: readonly unknown[], device: DeviceLike, dim: number): unknown {
  const [first] = outputs
  if (native.isTensor(first)) return joined(outputs as Tensor[], device, dim)
  if (first === null || first === undefined) return null
  if (Array.isArray(first)) {
    if (outputs.some(output => !Array.isArray(output) || output.length !== first.length))
      throw valueError('All lists must have the same length')
    return zip(outputs as unknown[][]).map(values => gatherValues(values, device, dim))
  }
  if (!isPlainObject(first)) throw new TypeError(`can't gather values of type ${typeName(first)}`)
  const dicts = outputs as Record<string, unknown>[]
  const names = Object.keys(first)
  if (dicts.some(dict => Object.keys(dict).length !== names.length))
    throw valueError('All dicts must have the same number of keys')
  return Object.fromEntries(
    names.map(name => [
      name,
      gatherValues(
        dicts.map(dict => dict[name]),
        device,
        dim,
      ),
    ]),
  )
}
