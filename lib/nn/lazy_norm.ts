import { type Args, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import * as ops from '../_generated/ops.js'
import { int64 } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { type LazyModule, makeLazy } from './_lazy.js'
import type { _NormBase, NormOptional, NormOptions } from './_norm_base.js'
import { BatchNorm1d, BatchNorm2d, BatchNorm3d } from './batchnorm.js'
import { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d } from './instancenorm.js'
import { UninitializedBuffer, UninitializedParameter } from './uninitialized.js'

export type LazyNormOptions = Omit<NormOptions, 'num_features'>

function lazySignature(name: string): (args: readonly unknown[]) => LazyNormOptions {
  return signature<LazyNormOptions>(
    name,
    ['eps', 1e-5],
    ['momentum', 0.1],
    ['affine', true],
    ['track_running_stats', true],
    ['device', null],
    ['dtype', null],
    '*',
    ['bias', true],
  )
}

type LazyNormArgs = Args<[], NormOptional, LazyNormOptions>

/** A class of normalisations, called with the number of features and keywords. */
type NormClass<N extends _NormBase> = new (num_features: number, keywords: Partial<NormOptions>) => N

/** What the ordinary class is to make of a lazy one's arguments: nothing that has a size. */
function withoutSizes({ eps, momentum, device, dtype }: LazyNormOptions): Partial<NormOptions> {
  return { eps, momentum, affine: false, track_running_stats: false, device, dtype, bias: false }
}

function addUninitialized(module: _NormBase, options: LazyNormOptions): void {
  const { affine, track_running_stats, bias, device, dtype } = options
  module.affine = affine
  module.track_running_stats = track_running_stats
  if (affine) module.weight = new UninitializedParameter({ device, dtype })
  if (affine && bias) module.bias = new UninitializedParameter({ device, dtype })
  if (!track_running_stats) return
  module.running_mean = new UninitializedBuffer({ device, dtype })
  module.running_var = new UninitializedBuffer({ device, dtype })
  module.num_batches_tracked = call(ops.zeros, [], { dtype: int64, device }) as Tensor
}

function makeLazyNorm(
  Lazy: { readonly prototype: _NormBase & LazyModule },
  Base: { readonly prototype: _NormBase },
): void {
  makeLazy(
    Lazy,
    Base,
    module => module.num_features !== 0,
    (module, input) => {
      if (!module.has_uninitialized_params()) return
      const features = input.shape[1]!
      module.num_features = features
      for (const t of [module.weight, module.bias, module.running_mean, module.running_var])
        (t as UninitializedParameter | UninitializedBuffer | null)?.materialize([features])
      module.reset_parameters()
    },
  )
}

/** A class of `Base`s that take `num_features` from their first input. */
function lazyNorm<N extends _NormBase>(
  name: string,
  Base: NormClass<N>,
): new (
  ...args: LazyNormArgs
) => N & LazyModule {
  const bind = lazySignature(name)
  class Lazy extends (Base as unknown as NormClass<BatchNorm1d>) {
    constructor(...args: LazyNormArgs) {
      const options = bind(args)
      super(0, withoutSizes(options))
      addUninitialized(this, options)
    }
  }
  makeLazyNorm(Lazy as unknown as NormClass<_NormBase & LazyModule>, Base)
  return Lazy as unknown as new (
    ...args: LazyNormArgs
  ) => N & LazyModule
}

/**
 * A `BatchNorm1d` that takes `num_features` from its first input, and is a `BatchNorm1d` from then on.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm1d.html
 */
export class LazyBatchNorm1d extends lazyNorm('LazyBatchNorm1d', BatchNorm1d) {}

/**
 * A `BatchNorm2d` that takes `num_features` from its first input, and is a `BatchNorm2d` from then on.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm2d.html
 */
export class LazyBatchNorm2d extends lazyNorm('LazyBatchNorm2d', BatchNorm2d) {}

/**
 * A `BatchNorm3d` that takes `num_features` from its first input, and is a `BatchNorm3d` from then on.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm3d.html
 */
export class LazyBatchNorm3d extends lazyNorm('LazyBatchNorm3d', BatchNorm3d) {}

/**
 * An `InstanceNorm1d` that takes `num_features` from its first input, and is an `InstanceNorm1d` from then on.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm1d.html
 */
export class LazyInstanceNorm1d extends lazyNorm('LazyInstanceNorm1d', InstanceNorm1d) {}

/**
 * An `InstanceNorm2d` that takes `num_features` from its first input, and is an `InstanceNorm2d` from then on.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm2d.html
 */
export class LazyInstanceNorm2d extends lazyNorm('LazyInstanceNorm2d', InstanceNorm2d) {}

/**
 * An `InstanceNorm3d` that takes `num_features` from its first input, and is an `InstanceNorm3d` from then on.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm3d.html
 */
export class LazyInstanceNorm3d extends lazyNorm('LazyInstanceNorm3d', InstanceNorm3d) {}
