import { type Args, signature } from '../../_C/args.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import * as F from '../functional/index.js'
import { _Loss, type LossOptions, reductionParameters } from './_loss.js'

export interface SmoothL1LossOptions extends LossOptions {
  beta: number
}

const bind = signature<SmoothL1LossOptions>('SmoothL1Loss', ...reductionParameters, ['beta', 1.0])

/**
 * `(input − target)² / (2·beta)` where the difference is below `beta`, `|input − target| − beta / 2` elsewhere. Input
 * and target (*), of the same shape. `reduction` is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.SmoothL1Loss.html
 */
export class SmoothL1Loss extends _Loss {
  beta: number

  constructor(
    ...args: Args<
      [],
      [size_average: boolean | null, reduce: boolean | null, reduction: Reduction, beta: number],
      SmoothL1LossOptions
    >
  ) {
    const options = bind(args)
    super(options)
    this.beta = options.beta
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.smooth_l1_loss(input, target, null, null, this.reduction, this.beta)
  }
}
