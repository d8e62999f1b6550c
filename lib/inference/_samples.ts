/** Samples as a batch, and a batch's result as those of its samples. */
import { isPlainObject } from '../_C/args.js'
import { TorchError } from '../_C/errors.js'
import { native } from '../_C/native.js'
import { stack } from '../_generated/torch.js'
import { mapPlain, tensorsIn } from '../_tensors_in.js'
import type { Tensor } from '../tensor.js'

/** Numbers for objects that only their identity tells apart. */
const ids = new WeakMap<object, number>()
let lastId = 0

function idOf(value: object): number {
  const id = ids.get(value) ?? ++lastId
  ids.set(value, id)
  return id
}

/**
 * What samples of one batch have in common, as a key: dtype, device, layout and shape of each tensor, and everything else as
 * it is.
 */
export function kindOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (Object.is(value, -0)) return '-0'
  if (typeof value !== 'object' || value === null)
    return typeof value === 'function' ? `#${idOf(value)}` : String(value as number)
  if (native.isTensor(value)) {
    const t = value as Tensor
    return `${t.dtype.name} ${t.device} ${t.layout} ${t.shape}`
  }
  if (Array.isArray(value)) return `[${value.map(kindOf)}]`
  if (isPlainObject(value))
    return `{${Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}:${kindOf(part)}`)}}`
  if (value instanceof Map) return `Map(${[...value].map(kindOf)})`
  return `#${idOf(value)}`
}

/** Values of one kind as one: tensors stacked, everything else that of the first. */
function join(values: readonly unknown[]): unknown {
  const first = values[0]
  const parts = (partOf: (value: never) => unknown) => join(values.map(partOf as (value: unknown) => unknown))
  if (native.isTensor(first)) return stack(values as Tensor[])
  if (Array.isArray(first)) return first.map((_, i) => parts((list: unknown[]) => list[i]))
  if (first instanceof Map)
    return new Map(
      [...first.keys()].map((key, i) => [key, parts((map: Map<unknown, unknown>) => [...map.values()][i])]),
    )
  if (!isPlainObject(first)) return first
  return Object.fromEntries(
    Object.keys(first).map(key => [key, parts((object: Record<string, unknown>) => object[key])]),
  )
}

/** The arguments of one call for samples of one kind: a batch of them. */
export function joined(samples: readonly (readonly unknown[])[]): unknown[] {
  return join(samples) as unknown[]
}

/** @throws {TorchError} for a tensor whose first dimension is not the batch */
export function checkRows(result: unknown, count: number): void {
  for (const t of tensorsIn(result))
    if (t.dim() === 0 || t.size(0) !== count)
      throw new TorchError(
        `batcher: the model gave a tensor of shape [${[...t.shape]}] for a batch of ${count}: its results must have the batch ` +
          'as their first dimension',
      )
}

/** The part of a result that belongs to one sample: row `i` of every tensor in it, in memory of its own. */
export function rowOf(result: unknown, i: number): unknown {
  return mapPlain(result, part => {
    // Detached: TorchScript that has once run with gradients records them also where it should not.
    if (native.isTensor(part)) return (part as Tensor).detach().select(0, i).clone()
    // A tuple whose items have names stays one.
    if (!Array.isArray(part) || part.constructor === Array) return undefined
    const named = part.constructor as new (values: readonly unknown[]) => unknown
    return new named(Array.from(part, item => rowOf(item, i)))
  })
}
