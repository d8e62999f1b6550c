import { call } from '../_C/call.js'
import * as ops from '../_generated/ops.js'
import { type dtype, int64, uint16, uint32, uint64 } from '../dtype.js'
import { strided } from '../layout.js'
import { tupleText } from '../size.js'
import type { Tensor } from '../tensor.js'
import type { Checks, Fail } from './_comparison.js'
import { type Identifier, scalarMismatch, tensorMismatch } from './_messages.js'

const promote = (a: dtype, b: dtype): dtype => call(ops.promote_types, a, b) as dtype

/** Fails unless the tensors have the same attributes. */
function compareAttributes(actual: Tensor, expected: Tensor, checks: Checks, fail: Fail): void {
  const check = (attribute: string, a: unknown, b: unknown): void => {
    if (String(a) !== String(b)) fail(`The values for attribute '${attribute}' do not match: ${a} != ${b}.`)
  }
  check('shape', actual.shape, expected.shape)
  const bool = (value: boolean) => (value ? 'True' : 'False')
  check('is_quantized', bool(actual.is_quantized), bool(expected.is_quantized))
  if (actual.is_quantized) check('qscheme()', actual.qscheme(), expected.qscheme())
  if (actual.layout !== expected.layout) {
    if (checks.check_layout) check('layout', actual.layout, expected.layout)
  } else if (actual.layout === strided && checks.check_stride) {
    check('stride()', tupleText(actual.stride()), tupleText(expected.stride()))
  }
  if (checks.check_device) check('device', actual.device, expected.device)
  if (checks.check_dtype) check('dtype', actual.dtype, expected.dtype)
}

/** Both on one device, of one dtype and layout. */
function equalize(actual: Tensor, expected: Tensor): [Tensor, Tensor] {
  let [a, b] = [actual, expected]
  if (!a.device.equals(b.device)) [a, b] = [a.cpu(), b.cpu()]
  if (a.dtype !== b.dtype) {
    // Unsigned dtypes do not promote; for a comparison int64 does.
    const signed = (kind: dtype) => (kind === uint64 || kind === uint32 || kind === uint16 ? int64 : kind)
    const common = promote(signed(a.dtype), signed(b.dtype))
    a = a.to(common)
    b = b.to(common)
  }
  if (a.layout !== b.layout) {
    const dense = (t: Tensor) => (t.layout === strided ? t : t.to_dense())
    a = dense(a)
    b = dense(b)
  }
  return [a, b]
}

function compareStrided(
  actual: Tensor,
  expected: Tensor,
  checks: Checks,
  fail: Fail,
  identifier: Identifier = null,
): void {
  const { rtol, atol, equal_nan } = checks
  const matches = call(ops.isclose, actual, expected, rtol, atol, equal_nan) as Tensor
  if (matches.all().item<boolean>()) return
  if (actual.dim() === 0) {
    fail(scalarMismatch(actual.item(), expected.item(), checks, identifier, actual.dtype))
  }
  fail(tensorMismatch(actual, expected, matches, checks, identifier))
}

const exactly = (checks: Checks): Checks => ({ ...checks, rtol: 0, atol: 0, equal_nan: false })

function compareCount(actual: number, expected: number, what: string, fail: Fail): void {
  if (actual !== expected) fail(`The number of ${what} does not match: ${actual} != ${expected}`)
}

function compareCoo(actual: Tensor, expected: Tensor, checks: Checks, fail: Fail): void {
  compareCount(actual.sparse_dim(), expected.sparse_dim(), 'sparse dimensions in sparse COO tensors', fail)
  compareCount(actual._nnz(), expected._nnz(), 'specified values in sparse COO tensors', fail)
  compareStrided(actual._indices(), expected._indices(), exactly(checks), fail, 'Sparse COO indices')
  compareStrided(actual._values(), expected._values(), checks, fail, 'Sparse COO values')
}

function compareCompressed(actual: Tensor, expected: Tensor, checks: Checks, fail: Fail): void {
  const format = actual.layout.name.slice('sparse_'.length).toUpperCase()
  const byRow = format.endsWith('SR')
  const compressed = byRow ? 'crow_indices' : 'ccol_indices'
  const plain = byRow ? 'col_indices' : 'row_indices'
  compareCount(actual._nnz(), expected._nnz(), `specified values in sparse ${format} tensors`, fail)
  // One tensor's indices are of one dtype, int32 or int64, but two tensors' need not be.
  const kind = promote(actual[compressed]().dtype, expected[compressed]().dtype)
  for (const indices of [compressed, plain] as const)
    compareStrided(
      actual[indices]().to(kind),
      expected[indices]().to(kind),
      exactly(checks),
      fail,
      `Sparse ${format} ${indices}`,
    )
  compareStrided(actual.values(), expected.values(), checks, fail, `Sparse ${format} values`)
}

/** Fails unless the tensors are close. @internal */
export function compareTensors(actual: Tensor, expected: Tensor, checks: Checks, fail: Fail): void {
  compareAttributes(actual, expected, checks, fail)
  // Tensors of the device `meta` have no values.
  if (actual.is_meta || expected.is_meta) return
  const [a, b] = equalize(actual, expected)
  if (a.is_quantized)
    return compareStrided(a.dequantize(), b.dequantize(), checks, fail, usual => `Quantized ${usual.toLowerCase()}`)
  if (a.is_sparse) return compareCoo(a, b, checks, fail)
  if (a.layout.name.startsWith('sparse_')) return compareCompressed(a, b, checks, fail)
  if (a.dtype.is_floating_point && a.dtype.itemsize === 1 && (checks.rtol !== 0 || checks.atol !== 0))
    fail(
      `Rtol=${checks.rtol} and atol=${checks.atol} are not supported for bitwise comparison of low dimensional floats. Please use rtol=0.0 and atol=0.0.`,
    )
  compareStrided(a, b, checks, fail)
}
