import { type Args, signature } from '../../_C/args.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import * as F from '../functional/index.js'
import { _Loss, type LossOptions, reductionParameters } from './_loss.js'

export interface KLDivLossOptions extends LossOptions<Reduction | 'batchmean'> {
  log_target: boolean
}

const bind = signature<KLDivLossOptions>('KLDivLoss', ...reductionParameters, ['log_target', false])

/**
 * The Kullback–Leibler divergence `target · (log target − input)` of log-probabilities `input`; `log_target` says
 * that the target is in logs, too. Input and target (*), of the same shape. `batchmean` divides the sum by the batch
 * size, which is what mathematics means.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html
 */
export class KLDivLoss extends _Loss<Reduction | 'batchmean'> {
  log_target: boolean

  constructor(
    ...args: Args<
      [],
      [size_average: boolean | null, reduce: boolean | null, reduction: Reduction | 'batchmean', log_target: boolean],
      KLDivLossOptions
    >
  ) {
    const options = bind(args)
    super(options)
    this.log_target = options.log_target
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.kl_div(input, target, null, null, this.reduction, this.log_target)
  }
}
