import { call } from '../../_C/call.js'
import { define } from '../../_C/callable.js'
import { checkNumbers, checkString, show } from '../../_C/checks.js'
import { native } from '../../_C/native.js'
import { notImplementedError, valueError, warn } from '../../_C/raise.js'
import { sizesOf } from '../../_C/sizes.js'
import * as ops from '../../_generated/ops.js'
import type { Tensor } from '../../tensor.js'

export type InterpolationMode =
  | 'nearest'
  | 'nearest-exact'
  | 'linear'
  | 'bilinear'
  | 'bicubic'
  | 'trilinear'
  | 'lanczos'
  | 'area'

/** Operators by mode and number of dimensions that take (input, size, scale_factors). */
const byPlace: Record<string, Record<number, number>> = {
  nearest: { 3: ops.upsample_nearest1d, 4: ops.upsample_nearest2d, 5: ops.upsample_nearest3d },
  'nearest-exact': {
    3: ops._upsample_nearest_exact1d,
    4: ops._upsample_nearest_exact2d,
    5: ops._upsample_nearest_exact3d,
  },
}
/** Those that take (input, size, align_corners, scale_factors). */
const byWeight: Record<string, Record<number, number>> = {
  linear: { 3: ops.upsample_linear1d },
  bilinear: { 4: ops.upsample_bilinear2d },
  trilinear: { 5: ops.upsample_trilinear3d },
  bicubic: { 4: ops.upsample_bicubic2d },
}
const antialiased: Record<string, number> = {
  bilinear: ops._upsample_bilinear2d_aa,
  bicubic: ops._upsample_bicubic2d_aa,
  lanczos: ops._upsample_lanczos2d_aa,
}
const area: Record<number, number> = {
  3: ops.adaptive_avg_pool1d,
  4: ops.adaptive_avg_pool2d,
  5: ops.adaptive_avg_pool3d,
}
/** The dimensionality that a mode is for. */
const dimensions: Record<string, number> = { linear: 3, bilinear: 4, trilinear: 5 }

function resize(
  input: Tensor,
  mode: string,
  size: number[] | null,
  factors: number[] | null,
  align_corners: boolean | null,
  antialias: boolean,
): Tensor {
  const ndim = native.dim(input)
  if (mode === 'area') {
    const pool = area[ndim]
    if (pool !== undefined) return call(pool, input, size) as Tensor
  }
  if (mode === 'lanczos' && ndim === 4) {
    if (align_corners) throw valueError('Lanczos mode does not support align_corners=True')
    if (!antialias) throw valueError('Lanczos mode requires antialias=True')
  }
  if (antialias) return call(antialiased[mode]!, input, size, align_corners, factors) as Tensor
  const nearest = byPlace[mode]?.[ndim]
  if (nearest !== undefined) return call(nearest, input, size, factors) as Tensor
  const weighted = byWeight[mode]?.[ndim]
  if (weighted !== undefined) return call(weighted, input, size, align_corners, factors) as Tensor
  const wanted = dimensions[mode]
  if (wanted !== undefined && ndim >= 3 && ndim <= 5)
    throw notImplementedError(`Got ${ndim}D input, but ${mode} mode needs ${wanted}D input`)
  throw notImplementedError(
    `Input Error: Only 3D, 4D and 5D input Tensors supported (got ${ndim}D) for the modes: nearest | linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact (got ${show(mode)})`,
  )
}

/**
 * Resizes the spatial dimensions to `size` or by `scale_factor`. input: (N, C, L), (N, C, H, W) or (N, C, D, H, W). Modes:
 * linear (3-D), bilinear, bicubic and lanczos (4-D), trilinear (5-D), nearest, nearest-exact and area. `antialias` is for
 * bilinear, bicubic and lanczos.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
 */
