/** Compares a result with Python's: dtype, shape, elements. */
import { native } from '#lib/_C/native.js'
import type { Tensor } from '#lib/tensor.js'
import { close, type Elements, elements, gather, tolerance } from './elements.js'
import type { Encoded, EncodedStrided, EncodedTensor } from './values.js'

export interface CompareOptions {
  bytes: Uint8Array
  /** False where Python leaves the memory as it finds it (`empty`): then shapes and dtypes are compared. */
  contents: boolean
  /** Elements must be equal (NaN equals NaN) instead of close. */
  exact?: boolean
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
    if ('$float' in expected) return numberDifference(actual, Number(expected.$float), path)
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
  if (!options.contents) return null
  if (expected.layout === 'strided') return stridedDifference(t, expected, options, path)
  for (const [i, part] of parts(t.detach(), expected.layout).entries()) {
    const encoded = expected.parts![i]!
    if (!sameNumbers(part.shape, encoded.shape))
      return `${path} part ${i} has shape [${part.shape}], expected [${encoded.shape}]`
    const found = stridedDifference(part, encoded, options, `${path} part ${i}`)
    if (found) return found
  }
  return null
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i])
}

/** The elements of a tensor in row-major order; complex numbers give two each. */
export function elementsOf(t: Tensor): Elements {
  const plain = t.detach().resolve_conj().resolve_neg().contiguous()
  if (plain.numel() === 0) return []
  const buffer = native.toArrayBuffer(plain, false)
  const offset = native.storageOffset(plain) * plain.dtype.itemsize
  const length = plain.numel() * plain.dtype.itemsize
  // The buffer is either the storage or the tensor's own bytes; only the first needs the offset.
  return elements(buffer, buffer.byteLength === length ? 0 : offset, length, plain.dtype.name)
}

function stridedDifference(
  t: Tensor,
  expected: EncodedStrided,
  { bytes, exact }: CompareOptions,
  path: string,
): string | null {
  const [start, count] = expected.data
  const actualElements = elementsOf(t)
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
