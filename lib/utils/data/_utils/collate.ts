/** How samples become a batch. */
import { isPlainObject, typeName } from '../../../_C/args.js'
import { TorchError } from '../../../_C/errors.js'
import { as_tensor, tensor } from '../../../_creation.js'
import { stack } from '../../../_generated/torch.js'
import { bool, float64, int64 } from '../../../dtype.js'
import { Tensor } from '../../../tensor.js'

/** What `default_collate` makes of samples of type `Item`. */
export type Collated<Item> = Item extends Tensor | number | bigint | boolean | TypedArray
  ? Tensor
  : Item extends string | Buffer
    ? Item[]
    : Item extends ReadonlyMap<infer Key, infer Value>
      ? Map<Key, Collated<Value>>
      : Item extends readonly unknown[]
        ? { -readonly [I in keyof Item]: Collated<Item[I]> }
        : Item extends object
          ? { [Key in keyof Item]: Collated<Item[Key]> }
          : unknown

type TypedArray = Exclude<NodeJS.TypedArray, Buffer>

/**
 * Puts samples together into a batch with a new first dimension, whatever they are nested in:
 *
 * | sample | batch |
 * | --- | --- |
 * | Tensor | Tensor, stacked |
 * | typed array | Tensor of its dtype, stacked |
 * | number | int64 Tensor where all are whole, else float64 |
 * | bigint, boolean | int64, bool Tensor |
 * | string, Buffer | array, unchanged |
 * | array | array of what its columns give |
 * | plain object, Map | the same with what its columns give |
 *
 * https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.default_collate
 *
 * @throws {TypeError} for samples of another kind
 */
export function default_collate<Item>(batch: readonly Item[]): Collated<Item> {
  return collate(batch) as Collated<Item>
}

function collate(batch: readonly unknown[]): unknown {
  const first = batch[0]
  if (first instanceof Tensor) return stack(batch as Tensor[], 0)
  switch (typeof first) {
    case 'number':
      return tensor(sameKind<number>(batch, 'number'), { dtype: batch.every(Number.isInteger) ? int64 : float64 })
    case 'bigint':
      return tensor(sameKind<bigint>(batch, 'bigint'), { dtype: int64 })
    case 'boolean':
      return tensor(sameKind<boolean>(batch, 'boolean'), { dtype: bool })
    case 'string':
      return [...batch]
  }
  if (Buffer.isBuffer(first)) return [...batch]
  if (isTypedArray(first)) return stack(batch.map(sample => as_tensor(sample as TypedArray)))
  if (Array.isArray(first)) {
    if (batch.some(sample => !Array.isArray(sample) || sample.length !== first.length))
      throw new TorchError('each element in list of batch should be of equal size')
    return first.map((_, i) => collate(batch.map(sample => (sample as unknown[])[i])))
  }
  if (first instanceof Map) {
    const columns = [...first.keys()].map(key => {
      const column = batch.map(sample =>
        entry(sample instanceof Map && sample.has(key), (sample as typeof first).get(key), key),
      )
      return [key, collate(column)] as const
    })
    return new Map(columns)
  }
  if (isPlainObject(first)) {
    const columns = Object.keys(first).map(key => {
      const column = batch.map(sample =>
        entry(isPlainObject(sample) && key in sample, (sample as Record<string, unknown>)[key], key),
      )
      return [key, collate(column)] as const
    })
    return Object.fromEntries(columns)
  }
  throw new TypeError(
    `default_collate: batch must contain tensors, typed arrays, numbers, plain objects or arrays; found ${typeName(first)}`,
  )
}

function sameKind<T>(batch: readonly unknown[], kind: string): T[] {
  const stranger = batch.find(sample => typeof sample !== kind)
  if (stranger !== undefined || batch.includes(undefined))
    throw new TypeError(`default_collate: a batch of ${kind}s also contains ${typeName(stranger)}`)
  return batch as T[]
}

function entry<T>(present: boolean, value: T, key: unknown): T {
  if (!present) throw new TypeError(`default_collate: a sample of the batch has no entry ${String(key)}`)
  return value
}

function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
}

/**
 * What a `DataLoader` without batches does to a sample: typed arrays become tensors, also inside arrays, plain objects and
 * Maps; all else stays as it is. https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.default_convert
 */
export function default_convert(data: unknown): unknown {
  return convert(data, 0)
}

/** Deeper than any sample: what is nested so contains itself. */
const MAX_DEPTH = 500

function convert(data: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new TypeError('default_convert: the data contains itself')
  const next = (value: unknown) => convert(value, depth + 1)
  if (data instanceof Tensor || Buffer.isBuffer(data)) return data
  if (isTypedArray(data)) return as_tensor(data)
  if (Array.isArray(data)) return data.map(next)
  if (data instanceof Map) return new Map([...data].map(([key, value]) => [key, next(value)]))
  if (isPlainObject(data)) return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, next(value)]))
  return data
}
