import { call } from '../_C/call.js'
import { define } from '../_C/callable.js'
import { native } from '../_C/native.js'
import { assertionError, valueError } from '../_C/raise.js'
import { sizesOf } from '../_C/sizes.js'
import * as ops from '../_generated/ops.js'
import { bool, type dtype, float32, int8, int16, int32, int64, uint8 } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { canonicalDims, cast, checkStrided, type Dims, inputMask, withIdentity } from './_mask.js'

const small: readonly dtype[] = [uint8, bool, int8, int16, int32]

/** Sums and products of small integers are int64. */
const accumulated = (type: dtype) => (small.includes(type) ? int64 : type)

function total(input: Tensor, dim: Dims, keepdim: boolean, dtype: dtype | null, mask: Tensor | null): Tensor {
  const kept = withIdentity('sum', 'sum', input, mask)
  const type = dtype ?? accumulated(input.dtype)
  return call(ops.sum, kept, canonicalDims(dim, native.dim(input)), keepdim, { dtype: type }) as Tensor
}

/**
 * Sum of the elements where `mask` is true, along `dim` (number, list, null for all).
 * https://docs.pytorch.org/docs/stable/generated/torch.masked.sum.html
 */
export const sum = define(
  'sum',
  ['input', 'dim?', '*', 'keepdim?', 'dtype?', 'mask?'],
  (input: Tensor, dim: Dims = null, keepdim = false, dtype: dtype | null = null, mask: Tensor | null = null): Tensor =>
    total(input, dim, keepdim, dtype, mask),
)

/**
 * Product of the elements where `mask` is true, along `dim`.
 * https://docs.pytorch.org/docs/stable/generated/torch.masked.prod.html
 */
export const prod = define(
  'prod',
  ['input', 'dim?', '*', 'keepdim?', 'dtype?', 'mask?'],
  (
    input: Tensor,
    dim: Dims = null,
    keepdim = false,
    dtype: dtype | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    let result: Tensor = cast(withIdentity('prod', 'prod', input, mask), dtype ?? accumulated(input.dtype))
    for (const d of canonicalDims(dim, native.dim(input)).reverse())
      result = call(ops.prod, result, d, keepdim) as Tensor
    return result
  },
)

/** `amax` and `amin`, which differ by the operator. */
function extremum(name: 'amax' | 'amin', op: number) {
  return define(
    name,
    ['input', 'dim?', '*', 'keepdim?', 'dtype?', 'mask?'],
    (
      input: Tensor,
      dim: Dims = null,
      keepdim = false,
      dtype: dtype | null = null,
      mask: Tensor | null = null,
    ): Tensor => {
      const kept = withIdentity(name, name, input, mask)
      return cast(call(op, kept, canonicalDims(dim, native.dim(input)), keepdim), dtype ?? input.dtype)
    },
  )
}

/**
 * Maximum where `mask` is true, along `dim`.
 * https://docs.pytorch.org/docs/stable/generated/torch.masked.amax.html
 */
export const amax = extremum('amax', ops.amax)

/**
 * Minimum where `mask` is true, along `dim`.
 * https://docs.pytorch.org/docs/stable/generated/torch.masked.amin.html
 */
export const amin = extremum('amin', ops.amin)

/** `argmax` and `argmin`, which differ by the operator. */
function place(name: 'argmax' | 'argmin', op: number) {
  return define(
    name,
    ['input', 'dim?', '*', 'keepdim?', 'dtype?', 'mask?'],
    (
      input: Tensor,
      dim: number | null = null,
      keepdim = false,
      dtype: dtype | null = null,
      mask: Tensor | null = null,
    ): Tensor => {
      const kept = withIdentity(name, name, input, mask)
      return cast(call(op, kept, dim, keepdim), dtype ?? input.dtype)
    },
  )
}

/**
 * Place of the maximum where `mask` is true, along `dim`; in the input's dtype, as PyTorch gives it, unless told otherwise.
 * https://docs.pytorch.org/docs/stable/generated/torch.masked.argmax.html
 */
export const argmax = place('argmax', ops.argmax)

/**
 * Place of the minimum where `mask` is true, along `dim`; in the input's dtype, as PyTorch gives it, unless told otherwise.
 * https://docs.pytorch.org/docs/stable/generated/torch.masked.argmin.html
 */
export const argmin = place('argmin', ops.argmin)

/** How many elements take part. */
function count(input: Tensor, dim: Dims, keepdim: boolean, mask: Tensor | null): Tensor {
  if (mask !== null) return call(ops.sum, mask, canonicalDims(dim, native.dim(input)), keepdim) as Tensor
  const ones = call(ops.ones, sizesOf(input), { dtype: int64, device: input.device }) as Tensor
  return total(ones, dim, keepdim, null, null)
}

/**
 * Mean where `mask` is true, along `dim`; NaN where nothing takes part.
 * https://docs.pytorch.org/docs/stable/generated/torch.masked.mean.html
 */
