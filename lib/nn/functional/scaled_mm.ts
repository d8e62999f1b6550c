import { call } from '../../_C/call.js'
import { define } from '../../_C/callable.js'
import * as ops from '../../_generated/ops.js'
import { bfloat16, type dtype } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'

/** What one scale of `scaled_mm` covers. */
export const ScalingType = {
  TensorWise: 0,
  RowWise: 1,
  BlockWise1x16: 2,
  BlockWise1x32: 3,
  BlockWise1x128: 4,
  BlockWise128x128: 5,
} as const
export type ScalingType = (typeof ScalingType)[keyof typeof ScalingType]

/** How the scales of `scaled_mm` lie in memory. */
export const SwizzleType = { NO_SWIZZLE: 0, SWIZZLE_32_4_4: 1 } as const
export type SwizzleType = (typeof SwizzleType)[keyof typeof SwizzleType]

type OneOrMore<T> = T | readonly T[]

function list<T>(value: OneOrMore<T> | null): readonly T[] {
  if (value === null) return []
  return Array.isArray(value) ? (value as readonly T[]) : [value as T]
}

/**
 * Matrix products of groups of rows, which end at `offs`, or of a batch.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.grouped_mm.html
 */
export const grouped_mm = define(
  'grouped_mm',
  ['mat_a', 'mat_b', '*', 'offs?', 'bias?', 'out_dtype?'],
  (
    mat_a: Tensor,
    mat_b: Tensor,
    offs: Tensor | null = null,
    bias: Tensor | null = null,
    out_dtype: dtype | null = null,
  ): Tensor => call(ops._grouped_mm, mat_a, mat_b, offs, bias, out_dtype) as Tensor,
)

/**
 * Matrix product of scaled low-precision matrices (M, K) and (K, N), with the scales' meaning in the recipes.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_mm.html
 */
export const scaled_mm = define(
  'scaled_mm',
  [
    'mat_a',
    'mat_b',
    'scale_a',
    'scale_recipe_a',
    'scale_b',
    'scale_recipe_b',
    'swizzle_a?',
    'swizzle_b?',
    'bias?',
    'output_dtype?',
    'contraction_dim?',
    'use_fast_accum?',
  ],
  (
    mat_a: Tensor,
    mat_b: Tensor,
    scale_a: OneOrMore<Tensor>,
    scale_recipe_a: OneOrMore<ScalingType>,
    scale_b: OneOrMore<Tensor>,
    scale_recipe_b: OneOrMore<ScalingType>,
    swizzle_a: OneOrMore<SwizzleType> | null = null,
    swizzle_b: OneOrMore<SwizzleType> | null = null,
    bias: Tensor | null = null,
    output_dtype: dtype | null = bfloat16,
    contraction_dim: readonly number[] = [],
    use_fast_accum = false,
  ): Tensor =>
    call(
      ops._scaled_mm_v2,
      mat_a,
      mat_b,
      list(scale_a),
      list(scale_recipe_a),
      list(swizzle_a),
      list(scale_b),
      list(scale_recipe_b),
      list(swizzle_b),
      bias,
      output_dtype,
      contraction_dim,
      use_fast_accum,
    ) as Tensor,
)

/**
 * `scaled_mm` of groups of rows, which end at `offs`, or of a batch.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_grouped_mm.html
 */
export const scaled_grouped_mm = define(
  'scaled_grouped_mm',
  [
    'mat_a',
    'mat_b',
    'scale_a',
    'scale_recipe_a',
    'scale_b',
    'scale_recipe_b',
    'swizzle_a?',
    'swizzle_b?',
    'bias?',
    'offs?',
    'output_dtype?',
    'contraction_dim?',
    'use_fast_accum?',
  ],
  (
    mat_a: Tensor,
    mat_b: Tensor,
    scale_a: OneOrMore<Tensor>,
    scale_recipe_a: OneOrMore<ScalingType>,
    scale_b: OneOrMore<Tensor>,
    scale_recipe_b: OneOrMore<ScalingType>,
    swizzle_a: OneOrMore<SwizzleType> | null = null,
    swizzle_b: OneOrMore<SwizzleType> | null = null,
    bias: Tensor | null = null,
    offs: Tensor | null = null,
    output_dtype: dtype | null = bfloat16,
    contraction_dim: readonly number[] = [],
    use_fast_accum = false,
  ): Tensor =>
    call(
      ops._scaled_grouped_mm_v2,
      mat_a,
      mat_b,
      list(scale_a),
      list(scale_recipe_a),
      list(swizzle_a),
      list(scale_b),
      list(scale_recipe_b),
      list(swizzle_b),
      offs,
      bias,
      output_dtype,
      contraction_dim,
      use_fast_accum,
    ) as Tensor,
)
