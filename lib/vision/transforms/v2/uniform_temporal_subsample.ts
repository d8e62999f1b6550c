import { type Args, signature } from '../../../_C/args.js'
import { Tensor } from '../../../tensor.js'
import { Transform } from './_transform.js'
import type { TypeOrCheck } from './_utils.js'
import { uniform_temporal_subsample } from './functional/_temporal.js'

const parameters = signature<{ num_samples: number }>('UniformTemporalSubsample', 'num_samples')

/**
 * `num_samples` frames of a video, evenly spread.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.UniformTemporalSubsample.html
 */
export class UniformTemporalSubsample extends Transform {
  static override readonly _transformed_types: readonly TypeOrCheck[] = [Tensor]

  readonly num_samples: number

  constructor(...args: Args<[num_samples: number], [], { num_samples: number }>) {
    super()
    this.num_samples = parameters(args).num_samples
  }

  override transform(inpt: unknown): unknown {
    return this._call_kernel(uniform_temporal_subsample, inpt, this.num_samples)
  }
}