export const mean = define(
  'mean',
  ['input', 'dim?', '*', 'keepdim?', 'dtype?', 'mask?'],
  (
    input: Tensor,
    dim: Dims = null,
    keepdim = false,
    dtype: dtype | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    const type = dtype ?? input.dtype
    if (!type.is_floating_point && !type.is_complex)
      throw valueError(
        `mean(): Could not infer output dtype. ${dtype === null ? 'Input' : 'Optional'} dtype must be either a floating point or complex dtype. Got: ${type}`,
      )
    checkStrided('mean', input)
    const full = mask === null ? null : inputMask(input, mask)
    return call(ops.div, total(input, dim, keepdim, type, full), count(input, dim, keepdim, full)) as Tensor
  },
)

/**
 * Median where `mask` is true, along `dim`.
 * https://docs.pytorch.org/docs/stable/generated/torch.masked.median.html
 */
export const median = define(
  'median',
  ['input', 'dim?', '*', 'keepdim?', 'dtype?', 'mask?'],
  (input: Tensor, dim = -1, keepdim = false, dtype: dtype | null = null, mask: Tensor | null = null): Tensor => {
    const isFloat = input.is_floating_point()
    const [along] = canonicalDims(dim, native.dim(input))
    const kept = withIdentity('median', 'median', isFloat ? input : cast(input, float32), mask)
    const [values] = call(ops.nanmedian, kept, along, keepdim) as [Tensor, Tensor]
    if (isFloat) return values
    if ((call(ops.any, call(ops.isnan, values)) as Tensor).item())
      throw valueError('masked median expects no fully masked out rows if dtype is not floating point')
    return cast(values, dtype ?? input.dtype)
  },
)

/**
 * `log(Σ exp(x))` where `mask` is true, along `dim`.
 * https://docs.pytorch.org/docs/stable/generated/torch.masked.logsumexp.html
 */
export const logsumexp = define(
  'logsumexp',
  ['input', 'dim?', '*', 'keepdim?', 'dtype?', 'mask?'],
  (
    input: Tensor,
    dim: Dims = null,
    keepdim = false,
    dtype: dtype | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    const kept = withIdentity('logsumexp', 'logsumexp', input, mask)
    return cast(call(ops.logsumexp, kept, canonicalDims(dim, native.dim(input)), keepdim), dtype ?? input.dtype)
  },
)

/**
 * Vector norm of order `ord` where `mask` is true, along `dim`.
 * https://docs.pytorch.org/docs/stable/generated/torch.masked.norm.html
 */
export const norm = define(
  'norm',
  ['input', 'ord?', 'dim?', '*', 'keepdim?', 'dtype?', 'mask?'],
  (
    input: Tensor,
    ord: number | null = 2,
    dim: Dims = null,
    keepdim = false,
    dtype: dtype | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    const kept = withIdentity('norm', 'norm', input, mask, ord)
    const dims = canonicalDims(dim, native.dim(input))
    return call(ops.linalg_vector_norm, kept, ord, dims, keepdim, { dtype: dtype ?? input.dtype }) as Tensor
  },
)

/** `var` and `std`. */
function spread(name: 'var' | 'std') {
  return define(
    name,
    ['input', 'dim?', 'unbiased?', '*', 'correction?', 'keepdim?', 'dtype?', 'mask?'],
    (
      input: Tensor,
      dim: Dims = null,
      unbiased: boolean | null = null,
      correction: number | null = null,
      keepdim = false,
      dtype: dtype | null = null,
      mask: Tensor | null = null,
    ): Tensor => {
      if (unbiased !== null && correction !== null)
        throw assertionError('Only one of unbiased and correction may be given')
      checkStrided('std/var', input)
      const degrees = correction ?? (unbiased === false ? 0 : 1)
      const isNumber = (type: dtype) => type.is_floating_point || type.is_complex
      const type = dtype ?? (isNumber(input.dtype) ? input.dtype : float32)
      const computed = isNumber(type) ? type : float32
      const full = mask === null ? null : inputMask(input, mask)
      let n = count(input, dim, true, full)
      const middle = call(ops.div, total(input, dim, true, type, full), n)
      const x = call(ops.sub, input, middle)
      const squares = call(ops.mul, x, call(ops.conj, x)) as Tensor
      const sumOfSquares = total(squares, dim, keepdim, computed, full)
      if (!keepdim) n = call(ops.reshape, n, sizesOf(sumOfSquares)) as Tensor
      if (degrees !== 0) {
        const lessDegrees = call(ops.sub, cast(n, computed.to_real()), degrees) as Tensor
        n = call(ops.maximum, lessDegrees, call(ops.new_zeros, lessDegrees, [])) as Tensor
      }
      const variance = cast(call(ops.div, sumOfSquares, n), type)
      return name === 'std' ? (call(ops.sqrt, variance) as Tensor) : variance
    },
  )
}

const variance = spread('var')

/**
 * Variance where `mask` is true, along `dim`, divided by n − `correction` (1 unless `unbiased` is false).
 * https://docs.pytorch.org/docs/stable/generated/torch.masked.var.html
 */
export { variance as var }

/**
 * Standard deviation where `mask` is true; see `var`.
 * https://docs.pytorch.org/docs/stable/generated/torch.masked.std.html
 */
export const std = spread('std')
