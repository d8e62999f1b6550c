import { type Args, signature } from '../../_C/args.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import * as F from '../functional/index.js'
import { _Loss } from './_loss.js'

export interface CTCLossOptions {
  /** The number of the blank label. */
  blank: number
  reduction: Reduction
  /** Whether infinite losses, of targets too long for the input, count as zero. */
  zero_infinity: boolean
}

const bind = signature<CTCLossOptions>('CTCLoss', ['blank', 0], ['reduction', 'mean'], ['zero_infinity', false])

/**
 * The connectionist temporal classification loss between an unsegmented series and labels. log_probs (T, N, C) or (T,
 * C); targets (N, S) or all after one another; lengths (N). `reduction` is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.CTCLoss.html
 */
export class CTCLoss extends _Loss {
  blank: number
  zero_infinity: boolean

  constructor(...args: Args<[], [blank: number, reduction: Reduction, zero_infinity: boolean], CTCLossOptions>) {
    const options = bind(args)
    super(options)
    this.blank = options.blank
    this.zero_infinity = options.zero_infinity
  }

  forward(log_probs: Tensor, targets: Tensor, input_lengths: Tensor, target_lengths: Tensor): Tensor {
    return F.ctc_loss(log_probs, targets, input_lengths, target_lengths, this.blank, this.reduction, this.zero_infinity)
  }
}
