/** Compares a result with Python's: dtype, shape, strides, elements, names. */
import * as torch from 'torch-node'
import { native } from '#lib/_C/native.js'
import type { Tensor } from '#lib/tensor.js'
import { close, elements, gather, tolerance } from './elements.js'
import { type Encoded, type EncodedStrided, type EncodedTensor, toNumber } from './values.js'

export interface CompareOptions {
  bytes: Uint8Array
  /** False where Python leaves the memory as it finds it (`empty`): then shapes and dtypes are compared. */
  contents: boolean
  /** Elements must be equal (NaN equals NaN) instead of close. */
  exact?: boolean
  /** Whether strides and the conjugate bit are compared too. */
  strides?: boolean
}

/** What differs, in one line, or null. */
export function difference(
  actual: unknown,
  expected: Encoded,
  options: CompareOptions,
  path = 'result',
): string | null {
  if (expected === null) return actual === null || actual === undefined ? null : `${path} is not None`
  if (typeof expected === 'object') {
    if (Array.isArray(expected)) return listDifference(actual, expected, options, path)
    if ('$tensor' in expected) {
      if (!native.isTensor(actual)) return `${path} is ${describe(actual)}, expected a tensor`
      return tensorDifference(actual as Tensor, expected.$tensor as unknown as EncodedTensor, options, path)
    }
    if ('$tuple' in expected) return listDifference(actual, expected.$tuple as Encoded[], options, path)
    if ('$named' in expected) return namedDifference(actual, expected.$named as unknown as Named, options, path)
    if ('$float' in expected) return numberDifference(actual, toNumber(expected.$float as string), path)
    if ('$complex' in expected) return complexDifference(actual, expected.$complex as [string, string], path)
    if ('$int' in expected) return actual === BigInt(expected.$int as string) ? null : `${path} is ${describe(actual)}`
    return `${path} has a kind that is not compared: ${Object.keys(expected).join(', ')}`
  }
  return actual === expected ? null : `${path} is ${describe(actual)}, expected ${expected}`
}

function describe(value: unknown): string {
  if (native.isTensor(value)) return 'a tensor'
  return Array.isArray(value) ? `a list of ${value.length}` : `${typeof value} ${String(value)}`
}

function numberDifference(actual: unknown, expected: number, path: string): string | null {
  if (typeof actual === 'number' && close(actual, expected, 1.3e-6, 1e-5)) return null
  return `${path} is ${describe(actual)}, expected ${expected}`
}

function complexDifference(actual: unknown, [re, im]: [string, string], path: string): string | null {
  const wanted = [toNumber(re), toNumber(im)]
  const isEqual = actual instanceof torch.Complex && sameElement([actual.re, actual.im], wanted, 1.3e-6, 1e-5)
  return isEqual ? null : `${path} is ${describe(actual)}, expected ${re} + ${im}i`
}

/** A named tuple of Python. */
interface Named {
  fields: string[]
  values: Encoded[]
}

function namedDifference(actual: unknown, { fields, values }: Named, options: CompareOptions, path: string) {
  const found = listDifference(actual, values, options, path)
  if (found) return found
  for (const [i, field] of fields.entries()) {
    const item = (actual as Record<string, unknown>)[field]
    if (item === undefined || item !== (actual as unknown[])[i]) return `${path}.${field} is not its result ${i}`
  }
  return null
}

function listDifference(actual: unknown, expected: Encoded[], options: CompareOptions, path: string): string | null {
  if (native.isTensor(actual) || typeof actual !== 'object' || actual === null || !(Symbol.iterator in actual))
    return `${path} is ${describe(actual)}, expected ${expected.length} results`
  const items = [...(actual as Iterable<unknown>)]
  if (items.length !== expected.length) return `${path} has ${items.length} results, expected ${expected.length}`
  for (const [i, item] of items.entries()) {
    const found = difference(item, expected[i]!, options, `${path}[${i}]`)
    if (found) return found
  }
  return null
}

/** The tensors that a sparse tensor's memory holds, in the order that the Python side writes. */
function parts(t: Tensor, layout: string): Tensor[] {
  if (layout === 'sparse_coo') {
    const coalesced = t.coalesce()
    return [coalesced.indices(), coalesced.values()]
  }
  const byRow = layout === 'sparse_csr' || layout === 'sparse_bsr'
  return byRow ? [t.crow_indices(), t.col_indices(), t.values()] : [t.ccol_indices(), t.row_indices(), t.values()]
}

