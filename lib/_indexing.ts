/**
 * Indexing with Python's meaning for each kind of index. An index list is walked once: numbers, slices, `'...'`, null and
 * booleans become views (`select`, `slice`, `unsqueeze`); tensors and lists are collected for one `aten::index`.
 */
import { typeName } from './_C/args.js'
import { call } from './_C/call.js'
import { IndexError, ValueError } from './_C/errors.js'
import { native } from './_C/native.js'
import { sizesOf } from './_C/sizes.js'
import { tensor } from './_creation.js'
import * as ops from './_generated/ops.js'
import { Complex } from './complex.js'
import { bool, dtypes, float32, int64, uint8 } from './dtype.js'
import { Slice } from './slice.js'
import type { Tensor } from './tensor.js'
import type { Nested, Scalar } from './types.js'

/** A list as an index: row numbers, or a mask of booleans. */
export type IndexList = readonly (number | bigint | boolean | Tensor | IndexList)[]

/**
 * One index. A number selects, a `slice` cuts, `'...'` stands for all dimensions between, null adds one; a tensor, list or
 * typed array of integers picks rows, one of booleans masks.
 */
export type Index = number | bigint | boolean | null | '...' | Slice | Tensor | IndexList | ArrayBufferView

const run = (op: number, ...args: unknown[]): Tensor => call(op, ...args) as Tensor

const isInteger = (index: unknown): index is number | bigint => typeof index === 'number' || typeof index === 'bigint'

function wholeNumber(index: number | bigint): number {
  const number = Number(index)
  if (!Number.isInteger(number)) {
    throw new IndexError(
      'only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got float)',
      'ERR_TORCH_INDEX',
    )
  }
  return number
}

function select(x: Tensor, dim: number, index: number, place: number): Tensor {
  const size = native.isNested(x) ? x.size(dim) : sizesOf(x)[dim]
  if (size === undefined) {
    throw new IndexError(
      'invalid index of a 0-dim tensor. Use `tensor.item()` to convert a 0-dim tensor to a number',
      'ERR_TORCH_INDEX',
    )
  }
  if (index < -size || index >= size) {
    throw new IndexError(`index ${index} is out of bounds for dimension ${place} with size ${size}`, 'ERR_TORCH_INDEX')
  }
  return run(ops.select, x, dim, index)
}

function cut(x: Tensor, dim: number, { start, stop, step }: Slice): Tensor {
  if (step !== null && step <= 0)
    throw new ValueError(step === 0 ? 'slice step cannot be zero' : 'step must be greater than zero', 'ERR_TORCH_VALUE')
  return run(ops.slice, x, dim, start, stop, step ?? 1)
}

/** A mask of one element that keeps or drops the new dimension it stands for. */
function flagIndex(x: Tensor, keep: boolean): Tensor {
  const options = { dtype: int64, device: x.device }
  return keep ? run(ops.zeros, [1], options) : run(ops.empty, [0], options)
}

/** How many of the tensor's dimensions an index stands for. */
function dimensionsOf(index: Index | IndexTensor): number {
  if (index === null || index === '...' || typeof index === 'boolean') return 0
  if (index instanceof IndexTensor) return index.isMask ? native.dim(index.value) : 1
  return 1
}

/** A tensor, list or typed array among the indices, as a tensor. */
class IndexTensor {
  readonly value: Tensor
  readonly isMask: boolean

  constructor(value: Tensor) {
    this.value = value
    const kind = dtypes[native.scalarType(value)]
    this.isMask = kind === bool || kind === uint8
  }
}

function containsBoolean(list: IndexList): boolean {
  return list.some(item => (Array.isArray(item) ? containsBoolean(item) : typeof item === 'boolean'))
}

function containsFraction(list: IndexList): boolean {
  return list.some(item =>
    Array.isArray(item) ? containsFraction(item) : typeof item === 'number' && !Number.isInteger(item),
  )
}

/** A tensor has at most 64 dimensions; a list that contains itself has no end. */
function refuseEndless(list: IndexList, depth = 1): void {
  if (depth > 64) throw new IndexError('too many dimensions: a list of indices is nested too deeply', 'ERR_TORCH_INDEX')
  for (const item of list) if (Array.isArray(item)) refuseEndless(item, depth + 1)
}

function listIndex(x: Tensor, list: IndexList): Tensor {
  refuseEndless(list)
  if (containsFraction(list))
    throw new IndexError('tensors used as indices must be long, int, byte or bool tensors', 'ERR_TORCH_INDEX')
  const dtype = list.length > 0 && containsBoolean(list) ? bool : int64
  return tensor(list as unknown as Nested, { dtype, device: x.device })
}

/** Turns tensors, lists and typed arrays into `IndexTensor` and refuses what is no index. */
function normalize(x: Tensor, index: unknown): Index | IndexTensor {
  if (index === null || index === '...' || typeof index === 'boolean' || isInteger(index) || index instanceof Slice)
    return index
  if (native.isTensor(index)) return new IndexTensor(index as Tensor)
  if (Array.isArray(index)) return new IndexTensor(listIndex(x, index))
  if (ArrayBuffer.isView(index)) {
    const list = tensor(index, { device: x.device })
    const kind = list.dtype
    return new IndexTensor(kind.is_floating_point || kind === uint8 ? list : list.to(int64))
  }
  throw new IndexError(
    `only integers, slices (\`slice(…)\`), ellipsis (\`'...'\`), null, booleans and long or byte tensors are valid indices (got ${typeName(index)})`,
    'ERR_TORCH_INDEX',
  )
}

