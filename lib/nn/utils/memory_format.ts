import { typeName } from '../../_C/args.js'
import { native } from '../../_C/native.js'
import { memory_format } from '../../memory_format.js'
import { Conv2d, Conv3d } from '../conv.js'
import { ConvTranspose2d, ConvTranspose3d } from '../conv_transpose.js'
import type { AnyModule } from '../module.js'

type Convolution = Conv2d | Conv3d | ConvTranspose2d | ConvTranspose3d

function convert<M extends AnyModule>(
  module: M,
  format: memory_format,
  matches: (module: AnyModule) => module is AnyModule & Convolution,
): M {
  if (!(format instanceof memory_format)) throw new TypeError(`expected a torch.memory_format, got ${typeName(format)}`)
  for (const layer of module.modules())
    if (matches(layer)) {
      const data = layer.weight.detach().clone({ memory_format: format })
      native.setData(layer.weight, data.resize_(data.shape, { memory_format: format }))
    }
  return module
}

/**
 * Changes the order of the strides of every `Conv2d`'s and `ConvTranspose2d`'s weight in the module, and of nothing else.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.convert_conv2d_weight_memory_format.html
 */
export function convert_conv2d_weight_memory_format<M extends AnyModule>(module: M, memory_format: memory_format): M {
  return convert(
    module,
    memory_format,
    (layer): layer is AnyModule & Convolution => layer instanceof Conv2d || layer instanceof ConvTranspose2d,
  )
}

/**
 * Changes the order of the strides of every `Conv3d`'s and `ConvTranspose3d`'s weight in the module, and of nothing else.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.convert_conv3d_weight_memory_format.html
 */
export function convert_conv3d_weight_memory_format<M extends AnyModule>(module: M, memory_format: memory_format): M {
  return convert(
    module,
    memory_format,
    (layer): layer is AnyModule & Convolution => layer instanceof Conv3d || layer instanceof ConvTranspose3d,
  )
}
