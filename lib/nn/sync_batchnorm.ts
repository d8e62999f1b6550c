import { type Args, signature } from '../_C/args.js'
import { valueError } from '../_C/raise.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { _BatchNorm } from './_batch_norm.js'
import { ownChildren } from './_module_state.js'
import type { NormOptions } from './_norm_base.js'
import type { AnyModule } from './module.js'

export interface SyncBatchNormOptions extends NormOptions {
  /** The processes that share their statistics; in a single process it means nothing. */
  process_group: unknown
}

const syncOptions = signature<SyncBatchNormOptions>(
  'SyncBatchNorm',
  'num_features',
  ['eps', 1e-5],
  ['momentum', 0.1],
  ['affine', true],
  ['track_running_stats', true],
  ['process_group', null],
  ['device', null],
  ['dtype', null],
  '*',
  ['bias', true],
)

/**
 * Batch normalisation whose statistics are those of all processes' batches; in a single process it is `BatchNorm2d` for any
 * number of dimensions. Input and output (N, C, *).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.SyncBatchNorm.html
 */
export class SyncBatchNorm extends _BatchNorm {
  process_group: unknown

  constructor(
    ...args: Args<
      [num_features: number],
      [
        eps: number,
        momentum: number | null,
        affine: boolean,
        track_running_stats: boolean,
        process_group: unknown,
        device: DeviceLike | null,
        dtype: dtype | null,
      ],
      SyncBatchNormOptions
    >
  ) {
    const options = syncOptions(args)
    super(options)
    this.process_group = options.process_group
  }

  protected _check_input_dim(input: Tensor): void {
    const dims = input.dim()
    if (dims < 2) throw valueError(`expected at least 2D input (got ${dims}D input)`)
    if (input.shape[1] === 0) throw valueError('SyncBatchNorm number of input channels should be non-zero')
  }

  /** Replaces every batch normalisation in `module`, which may be one itself, by one that shares its tensors. */
  static convert_sync_batchnorm(module: AnyModule, process_group: unknown = null): AnyModule {
    let converted = module
    if (module instanceof _BatchNorm) {
      const { num_features, eps, momentum, affine, track_running_stats } = module
      const bias = module.bias !== null
      const sync = new SyncBatchNorm({ num_features, eps, momentum, affine, track_running_stats, process_group, bias })
      if (affine) {
        sync.weight = module.weight
        sync.bias = module.bias
      }
      sync.running_mean = module.running_mean
      sync.running_var = module.running_var
      sync.num_batches_tracked = module.num_batches_tracked
      sync.training = module.training
      converted = sync as unknown as AnyModule
    }
    for (const [name, child] of ownChildren(module))
      converted.add_module(name, SyncBatchNorm.convert_sync_batchnorm(child, process_group))
    return converted
  }
}
