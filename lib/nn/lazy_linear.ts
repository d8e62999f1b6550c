import { type Args, signature } from '../_C/args.js'
import { assertionError } from '../_C/raise.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import { type LazyModule, makeLazy } from './_lazy.js'
import { Linear, type LinearOptions } from './linear.js'
import { UninitializedParameter } from './uninitialized.js'

export type LazyLinearOptions = Omit<LinearOptions, 'in_features'>

const lazyLinearOptions = signature<LazyLinearOptions>(
  'LazyLinear',
  'out_features',
  ['bias', true],
  ['device', null],
  ['dtype', null],
)

export interface LazyLinear extends LazyModule {}

/**
 * A `Linear` that takes `in_features` from its first input, and is a `Linear` from then on.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyLinear.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: `makeLazy` adds the interface's methods.
export class LazyLinear extends Linear {
  constructor(
    ...args: Args<
      [out_features: number],
      [bias: boolean, device: DeviceLike | null, dtype: dtype | null],
      LazyLinearOptions
    >
  ) {
    const { out_features, bias, device, dtype } = lazyLinearOptions(args)
    super(0, 0, false, device, dtype)
    this.out_features = out_features
    this.weight = new UninitializedParameter({ device, dtype })
    if (bias) this.bias = new UninitializedParameter({ device, dtype })
  }
}

makeLazy<LazyLinear>(
  LazyLinear,
  Linear,
  module => module.in_features !== 0,
  (module, input) => {
    const features = input.shape.at(-1)!
    if (module.has_uninitialized_params()) {
      module.in_features = features
      const weight = module.weight as UninitializedParameter
      weight.materialize([module.out_features, features])
      if (module.bias) (module.bias as UninitializedParameter).materialize([module.out_features])
      module.reset_parameters()
    }
    if (module.in_features === 0) {
      const own = module.weight.shape.at(-1)
      if (own !== features)
        throw assertionError(
          `The in_features inferred from input: ${features} is not equal to in_features from self.weight: ${own}`,
        )
      module.in_features = features
    }
  },
)
