import type { Parameter } from '../../_C/args.js'
import type { Tensor } from '../../tensor.js'
import { legacy_get_string, type Reduction } from '../_reduction.js'
import { Module } from '../module.js'

/** Keywords of the losses. */
export interface LossOptions<R extends string = Reduction> {
  /** Deprecated: use `reduction`. */
  size_average: boolean | null
  /** Deprecated: use `reduction`. */
  reduce: boolean | null
  reduction: R
}

/** `LossOptions` for `signature`. */
export const reductionParameters: readonly Parameter[] = [
  ['size_average', null],
  ['reduce', null],
  ['reduction', 'mean'],
]

/** The older keywords may be missing. */
type Given<R extends string> = Partial<LossOptions<R>> & { reduction: R }

/** The base of the losses. @internal */
export abstract class _Loss<R extends string = Reduction> extends Module {
  reduction: R

  constructor({ reduction, size_average = null, reduce = null }: Given<R>) {
    super()
    const legacy = size_average !== null || reduce !== null
    this.reduction = legacy ? (legacy_get_string(size_average, reduce) as string as R) : reduction
  }
}

/** The base of the losses that weigh classes or elements. @internal */
export abstract class _WeightedLoss extends _Loss {
  weight: Tensor | null = null

  constructor(options: Given<Reduction> & { weight: Tensor | null }) {
    super(options)
    this.register_buffer('weight', options.weight)
  }
}