function tensorDifference(t: Tensor, expected: EncodedTensor, options: CompareOptions, path: string): string | null {
  if (t.dtype.name !== expected.dtype) return `${path} is ${t.dtype.name}, expected ${expected.dtype}`
  if (!sameNumbers(t.shape, expected.shape)) return `${path} has shape [${t.shape}], expected [${expected.shape}]`
  if (t.layout.name !== expected.layout) return `${path} is ${t.layout.name}, expected ${expected.layout}`
  if (options.strides && expected.layout === 'strided') {
    if (!sameStrides(t, expected)) return `${path} has strides [${t.stride()}], expected [${expected.strides}]`
    if (t.is_conj() !== Boolean(expected.conj)) return `${path} is ${t.is_conj() ? 'a' : 'no'} lazy conjugate`
  }
  if (!options.contents) return null
  // What Python wrote of a lazy conjugate is its memory.
  if (expected.layout === 'strided') return stridedDifference(expected.conj ? t.conj() : t, expected, options, path)
  for (const [i, part] of parts(t.detach(), expected.layout).entries()) {
    const encoded = expected.parts![i]!
    if (!sameNumbers(part.shape, encoded.shape))
      return `${path} part ${i} has shape [${part.shape}], expected [${encoded.shape}]`
    const found = stridedDifference(part, encoded, options, `${path} part ${i}`)
    if (found) return found
  }
  return null
}

/** A dimension of one element is walked in no step, and a tensor without elements in no dimension. */
function sameStrides(t: Tensor, expected: EncodedStrided): boolean {
  const strides = t.stride()
  return expected.shape.includes(0) || expected.shape.every((n, i) => n === 1 || strides[i] === expected.strides[i])
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i])
}

/** The bytes of a tensor's elements in row-major order. */
function bytesOf(t: Tensor): Uint8Array {
  if (t.numel() === 0) return new Uint8Array(0)
  // A copy also gives a ZeroTensor its zeros.
  const plain = t.detach().resolve_conj().resolve_neg().clone({ memory_format: torch.contiguous_format })
  return new Uint8Array(native.toArrayBuffer(plain, false), 0, plain.numel() * plain.dtype.itemsize)
}

/** Whether the bytes are the very ones that Python wrote, which needs no look at the elements. */
function sameBytes(actual: Uint8Array, { shape, strides, offset, data }: EncodedStrided, bytes: Uint8Array): boolean {
  let size = 1
  for (const [i, n] of [...shape.entries()].reverse()) {
    if (n !== 1 && strides[i] !== size) return false
    size *= n
  }
  const start = data[0] + offset * (actual.length / size)
  return Buffer.compare(actual, bytes.subarray(start, start + actual.length)) === 0
}

function stridedDifference(
  t: Tensor,
  expected: EncodedStrided,
  { bytes, exact }: CompareOptions,
  path: string,
): string | null {
  if (t.dtype.name !== expected.dtype) return `${path} is ${t.dtype.name}, expected ${expected.dtype}`
  const actual = bytesOf(t)
  if (actual.length === 0 || sameBytes(actual, expected, bytes)) return null
  const [start, count] = expected.data
  const actualElements = elements(actual.buffer, 0, actual.length, expected.dtype)
  const width = expected.dtype.startsWith('complex') ? 2 : 1
  const span = elements(bytes.buffer, bytes.byteOffset + start, count, expected.dtype)
  const wanted = gather(span, expected, width)
  const [rtol, atol] = exact ? [0, 0] : tolerance(expected.dtype)
  let different = 0
  let worst = ''
  for (let i = 0; i < wanted.length; i += width) {
    const a = Array.from({ length: width }, (_, k) => actualElements[i + k] as number | bigint)
    const e = Array.from({ length: width }, (_, k) => wanted[i + k] as number | bigint)
    if (sameElement(a, e, rtol, atol)) continue
    if (different++ === 0) worst = `${a.join(' + ')} where Python has ${e.join(' + ')}`
  }
  const total = wanted.length / width
  return different === 0 ? null : `${path}: ${different} of ${total} elements differ, the first is ${worst}`
}

/** One element: a number, an int64, or the two halves of a complex number, whose distance counts as a whole. */
function sameElement(a: (number | bigint)[], e: (number | bigint)[], rtol: number, atol: number): boolean {
  if (typeof a[0] !== 'number' || typeof e[0] !== 'number') return a[0] === e[0]
  if (a.length === 1) return close(a[0], e[0], rtol, atol)
  const [re, im, wantedRe, wantedIm] = [...a, ...e] as [number, number, number, number]
  if (close(re, wantedRe, 0, 0) && close(im, wantedIm, 0, 0)) return true
  const distance = Math.hypot(re - wantedRe, im - wantedIm)
  return distance <= atol + rtol * Math.hypot(wantedRe, wantedIm)
}