export const interpolate = define(
  'interpolate',
  ['input', 'size?', 'scale_factor?', 'mode?', 'align_corners?', 'recompute_scale_factor?', 'antialias?'],
  (
    input: Tensor,
    size: number | readonly number[] | null = null,
    scale_factor: number | readonly number[] | null = null,
    mode: InterpolationMode = 'nearest',
    align_corners: boolean | null = null,
    recompute_scale_factor: boolean | null = null,
    antialias = false,
  ): Tensor => {
    checkString('interpolate', 'mode', mode)
    let aligned = align_corners
    if (mode === 'nearest' || mode === 'area' || mode === 'nearest-exact') {
      if (aligned !== null)
        throw valueError(
          'align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear',
        )
    } else aligned ??= false
    const spatial = sizesOf(input).slice(2)
    const n = spatial.length
    if (size !== null && scale_factor !== null) throw valueError('only one of size or scale_factor should be defined')
    if (size === null && scale_factor === null) throw valueError('either size or scale_factor should be defined')
    if (recompute_scale_factor && size !== null)
      throw valueError('recompute_scale_factor is not meaningful with an explicit size.')
    let outputSize = size === null ? null : sizeFor(size, spatial)
    let factors = scale_factor === null ? null : factorsFor(scale_factor, spatial)
    if (factors !== null && (recompute_scale_factor || mode === 'area')) {
      const scale = factors
      outputSize = spatial.map((length, d) => Math.trunc(length * scale[d]!))
      factors = null
    }
    if (antialias && !(Object.hasOwn(antialiased, mode) && n === 2 && native.dim(input) === 4))
      throw valueError(
        'Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input',
      )
    return resize(input, mode, outputSize, factors, aligned, antialias)
  },
)

function sizeFor(size: number | readonly number[], spatial: number[]): number[] {
  if (typeof size === 'number') return spatial.map(() => size)
  checkNumbers('interpolate', 'size', size, true)
  if (size.length !== spatial.length)
    throw valueError(
      `Input and output must have the same number of spatial dimensions, but got input with spatial dimensions of [${spatial.join(', ')}] and output size of [${size.join(', ')}]. Please provide input tensor in (N, C, d1, d2, ...,dK) format and output size in (o1, o2, ...,oK) format.`,
    )
  if (!size.every(Number.isInteger))
    throw new TypeError(
      `expected size to be one of int or Tuple[int] or Tuple[int, int] or Tuple[int, int, int], but got size [${size.join(', ')}]`,
    )
  return [...size]
}

function factorsFor(factor: number | readonly number[], spatial: number[]): number[] {
  if (typeof factor === 'number') return spatial.map(() => factor)
  checkNumbers('interpolate', 'scale_factor', factor, true)
  if (factor.length !== spatial.length)
    throw valueError(
      `Input and scale_factor must have the same number of spatial dimensions, but got input with spatial dimensions of [${spatial.join(', ')}] and scale_factor of shape [${factor.join(', ')}]. Please provide input tensor in (N, C, d1, d2, ...,dK) format and scale_factor in (s1, s2, ...,sK) format.`,
    )
  return [...factor]
}

/**
 * `interpolate` under its old name.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.upsample.html
 * @deprecated
 */
export const upsample = define(
  'upsample',
  ['input', 'size?', 'scale_factor?', 'mode?', 'align_corners?'],
  (
    input: Tensor,
    size: number | readonly number[] | null = null,
    scale_factor: number | readonly number[] | null = null,
    mode: InterpolationMode = 'nearest',
    align_corners: boolean | null = null,
  ): Tensor => {
    warn('`nn.functional.upsample` is deprecated. Use `nn.functional.interpolate` instead.')
    return interpolate(input, size, scale_factor, mode, align_corners)
  },
)

/**
 * `interpolate` in mode `nearest`.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.upsample_nearest.html
 * @deprecated
 */
export const upsample_nearest = define(
  'upsample_nearest',
  ['input', 'size?', 'scale_factor?'],
  (
    input: Tensor,
    size: number | readonly number[] | null = null,
    scale_factor: number | readonly number[] | null = null,
  ): Tensor => {
    warn('`nn.functional.upsample_nearest` is deprecated. Use `nn.functional.interpolate` instead.')
    return interpolate(input, size, scale_factor, 'nearest')
  },
)

/**
 * `interpolate` in mode `bilinear` with aligned corners.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.upsample_bilinear.html
 * @deprecated
 */
export const upsample_bilinear = define(
  'upsample_bilinear',
  ['input', 'size?', 'scale_factor?'],
  (
    input: Tensor,
    size: number | readonly number[] | null = null,
    scale_factor: number | readonly number[] | null = null,
  ): Tensor => {
    warn('`nn.functional.upsample_bilinear` is deprecated. Use `nn.functional.interpolate` instead.')
    return interpolate(input, size, scale_factor, 'bilinear', true)
  },
)