/** The view that the plain indices make, and the tensors left for `aten::index`, null for a dimension without one. */
interface Walked {
  view: Tensor
  tensors: (Tensor | null)[]
}

function walk(x: Tensor, indices: readonly unknown[]): Walked {
  const items = indices.map(index => normalize(x, index))
  const rank = native.dim(x)
  const specified = items.reduce<number>((sum, item) => sum + dimensionsOf(item), 0)
  if (specified > rank) throw new IndexError(`too many indices for tensor of dimension ${rank}`, 'ERR_TORCH_INDEX')
  const tensors: (Tensor | null)[] = []
  let view = x
  let dim = 0
  const record = (index: Tensor, taken: number) => {
    if (tensors.length === 0) for (let i = 0; i < dim; i++) tensors.push(null)
    tensors.push(index)
    dim += taken
  }
  /** Steps over dimensions without a tensor. */
  const pass = (count: number) => {
    dim += count
    if (tensors.length > 0) for (let i = 0; i < count; i++) tensors.push(null)
  }
  const flag = (keep: boolean) => {
    view = run(ops.unsqueeze, view, dim)
    record(flagIndex(view, keep), 1)
  }
  for (const [place, item] of items.entries()) {
    if (item === '...') pass(rank - specified)
    else if (item === null) {
      view = run(ops.unsqueeze, view, dim)
      pass(1)
    } else if (typeof item === 'boolean') flag(item)
    else if (item instanceof Slice) {
      view = cut(view, dim, item)
      pass(1)
    } else if (item instanceof IndexTensor) {
      const { value, isMask } = item
      const isScalar = native.dim(value) === 0 && !value.dtype.is_floating_point && !value.dtype.is_complex
      // A mask stands for as many dimensions as it has, but is one index.
      if (!isScalar) record(value, dimensionsOf(item))
      else if (isMask) flag(Boolean(native.item(value)))
      else view = select(view, dim, Number(native.item(value)), place)
    } else view = select(view, dim, wholeNumber(item as number | bigint), place)
  }
  return { view, tensors }
}

/** `x[indices]`. @internal */
export function getItem(x: Tensor, indices: readonly unknown[]): Tensor {
  const only = indices[0]
  if (indices.length === 1 && isInteger(only)) return select(x, 0, wholeNumber(only), 0)
  const { view, tensors } = walk(x, indices)
  if (tensors.length > 0) return run(ops.index, view, tensors)
  // Python too gives a new tensor that shares the memory.
  return view === x ? run(ops.alias, x) : view
}

/** A tensor or scalar to assign; anything else is refused. */
function checkedValue(x: Tensor, value: unknown): Tensor | Scalar {
  if (native.isTensor(value)) return value as Tensor
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' || value instanceof Complex)
    return value
  throw new TypeError(
    `can't assign a ${typeName(value)} to a ${x.dtype} tensor; give a number, or a tensor made by torch.tensor(…)`,
  )
}

/** The shape without leading ones, which assignment ignores. */
function withoutLeadingOnes(value: Tensor): Tensor {
  const sizes = sizesOf(value)
  let first = 0
  while (first < sizes.length && sizes[first] === 1) first++
  return first === 0 ? value : run(ops.view, value, sizes.slice(first))
}

function copyTo(target: Tensor, value: Tensor | Scalar): void {
  if (!native.isTensor(value)) {
    run(ops.fill_, target, value)
    return
  }
  const source = value as Tensor
  const wanted = sizesOf(target)
  const given = sizesOf(source)
  if (wanted.length === given.length && wanted.every((size, i) => size === given[i])) run(ops.copy_, target, source)
  else if (given.length === 0 && native.deviceType(source) === 0) run(ops.fill_, target, source)
  else run(ops.copy_, target, run(ops.expand, withoutLeadingOnes(source), wanted))
}

/** Writes at the places that tensors name. */
function putAt(view: Tensor, tensors: readonly (Tensor | null)[], value: Tensor | Scalar): void {
  const source = native.isTensor(value)
    ? withoutLeadingOnes(value as Tensor)
    : run(ops.full, [], value, { dtype: view.is_quantized ? float32 : view.dtype })
  run(ops.index_put_, view, tensors, source, false)
}

/** `x[indices] = value`. @internal */
export function setItem(x: Tensor, indices: readonly unknown[], value: unknown): void {
  const source = checkedValue(x, value)
  const only = indices.length === 1 ? indices[0] : undefined
  // A lone false assigns nothing, as in NumPy.
  if (only === false) return
  if (only === true) {
    copyTo(run(ops.unsqueeze, x, 0), source)
    return
  }
  if (isInteger(only)) {
    copyTo(select(x, 0, wholeNumber(only), 0), source)
    return
  }
  const { view, tensors } = walk(x, indices)
  if (tensors.length === 0) copyTo(view, source)
  else putAt(view, tensors, source)
}
