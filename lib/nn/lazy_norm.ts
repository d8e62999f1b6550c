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

function makeLazyNorm<L extends _NormBase & LazyModule>(
  Lazy: { readonly prototype: L },
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

const batch1 = lazySignature('LazyBatchNorm1d')

export interface LazyBatchNorm1d extends LazyModule {}

/**
 * A `BatchNorm1d` that takes `num_features` from its first input, and is a `BatchNorm1d` from then on.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm1d.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: `makeLazyNorm` adds the interface's methods.
export class LazyBatchNorm1d extends BatchNorm1d {
  constructor(...args: LazyNormArgs) {
    const options = batch1(args)
    super(0, withoutSizes(options))
    addUninitialized(this, options)
  }
}
makeLazyNorm(LazyBatchNorm1d, BatchNorm1d)

const batch2 = lazySignature('LazyBatchNorm2d')

export interface LazyBatchNorm2d extends LazyModule {}

/**
 * A `BatchNorm2d` that takes `num_features` from its first input, and is a `BatchNorm2d` from then on.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm2d.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: `makeLazyNorm` adds the interface's methods.
export class LazyBatchNorm2d extends BatchNorm2d {
  constructor(...args: LazyNormArgs) {
    const options = batch2(args)
    super(0, withoutSizes(options))
    addUninitialized(this, options)
  }
}
makeLazyNorm(LazyBatchNorm2d, BatchNorm2d)

const batch3 = lazySignature('LazyBatchNorm3d')

export interface LazyBatchNorm3d extends LazyModule {}

/**
 * A `BatchNorm3d` that takes `num_features` from its first input, and is a `BatchNorm3d` from then on.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm3d.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: `makeLazyNorm` adds the interface's methods.
export class LazyBatchNorm3d extends BatchNorm3d {
  constructor(...args: LazyNormArgs) {
    const options = batch3(args)
    super(0, withoutSizes(options))
    addUninitialized(this, options)
  }
}
makeLazyNorm(LazyBatchNorm3d, BatchNorm3d)

const instance1 = lazySignature('LazyInstanceNorm1d')

export interface LazyInstanceNorm1d extends LazyModule {}

/**
 * A `InstanceNorm1d` that takes `num_features` from its first input, and is a `InstanceNorm1d` from then on.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm1d.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: `makeLazyNorm` adds the interface's methods.
export class LazyInstanceNorm1d extends InstanceNorm1d {
  constructor(...args: LazyNormArgs) {
    const options = instance1(args)
    super(0, withoutSizes(options))
    addUninitialized(this, options)
  }
}
makeLazyNorm(LazyInstanceNorm1d, InstanceNorm1d)

const instance2 = lazySignature('LazyInstanceNorm2d')

export interface LazyInstanceNorm2d extends LazyModule {}

/**
 * A `InstanceNorm2d` that takes `num_features` from its first input, and is a `InstanceNorm2d` from then on.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm2d.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: `makeLazyNorm` adds the interface's methods.
export class LazyInstanceNorm2d extends InstanceNorm2d {
  constructor(...args: LazyNormArgs) {
    const options = instance2(args)
    super(0, withoutSizes(options))
    addUninitialized(this, options)
  }
}
makeLazyNorm(LazyInstanceNorm2d, InstanceNorm2d)

const instance3 = lazySignature('LazyInstanceNorm3d')

export interface LazyInstanceNorm3d extends LazyModule {}

/**
 * A `InstanceNorm3d` that takes `num_features` from its first input, and is a `InstanceNorm3d` from then on.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm3d.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: `makeLazyNorm` adds the interface's methods.
export class LazyInstanceNorm3d extends InstanceNorm3d {
  constructor(...args: LazyNormArgs) {
    const options = instance3(args)
    super(0, withoutSizes(options))
    addUninitialized(this, options)
  }
}
makeLazyNorm(LazyInstanceNorm3d, InstanceNorm3d)
