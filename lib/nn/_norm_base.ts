/** What batch and instance normalisation share. */
import { signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import * as ops from '../_generated/ops.js'
import type { DeviceLike } from '../device.js'
import { type dtype, int64 } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { emptyParameter, emptyTensor, type FactoryOptions } from './_parameters.js'
import { repr, reprFloat } from './_print.js'
import type { LoadReport, ModuleMetadata, StateDict } from './_state_dict.js'
import * as init from './init.js'
import { Module } from './module.js'
import type { Parameter } from './parameter.js'

/** Keywords of the batch and instance normalisations. */
export interface NormOptions extends FactoryOptions {
  /** C: the number of features or channels. */
  num_features: number
  /** Added to the variance. */
  eps: number
  /** The share of a new batch in the running statistics; null for their plain mean over all batches. */
  momentum: number | null
  /** Whether there is a learned weight and bias for each channel. */
  affine: boolean
  /** Whether statistics are kept for evaluation; without them evaluation uses the batch's. */
  track_running_stats: boolean
  bias: boolean
}

/** Parameters with defaults that may be given by position. */
export type NormOptional = [
  eps: number,
  momentum: number | null,
  affine: boolean,
  track_running_stats: boolean,
  device: DeviceLike | null,
  dtype: dtype | null,
]

/** Reads a normalisation's arguments; `defaults` is that of `affine` and `track_running_stats`. */
export function normSignature(name: string, defaults: boolean): (args: readonly unknown[]) => NormOptions {
  return signature<NormOptions>(
    name,
    'num_features',
    ['eps', 1e-5],
    ['momentum', 0.1],
    ['affine', defaults],
    ['track_running_stats', defaults],
    ['device', null],
    ['dtype', null],
    '*',
    ['bias', true],
  )
}

/** The base of batch and instance normalisation. @internal */
export abstract class _NormBase extends Module {
  num_features: number
  eps: number
  momentum: number | null
  affine: boolean
  track_running_stats: boolean
  weight: Parameter | null
  bias: Parameter | null
  running_mean: Tensor | null = null
  running_var: Tensor | null = null
  num_batches_tracked: Tensor | null = null

  constructor(options: NormOptions) {
    super()
    const { num_features, affine, track_running_stats } = options
    this.num_features = num_features
    this.eps = options.eps
    this.momentum = options.momentum
    this.affine = affine
    this.track_running_stats = track_running_stats
    this.weight = affine ? emptyParameter([num_features], options) : null
    this.bias = affine && options.bias ? emptyParameter([num_features], options) : null
    const statistic = (): Tensor | null => (track_running_stats ? emptyTensor([num_features], options) : null)
    this.register_buffer('running_mean', statistic())
    this.register_buffer('running_var', statistic())
    this.register_buffer(
      'num_batches_tracked',
      track_running_stats ? emptyTensor([], { device: options.device, dtype: int64 }) : null,
    )
    this.reset_parameters()
  }

  // Version 2 added `num_batches_tracked`.
  override get _version(): number {
    return 2
  }

  /** Sets the running mean to zeros and the running variance to ones. */
  reset_running_stats(): void {
    this.running_mean?.zero_()
    this.running_var?.fill_(1)
    this.num_batches_tracked?.zero_()
  }

  /** Sets the weight to ones, the bias to zeros, and the running statistics to their start. */
  reset_parameters(): void {
    this.reset_running_stats()
    if (this.weight) init.ones_(this.weight)
    if (this.bias) init.zeros_(this.bias)
  }

  override extra_repr(): string {
    const momentum = this.momentum === null ? 'None' : reprFloat(this.momentum)
    return (
      `${this.num_features}, eps=${reprFloat(this.eps)}, momentum=${momentum}, affine=${repr(this.affine)}, ` +
      `bias=${repr(this.bias !== null)}, track_running_stats=${repr(this.track_running_stats)}`
    )
  }

  override _load_from_state_dict(
    state_dict: StateDict,
    prefix: string,
    local_metadata: ModuleMetadata,
    strict: boolean,
    report: LoadReport,
  ): void {
    const key = `${prefix}num_batches_tracked`
    if ((local_metadata.version ?? 0) < 2 && this.track_running_stats && !Object.hasOwn(state_dict, key)) {
      const own = this.num_batches_tracked
      state_dict[key] = own && !own.is_meta ? own : (call(ops.zeros, [], { dtype: int64 }) as Tensor)
    }
    super._load_from_state_dict(state_dict, prefix, local_metadata, strict, report)
  }
}
