import type { Tensor } from '../tensor.js'
import { legacy_get_string, type Reduction } from './_reduction.js'
import { Module } from './module.js'

/** The base of the losses. @internal */
export abstract class _Loss<R extends string = Reduction> extends Module {
  reduction: R

  constructor(reduction: R, size_average: boolean | null = null, reduce: boolean | null = null) {
    super()
    const legacy = size_average !== null || reduce !== null
    this.reduction = legacy ? (legacy_get_string(size_average, reduce) as string as R) : reduction
  }
}

/** The base of the losses that weigh classes or elements. @internal */
export abstract class _WeightedLoss extends _Loss {
  weight: Tensor | null = null

  constructor(
    weight: Tensor | null,
    reduction: Reduction,
    size_average: boolean | null = null,
    reduce: boolean | null = null,
  ) {
    super(reduction, size_average, reduce)
    this.register_buffer('weight', weight)
  }
}
