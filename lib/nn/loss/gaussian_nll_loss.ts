import { type Args, signature } from '../../_C/args.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import * as F from '../functional/index.js'
import { _Loss } from './_loss.js'

export interface GaussianNLLLossOptions {
  full: boolean
  eps: number
  reduction: Reduction
}

const bind = signature<GaussianNLLLossOptions>(
  'GaussianNLLLoss',
  '*',
  ['full', false],
  ['eps', 1e-6],
  ['reduction', 'mean'],
)

/**
 * The negative log likelihood of targets under normal distributions of mean `input` and variance `var`, at least
 * `eps`; `full` adds the constant. Input and target (N, *) or (*); var of that shape, or with a last dimension of 1.
 * `reduction` is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.GaussianNLLLoss.html
 */
export class GaussianNLLLoss extends _Loss {
  full: boolean
  eps: number

  constructor(...args: Args<[], [], GaussianNLLLossOptions>) {
    const options = bind(args)
    super(options)
    this.full = options.full
    this.eps = options.eps
  }

  forward(input: Tensor, target: Tensor, var_: Tensor | number): Tensor {
    return F.gaussian_nll_loss(input, target, var_, this.full, this.eps, this.reduction)
  }
}
