import { type Args, signature } from '../../_C/args.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import * as F from '../functional/index.js'
import { _Loss, type LossOptions } from './_loss.js'

export interface PoissonNLLLossOptions extends LossOptions {
  log_input: boolean
  full: boolean
  eps: number
}

const bind = signature<PoissonNLLLossOptions>(
  'PoissonNLLLoss',
  ['log_input', true],
  ['full', false],
  ['size_average', null],
  ['eps', 1e-8],
  ['reduce', null],
  ['reduction', 'mean'],
)

/**
 * The negative log likelihood of counts under a Poisson distribution: `exp(input) − target·input` for the log of a
 * rate, `input − target·log(input + eps)` for a rate; `full` adds the Stirling term. Input and target (*), of the
 * same shape. `reduction` is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.PoissonNLLLoss.html
 */
export class PoissonNLLLoss extends _Loss {
  log_input: boolean
  full: boolean
  eps: number

  constructor(
    ...args: Args<
      [],
      [
        log_input: boolean,
        full: boolean,
        size_average: boolean | null,
        eps: number,
        reduce: boolean | null,
        reduction: Reduction,
      ],
      PoissonNLLLossOptions
    >
  ) {
    const options = bind(args)
    super(options)
    this.log_input = options.log_input
    this.full = options.full
    this.eps = options.eps
  }

  forward(log_input: Tensor, target: Tensor): Tensor {
    return F.poisson_nll_loss(log_input, target, this.log_input, this.full, null, this.eps, null, this.reduction)
  }
}
