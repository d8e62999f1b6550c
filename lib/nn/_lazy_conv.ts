/** How a lazy convolution learns its number of input channels. */
import { runtimeError, valueError } from '../_C/raise.js'
import { sizeText } from '../size.js'
import type { Tensor } from '../tensor.js'
import type { _ConvNd } from './_conv_nd.js'
import { type LazyModule, makeLazy, type Ordinary } from './_lazy.js'
import type { UninitializedParameter } from './uninitialized.js'

/** The channels of (N, C, …) or (C, …). */
function channelsOf(module: _ConvNd, input: Tensor): number {
  const plain = module.kernel_size.length + 1
  const dims = input.dim()
  if (dims !== plain && dims !== plain + 1)
    throw runtimeError(
      `Expected ${plain}D (unbatched) or ${plain + 1}D (batched) input to ${module._get_name()}, but got input of size: ${sizeText(input.shape)}`,
    )
  return input.shape[dims - plain]!
}

/** Makes `Lazy` a `Base` whose `in_channels` come from the first input. */
export function makeLazyConv<L extends _ConvNd & LazyModule>(
  Lazy: { readonly prototype: L },
  Base: { readonly prototype: Ordinary },
): void {
  makeLazy(
    Lazy,
    Base,
    module => module.in_channels !== 0,
    (module, input) => {
      if (!module.has_uninitialized_params()) return
      const { groups, out_channels, kernel_size, transposed, bias } = module
      const channels = channelsOf(module, input)
      if (channels % groups !== 0) throw valueError('in_channels must be divisible by groups')
      module.in_channels = channels
      const sizes = transposed ? [channels, out_channels / groups] : [out_channels, channels / groups]
      const weight = module.weight as UninitializedParameter
      weight.materialize([...sizes, ...kernel_size])
      if (bias !== null) (bias as UninitializedParameter).materialize([out_channels])
      module.reset_parameters()
    },
  )
}
