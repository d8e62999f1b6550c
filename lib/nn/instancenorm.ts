import type { Args } from '../_C/args.js'
import { valueError, warn } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { _NormBase, type NormOptional, type NormOptions, normSignature } from './_norm_base.js'
import type { LoadReport, ModuleMetadata, StateDict } from './_state_dict.js'
import * as F from './functional/index.js'

type InstanceNormArgs = Args<[num_features: number], NormOptional, NormOptions>

function checkFeatures(module: _NormBase, input: Tensor, dim: number): void {
  const features = input.shape[dim]
  if (features === module.num_features) return
  if (module.affine)
    throw valueError(
      `expected input's size at dim=${dim} to match num_features (${module.num_features}), but got: ${features}.`,
    )
  warn(
    `input's size at dim=${dim} does not match num_features. You can silence this warning by not passing in ` +
      'num_features, which is not used because affine=False',
  )
}

function normalize(module: _NormBase, input: Tensor): Tensor {
  const { running_mean, running_var, weight, bias, eps } = module
  const useBatch = module.training || !module.track_running_stats
  return F.instance_norm(input, running_mean, running_var, weight, bias, useBatch, module.momentum ?? 0, eps)
}

/** The base of the instance normalisations. @internal */
export abstract class _InstanceNorm extends _NormBase {
  /** The dimensions of an input without batch: 2 for (C, L). */
  protected abstract readonly _no_batch_dim: number

  forward(input: Tensor): Tensor {
    const dims = input.dim()
    const plain = this._no_batch_dim
    if (dims !== plain && dims !== plain + 1)
      throw valueError(`expected ${plain}D or ${plain + 1}D input (got ${dims}D input)`)
    checkFeatures(this, input, dims - plain)
    return dims === plain ? normalize(this, input.unsqueeze(0)).squeeze(0) : normalize(this, input)
  }

  override _load_from_state_dict(
    state_dict: StateDict,
    prefix: string,
    local_metadata: ModuleMetadata,
    strict: boolean,
    report: LoadReport,
  ): void {
    // PyTorch 0.3 saved running statistics always; since 0.4 they are kept only where asked for.
    if (local_metadata.version === undefined && !this.track_running_stats) {
      const old = [`${prefix}running_mean`, `${prefix}running_var`].filter(key => Object.hasOwn(state_dict, key))
      if (old.length > 0) {
        const name = this._get_name()
        report.error_msgs.push(
          `Unexpected running stats buffer(s) ${old.map(key => `"${key}"`).join(' and ')} for ${name} with ` +
            'track_running_stats=False. If state_dict is a checkpoint saved before 0.4.0, this may be expected because ' +
            `${name} does not track running stats by default since 0.4.0. Please remove these keys from state_dict. If the ` +
            `running stats are actually needed, instead set track_running_stats=True in ${name} to enable them. See the ` +
            `documentation of ${name} for details.`,
        )
        for (const key of old) delete state_dict[key]
      }
    }
    super._load_from_state_dict(state_dict, prefix, local_metadata, strict, report)
  }
}

const options1 = normSignature('InstanceNorm1d', false)

/**
 * Normalises each channel of each sample by itself: `(x − mean) / √(variance + eps) · weight + bias`. Input and
 * output (N, C, L) or (C, L). Unlike batch normalisation it neither learns weights nor keeps statistics unless
 * `affine` and `track_running_stats` say so.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm1d.html
 */
export class InstanceNorm1d extends _InstanceNorm {
  constructor(...args: InstanceNormArgs) {
    super(options1(args))
  }

  protected get _no_batch_dim(): number {
    return 2
  }
}

const options2 = normSignature('InstanceNorm2d', false)

/**
 * Normalises each channel of each sample by itself: `(x − mean) / √(variance + eps) · weight + bias`. Input and
 * output (N, C, H, W) or (C, H, W). Unlike batch normalisation it neither learns weights nor keeps statistics unless
 * `affine` and `track_running_stats` say so.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm2d.html
 */
export class InstanceNorm2d extends _InstanceNorm {
  constructor(...args: InstanceNormArgs) {
    super(options2(args))
  }

  protected get _no_batch_dim(): number {
    return 3
  }
}

const options3 = normSignature('InstanceNorm3d', false)

/**
 * Normalises each channel of each sample by itself: `(x − mean) / √(variance + eps) · weight + bias`. Input and
 * output (N, C, D, H, W) or (C, D, H, W). Unlike batch normalisation it neither learns weights nor keeps statistics
 * unless `affine` and `track_running_stats` say so.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm3d.html
 */
export class InstanceNorm3d extends _InstanceNorm {
  constructor(...args: InstanceNormArgs) {
    super(options3(args))
  }

  protected get _no_batch_dim(): number {
    return 4
  }
}
