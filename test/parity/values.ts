/** Reads what the Python side writes: `cases.jsonl` and `tensors.bin`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { native } from '#lib/_C/native.js'
import type { dtype } from '#lib/dtype.js'
import type { Tensor } from '#lib/tensor.js'

/** A value of `cases.jsonl`: plain JSON, or an object whose only key begins with `$`. */
export type Encoded = null | boolean | number | string | Encoded[] | { [key: string]: Encoded }

/** Another way to make the same call; without `output` where it gives the function's. */
export interface Variant {
  name: string
  output?: Encoded
}

/** One drawn sample and what Python made of it. */
export interface Case {
  name: string
  variant: string
  dtype: string
  /** Which of the entry's samples. */
  index: number
  /** The generator's seed before the call. */
  seed: number
  input: Encoded
  args: Encoded[]
  kwargs: { [key: string]: Encoded }
  output?: Encoded
  /** The method. */
  method?: Variant
  /** Other names of the function. */
  aliases?: Variant[]
  /** The method that ends in an underscore; without a name where it is the function with `inplace: true`. `error` is what Python says. */
  in_place?: { name: string | null; output?: Encoded; error?: string }
  gradients?: { of: 'results' | 'absolute values'; output: Encoded }
  /** Tangents of the inputs that want one, in the order of the arguments, and of the results. */
  forward?: { tangents: Encoded[]; output: Encoded }
  /** What the call threw in Python. */
  error?: string
  /** What a variant threw in Python, by its key above. */
  cannot?: Record<string, string>
  /** Why there is no sample. */
  skipped?: string
}

export interface Drawn {
  /** The version of the torch that was asked. */
  torch: string
  /** Entries of the whole database. */
  entries: number
  /** All names of the database. */
  names: string[]
  cases: Case[]
  bytes: Uint8Array
}

export function readDrawn(folder: string): Drawn {
  return readLines<Drawn>(folder)
}

/** What any of the Python sides wrote: the head's fields, and the cases. */
export function readLines<D extends { cases: unknown[]; bytes: Uint8Array }>(folder: string): D {
  const [head, ...cases] = readFileSync(join(folder, 'cases.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as unknown)
  const file = readFileSync(join(folder, 'tensors.bin'))
  // A copy whose offset is 0, so that typed arrays of every kind can lie over it.
  return { ...(head as object), cases, bytes: new Uint8Array(file) } as D
}

/** A strided tensor, with its whole storage. */
export interface EncodedStrided {
  dtype: string
  shape: number[]
  strides: number[]
  /** Of the first element in the storage, in elements. */
  offset: number
  /** Where the storage is in `tensors.bin`, and its length in bytes. */
  data: [number, number]
}

export interface EncodedTensor extends EncodedStrided {
  layout: string
  conj?: boolean
  requires_grad?: boolean
  /** Instead of `strides` and `data` where the layout is a sparse one: indices, then values. */
  parts?: EncodedStrided[]
}

/** `torch.float32` of `float32`; dtypes, layouts and memory formats alike. */
export function attribute<T>(name: string): T {
  const value = (torch as unknown as Record<string, unknown>)[name]
  if (value === undefined) throw new Error(`torch.${name} does not exist`)
  return value as T
}

const tuples = new WeakSet<object>()

/** Whether a decoded array was a tuple in Python, where that matters (`x[(0, 1)]` is not `x[[0, 1]]`). */
export function isTuple(value: unknown): value is unknown[] {
  return Array.isArray(value) && tuples.has(value)
}

/** Makes the arguments of one case, and notes the leaves whose gradient is wanted, in the order of the arguments. */
export class Decoder {
  readonly leaves: Tensor[] = []

  constructor(private readonly bytes: Uint8Array) {}

  decode(value: Encoded): unknown {
    if (value === null || typeof value !== 'object') return value
    if (Array.isArray(value)) return value.map(item => this.decode(item))
    const [key, ...others] = Object.keys(value)
    if (others.length === 0 && key?.startsWith('$')) return this.special(key, value[key] as Encoded)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.decode(item)]))
  }

  protected special(key: string, value: Encoded): unknown {
    switch (key) {
      case '$tensor':
        return this.tensor(value as unknown as EncodedTensor)
      case '$tuple': {
        const items = (value as Encoded[]).map(item => this.decode(item))
        tuples.add(items)
        return items
      }
      case '$named':
        return this.decode((value as { values: Encoded }).values)
      case '$int':
        return BigInt(value as string)
      case '$float':
        return toNumber(value as string)
      case '$complex': {
        const [re, im] = value as [string, string]
        return new torch.Complex(toNumber(re), toNumber(im))
      }
      case '$slice': {
        const [start, stop, step] = (value as Encoded[]).map(item => this.decode(item)) as (number | null)[]
        return torch.slice(start, stop, step)
      }
      case '$ellipsis':
        return '...'
      case '$device':
        return value
      case '$dtype':
      case '$layout':
      case '$memory_format':
        return attribute(value as string)
      case '$module':
        return new (torch.nn as unknown as Record<string, new () => unknown>)[value as string]!()
      default:
        throw new Error(`unknown kind of value ${key}`)
    }
  }

  protected strided(encoded: EncodedStrided): Tensor {
    const { scalarType, itemsize } = attribute<dtype>(encoded.dtype)
    const [start, count] = encoded.data
    if (encoded.shape.includes(0)) return native.fromBytes(new Uint8Array(0), scalarType, encoded.shape, true)
    const view = this.bytes.subarray(start, start + count)
    const flat = native.fromBytes(view, scalarType, [count / itemsize], true)
    return flat.as_strided(encoded.shape, encoded.strides, encoded.offset)
  }

  protected tensor(encoded: EncodedTensor): Tensor {
    const plain = this.anyLayout(encoded)
    const t = encoded.conj ? plain.conj() : plain
    return encoded.requires_grad ? this.leaf(t) : t
  }

  /** An input whose gradient is wanted. */
  protected leaf(t: Tensor): Tensor {
    const leaf = t.detach().requires_grad_()
    this.leaves.push(leaf)
    return leaf
  }

  private anyLayout(encoded: EncodedTensor): Tensor {
    if (encoded.layout === 'strided') return this.strided(encoded)
    const parts = encoded.parts!.map(part => this.strided(part))
    if (encoded.layout === 'sparse_coo') return torch.sparse_coo_tensor(parts[0]!, parts[1]!, encoded.shape)
    const layout = attribute<torch.layout>(encoded.layout)
    return torch.sparse_compressed_tensor(parts[0]!, parts[1]!, parts[2]!, encoded.shape, { layout })
  }
}

/** The number that Python's `repr` writes. */
export function toNumber(text: string): number {
  if (text === 'inf' || text === '-inf') return text === 'inf' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
  return Number(text)
}
