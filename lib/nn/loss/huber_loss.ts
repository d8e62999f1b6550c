import { type Args, signature, typeName } from '../../_C/args.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import * as F from '../functional/index.js'
import { _Loss } from './_loss.js'

export interface HuberLossOptions {
  reduction: Reduction
  delta: number
}

const bind = signature<HuberLossOptions>('HuberLoss', ['reduction', 'mean'], ['delta', 1.0])

/**
 * `(input − target)² / 2` where the difference is at most `delta`, `delta · (|input − target| − delta / 2)`
 * elsewhere. Input and target (*), of the same shape. `reduction` is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.HuberLoss.html
 */
export class HuberLoss extends _Loss {
  delta: number

  constructor(...args: Args<[], [reduction: Reduction, delta: number], HuberLossOptions>) {
    const options = bind(args)
    if (typeof options.delta !== 'number')
      throw new TypeError(`delta must be a float or int, got: <class '${typeName(options.delta)}'>`)
    super(options)
    this.delta = options.delta
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.huber_loss(input, target, this.reduction, this.delta)
  }
}
