import { type Args, signature } from '../../_C/args.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import * as F from '../functional/index.js'
import { _WeightedLoss, type LossOptions } from './_loss.js'

export interface NLLLossOptions extends LossOptions {
  weight: Tensor | null
  /** A class whose targets count for nothing. */
  ignore_index: number
}

const bind = signature<NLLLossOptions>(
  'NLLLoss',
  ['weight', null],
  ['size_average', null],
  ['ignore_index', -100],
  ['reduce', null],
  ['reduction', 'mean'],
)

/**
 * The negative log likelihood of log-probabilities, as `LogSoftmax` gives them. Input (C), (N, C) or (N, C, d₁, …);
 * target class numbers; `weight` (C) weighs the classes. `reduction` is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
 */
export class NLLLoss extends _WeightedLoss {
  ignore_index: number

  constructor(
    ...args: Args<
      [],
      [
        weight: Tensor | null,
        size_average: boolean | null,
        ignore_index: number,
        reduce: boolean | null,
        reduction: Reduction,
      ],
      NLLLossOptions
    >
  ) {
    const options = bind(args)
    super(options)
    this.ignore_index = options.ignore_index
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.nll_loss(input, target, this.weight, null, this.ignore_index, null, this.reduction)
  }
}
