import { type Args, signature } from '../../_C/args.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import * as F from '../functional/index.js'
import { _WeightedLoss, type LossOptions } from './_loss.js'

export interface CrossEntropyLossOptions extends LossOptions {
  weight: Tensor | null
  /** A class whose targets count for nothing. */
  ignore_index: number
  label_smoothing: number
}

const bind = signature<CrossEntropyLossOptions>(
  'CrossEntropyLoss',
  ['weight', null],
  ['size_average', null],
  ['ignore_index', -100],
  ['reduce', null],
  ['reduction', 'mean'],
  ['label_smoothing', 0.0],
)

/**
 * The cross entropy of unnormalised scores and targets. Input (C), (N, C) or (N, C, d₁, …); target class numbers (),
 * (N) or (N, d₁, …), or probabilities of the input's shape; `weight` (C) weighs the classes. Output a scalar, or the
 * target's shape without reduction. `reduction` is `'mean'`, `'sum'` or `'none'`.
 *
 * ```ts
 * const loss = new nn.CrossEntropyLoss()
 * const input = torch.randn(3, 5, { requires_grad: true })
 * const target = torch.randint(0, 5, [3])
 * loss(input, target).backward()
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
 */
export class CrossEntropyLoss extends _WeightedLoss {
  ignore_index: number
  label_smoothing: number

  constructor(
    ...args: Args<
      [],
      [
        weight: Tensor | null,
        size_average: boolean | null,
        ignore_index: number,
        reduce: boolean | null,
        reduction: Reduction,
        label_smoothing: number,
      ],
      CrossEntropyLossOptions
    >
  ) {
    const options = bind(args)
    super(options)
    this.ignore_index = options.ignore_index
    this.label_smoothing = options.label_smoothing
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.cross_entropy(
      input,
      target,
      this.weight,
      null,
      this.ignore_index,
      null,
      this.reduction,
      this.label_smoothing,
    )
  }
}
