import { randperm } from '../../../_generated/torch.js'
import type { Tensor } from '../../../tensor.js'
import { Transform } from './_transform.js'
import { query_chw } from './_utils.js'
import { permute_channels } from './functional/_color.js'

interface Params {
  permutation: Tensor
}

/**
 * Puts the channels in a random order. Draws one `torch.randperm`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomChannelPermutation.html
 */
export class RandomChannelPermutation extends Transform<Params> {
  override make_params(flat_inputs: readonly unknown[]): Params {
    return { permutation: randperm(query_chw(flat_inputs)[0]) }
  }

  override transform(inpt: unknown, { permutation }: Params): unknown {
    return this._call_kernel(permute_channels, inpt, permutation)
  }
}
