import { show } from '../_C/checks.js'
import { valueError, warn } from '../_C/raise.js'

/** What a loss does with its elements. */
export type Reduction = 'none' | 'mean' | 'sum'

/** The operators' number of a reduction. */
export function get_enum(reduction: string): number {
  switch (reduction) {
    case 'mean':
      return 1
    case 'none':
      return 0
    case 'sum':
      return 2
    case 'elementwise_mean':
      warn("reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.")
      return 1
    default:
      throw valueError(`${show(reduction)} is not a valid value for reduction`)
  }
}

/** The reduction that the old arguments `size_average` and `reduce` stood for. */
export function legacy_get_string(
  size_average: boolean | null,
  reduce: boolean | null,
  emit_warning = true,
): Reduction {
  const reduction = !(reduce ?? true) ? 'none' : (size_average ?? true) ? 'mean' : 'sum'
  if (emit_warning)
    warn(`size_average and reduce args will be deprecated, please use reduction='${reduction}' instead.`)
  return reduction
}

export function legacy_get_enum(size_average: boolean | null, reduce: boolean | null, emit_warning = true): number {
  return get_enum(legacy_get_string(size_average, reduce, emit_warning))
}

/** The number for a loss that still takes the old arguments. */
export function reductionOf(reduction: string, size_average: boolean | null, reduce: boolean | null): number {
  return size_average === null && reduce === null ? get_enum(reduction) : legacy_get_enum(size_average, reduce)
}
