import { type Args, signature } from '../_C/args.js'
import type { ParamsT } from './_param_groups.js'
import { Adam, type AdamOptional, type AdamOptions } from './adam.js'

/** Options of `AdamW`: those of `Adam`, where `weight_decay` shrinks the weights themselves. */
export type AdamWOptions = Omit<AdamOptions, 'decoupled_weight_decay'>

type AdamWKeywords = AdamWOptions & { params: ParamsT<AdamOptions> }

const adamWOptions = signature<AdamWKeywords>(
  'AdamW',
  'params',
  ['lr', 1e-3],
  ['betas', [0.9, 0.999]],
  ['eps', 1e-8],
  ['weight_decay', 1e-2],
  ['amsgrad', false],
  '*',
  ['maximize', false],
  ['foreach', null],
  ['capturable', false],
  ['differentiable', false],
  ['fused', null],
)

/**
 * Adam with decoupled weight decay: every step also multiplies the weights by `1 − lr · weight_decay`, which does not pass
 * through the running means.
 *
 * ```ts
 * const optimizer = new torch.optim.AdamW(model.parameters(), { lr: 1e-3, weight_decay: 0.01 })
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html
 */
export class AdamW extends Adam {
  constructor(...args: Args<[params: ParamsT<AdamOptions>], AdamOptional, AdamWKeywords>) {
    super({ ...adamWOptions(args), decoupled_weight_decay: true })
  }

  protected override _afterLoad(): void {
    super._afterLoad()
    for (const group of this.param_groups) group.decoupled_weight_decay = true
  }
}
