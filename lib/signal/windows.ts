/**
 * `torch.signal.windows`: windows of `M` points, 1 at the greatest. `sym: false` makes them periodic, for spectral analysis.
 * https://docs.pytorch.org/docs/stable/signal.html
 */

import { call } from '../_C/call.js'
import { define } from '../_C/callable.js'
import { checkNumber, checkNumbers, show } from '../_C/checks.js'
import { native } from '../_C/native.js'
import { valueError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import type { DeviceLike } from '../device.js'
import { type dtype, dtypes, float32, float64 } from '../dtype.js'
import { type layout, strided } from '../layout.js'
import type { Tensor } from '../tensor.js'

/** Where and as what a window is made. */
interface Options {
  dtype: dtype
  layout: layout
  device: DeviceLike | null
  requires_grad: boolean
}

function optionsFor(
  name: string,
  M: number,
  dtype: dtype | null,
  layout: layout,
  device: DeviceLike | null,
  requires_grad: boolean,
): Options {
  const type = dtype ?? dtypes[native.getDefaultDtype()]!
  checkNumber(name, 'M', M)
  if (M < 0) throw valueError(`${name} requires non-negative window length, got M=${M}`)
  if (layout !== strided) throw valueError(`${name} is implemented for strided tensors only, got: ${show(layout)}`)
  if (type !== float32 && type !== float64)
    throw valueError(`${name} expects float32 or float64 dtypes, got: ${show(type)}`)
  return { dtype: type, layout, device, requires_grad }
}

const empty = (options: Options) => call(ops.empty, [0], options) as Tensor
const one = (options: Options) => call(ops.ones, [1], options) as Tensor
const linspace = (start: unknown, end: unknown, M: number, options: Options) =>
  call(ops.linspace, start, end, M, options) as Tensor

/** Values as a tensor of the window's dtype and device. */
function constant(values: number | number[], options: Options): Tensor {
  const made = native.fromNested(values, options.dtype.scalarType)
  return options.device === null ? made : (call(ops.to, made, options.device, options.dtype) as Tensor)
}

/**
 * `exp(−|n − center| / tau)`. `center` is for periodic windows only and defaults to the middle.
 * https://docs.pytorch.org/docs/stable/generated/torch.signal.windows.exponential.html
 */
export const exponential = define(
  'exponential',
  ['M', '*', 'center?', 'tau?', 'sym?', 'dtype?', 'layout?', 'device?', 'requires_grad?'],
  (
    M: number,
    center: number | null = null,
    tau = 1,
    sym = true,
    dtype: dtype | null = null,
    layout: layout = strided,
    device: DeviceLike | null = null,
    requires_grad = false,
  ): Tensor => {
    const options = optionsFor('exponential', M, dtype, layout, device, requires_grad)
    checkNumber('exponential', 'tau', tau)
    if (center !== null) checkNumber('exponential', 'center', center)
    if (tau <= 0) throw valueError(`Tau must be positive, got: ${tau} instead.`)
    if (sym && center !== null) throw valueError('Center must be None for symmetric windows')
    if (M === 0) return empty(options)
    const middle = center ?? (!sym && M > 1 ? M : M - 1) / 2
    const scale = 1 / tau
    const k = linspace(-middle * scale, (-middle + (M - 1)) * scale, M, options)
    return call(ops.exp, call(ops.neg, call(ops.abs, k))) as Tensor
  },
)

/**
 * `sin(π (n + 0.5) / M)`.
 * https://docs.pytorch.org/docs/stable/generated/torch.signal.windows.cosine.html
 */
export const cosine = define(
  'cosine',
  ['M', '*', 'sym?', 'dtype?', 'layout?', 'device?', 'requires_grad?'],
  (
    M: number,
    sym = true,
    dtype: dtype | null = null,
    layout: layout = strided,
    device: DeviceLike | null = null,
    requires_grad = false,
  ): Tensor => {
    const options = optionsFor('cosine', M, dtype, layout, device, requires_grad)
    if (M === 0) return empty(options)
    const scale = Math.PI / (!sym && M > 1 ? M + 1 : M)
    return call(ops.sin, linspace(0.5 * scale, (0.5 + (M - 1)) * scale, M, options)) as Tensor
  },
)

/**
 * `exp(−(n / 2σ)²)` around the middle, σ being `std`.
 * https://docs.pytorch.org/docs/stable/generated/torch.signal.windows.gaussian.html
 */
export const gaussian = define(
  'gaussian',
  ['M', '*', 'std?', 'sym?', 'dtype?', 'layout?', 'device?', 'requires_grad?'],
  (
    M: number,
    std = 1,
    sym = true,
    dtype: dtype | null = null,
    layout: layout = strided,
    device: DeviceLike | null = null,
    requires_grad = false,
  ): Tensor => {
    const options = optionsFor('gaussian', M, dtype, layout, device, requires_grad)
    checkNumber('gaussian', 'std', std)
    if (std <= 0) throw valueError(`Standard deviation must be positive, got: ${std} instead.`)
    if (M === 0) return empty(options)
    const start = -(!sym && M > 1 ? M : M - 1) / 2
    const scale = 1 / (std * Math.sqrt(2))
    const k = linspace(start * scale, (start + (M - 1)) * scale, M, options)
    return call(ops.exp, call(ops.neg, call(ops.pow, k, 2))) as Tensor
  },
)

/**
 * Kaiser window with shape parameter `beta ≥ 0`.
 * https://docs.pytorch.org/docs/stable/generated/torch.signal.windows.kaiser.html
 */
export const kaiser = define(
  'kaiser',
  ['M', '*', 'beta?', 'sym?', 'dtype?', 'layout?', 'device?', 'requires_grad?'],
  (
    M: number,
    beta = 12,
    sym = true,
    dtype: dtype | null = null,
    layout: layout = strided,
    device: DeviceLike | null = null,
    requires_grad = false,
  ): Tensor => {
    const options = optionsFor('kaiser', M, dtype, layout, device, requires_grad)
    checkNumber('kaiser', 'beta', beta)
    if (beta < 0) throw valueError(`beta must be non-negative, got: ${beta} instead.`)
    if (M === 0) return empty(options)
    if (M === 1) return one(options)
    // In the window's precision, as the ends would otherwise leave the square root's domain.
    const shape = constant(beta, options)
    const start = call(ops.neg, shape)
    const step = call(ops.div, call(ops.mul, shape, 2), sym ? M - 1 : M)
    const end = call(ops.minimum, shape, call(ops.add, start, call(ops.mul, step, M - 1)))
    const k = linspace(start, end, M, options)
    const inner = call(ops.sub, call(ops.mul, shape, shape), call(ops.pow, k, 2))
    return call(ops.div, call(ops.i0, call(ops.sqrt, inner)), call(ops.i0, shape)) as Tensor
  },
)

/**
 * `1 − |2n / (M − 1) − 1|`: a triangle.
 * https://docs.pytorch.org/docs/stable/generated/torch.signal.windows.bartlett.html
 */
export const bartlett = define(
  'bartlett',
  ['M', '*', 'sym?', 'dtype?', 'layout?', 'device?', 'requires_grad?'],
  (
    M: number,
    sym = true,
    dtype: dtype | null = null,
    layout: layout = strided,
    device: DeviceLike | null = null,
    requires_grad = false,
  ): Tensor => {
    const options = optionsFor('bartlett', M, dtype, layout, device, requires_grad)
    if (M === 0) return empty(options)
    if (M === 1) return one(options)
    const step = 2 / (sym ? M - 1 : M)
    const k = linspace(-1, -1 + (M - 1) * step, M, options)
    return call(ops.rsub, call(ops.abs, k), 1) as Tensor
  },
)

// Sums of cosines go by this name in all messages, as in Python, where the others call it.
const SUM = 'general_cosine'

function cosineSum(M: number, a: readonly number[], sym: boolean, options: Options): Tensor {
  if (M === 0) return empty(options)
  if (M === 1) return one(options)
  if (!Array.isArray(a)) throw new TypeError('Coefficients must be a list/tuple')
  checkNumbers(SUM, 'a', a, true, 2 ** 20)
  if (a.length === 0) throw valueError('Coefficients cannot be empty')
  const step = (2 * Math.PI) / (sym ? M - 1 : M)
  const k = linspace(0, (M - 1) * step, M, options)
  const signed = a.map((weight, i) => (i % 2 === 0 ? weight : -weight))
  const coefficients = call(ops.unsqueeze, constant(signed, options), -1)
  const order = call(ops.unsqueeze, call(ops.arange, a.length, { dtype: options.dtype, device: options.device }), -1)
  return call(ops.sum, call(ops.mul, coefficients, call(ops.cos, call(ops.mul, order, k))), 0) as Tensor
}

/**
 * `Σ (−1)ⁱ aᵢ cos(2π i n / (M − 1))`.
 * https://docs.pytorch.org/docs/stable/generated/torch.signal.windows.general_cosine.html
 */
export const general_cosine = define(
  'general_cosine',
  ['M', '*', 'a', 'sym?', 'dtype?', 'layout?', 'device?', 'requires_grad?'],
  (
    M: number,
    a: readonly number[],
    sym = true,
    dtype: dtype | null = null,
    layout: layout = strided,
    device: DeviceLike | null = null,
    requires_grad = false,
  ): Tensor => cosineSum(M, a, sym, optionsFor(SUM, M, dtype, layout, device, requires_grad)),
)

/**
 * `alpha − (1 − alpha) cos(2π n / (M − 1))`.
 * https://docs.pytorch.org/docs/stable/generated/torch.signal.windows.general_hamming.html
 */
export const general_hamming = define(
  'general_hamming',
  ['M', '*', 'alpha?', 'sym?', 'dtype?', 'layout?', 'device?', 'requires_grad?'],
  (
    M: number,
    alpha = 0.54,
    sym = true,
    dtype: dtype | null = null,
    layout: layout = strided,
    device: DeviceLike | null = null,
    requires_grad = false,
  ): Tensor => {
    const options = optionsFor(SUM, M, dtype, layout, device, requires_grad)
    checkNumber('general_hamming', 'alpha', alpha)
    return cosineSum(M, [alpha, 1 - alpha], sym, options)
  },
)

/** A window that is a fixed sum of cosines; `speaker` is the function that messages name. */
function fixedCosines(name: string, a: readonly number[], speaker = SUM) {
  return define(
    name,
    ['M', '*', 'sym?', 'dtype?', 'layout?', 'device?', 'requires_grad?'],
    (
      M: number,
      sym = true,
      dtype: dtype | null = null,
      layout: layout = strided,
      device: DeviceLike | null = null,
      requires_grad = false,
    ): Tensor => cosineSum(M, a, sym, optionsFor(speaker, M, dtype, layout, device, requires_grad)),
  )
}

/**
 * `0.54 − 0.46 cos(2π n / (M − 1))`.
 * https://docs.pytorch.org/docs/stable/generated/torch.signal.windows.hamming.html
 */
export const hamming = fixedCosines('hamming', [0.54, 1 - 0.54])

/**
 * `0.5 − 0.5 cos(2π n / (M − 1))`.
 * https://docs.pytorch.org/docs/stable/generated/torch.signal.windows.hann.html
 */
export const hann = fixedCosines('hann', [0.5, 0.5])

/**
 * `0.42 − 0.5 cos(2π n / (M − 1)) + 0.08 cos(4π n / (M − 1))`.
 * https://docs.pytorch.org/docs/stable/generated/torch.signal.windows.blackman.html
 */
export const blackman = fixedCosines('blackman', [0.42, 0.5, 0.08], 'blackman')

/**
 * The four-term Blackman-Harris window with the least sidelobes, after Nuttall.
 * https://docs.pytorch.org/docs/stable/generated/torch.signal.windows.nuttall.html
 */
export const nuttall = fixedCosines('nuttall', [0.3635819, 0.4891775, 0.1365995, 0.0106411])
