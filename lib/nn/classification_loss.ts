import { type Args, signature } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import { _Loss, _WeightedLoss } from './_loss.js'
import type { Reduction } from './_reduction.js'
import * as F from './functional/index.js'

export interface CrossEntropyLossOptions {
  weight: Tensor | null
  size_average: boolean | null
  /** A class whose targets count for nothing. */
  ignore_index: number
  reduce: boolean | null
  reduction: Reduction
  label_smoothing: number
}

const crossEntropyLossOptions = signature<CrossEntropyLossOptions>(
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
    const options = crossEntropyLossOptions(args)
    super(options.weight, options.reduction, options.size_average, options.reduce)
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

export interface NLLLossOptions {
  weight: Tensor | null
  size_average: boolean | null
  /** A class whose targets count for nothing. */
  ignore_index: number
  reduce: boolean | null
  reduction: Reduction
}

const nlllossOptions = signature<NLLLossOptions>(
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
    const options = nlllossOptions(args)
    super(options.weight, options.reduction, options.size_average, options.reduce)
    this.ignore_index = options.ignore_index
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.nll_loss(input, target, this.weight, null, this.ignore_index, null, this.reduction)
  }
}

export interface BCELossOptions {
  weight: Tensor | null
  size_average: boolean | null
  reduce: boolean | null
  reduction: Reduction
}

const bcelossOptions = signature<BCELossOptions>(
  'BCELoss',
  ['weight', null],
  ['size_average', null],
  ['reduce', null],
  ['reduction', 'mean'],
)

/**
 * The binary cross entropy of probabilities. Input and target (*), of the same shape, from 0 to 1; `weight` is
 * broadcast. `reduction` is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html
 */
export class BCELoss extends _WeightedLoss {
  constructor(
    ...args: Args<
      [],
      [weight: Tensor | null, size_average: boolean | null, reduce: boolean | null, reduction: Reduction],
      BCELossOptions
    >
  ) {
    const options = bcelossOptions(args)
    super(options.weight, options.reduction, options.size_average, options.reduce)
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.binary_cross_entropy(input, target, this.weight, null, null, this.reduction)
  }
}

export interface BCEWithLogitsLossOptions {
  weight: Tensor | null
  size_average: boolean | null
  reduce: boolean | null
  reduction: Reduction
  /** Weighs the positive targets of each class. */
  pos_weight: Tensor | null
}

const bcewithlogitslossOptions = signature<BCEWithLogitsLossOptions>(
  'BCEWithLogitsLoss',
  ['weight', null],
  ['size_average', null],
  ['reduce', null],
  ['reduction', 'mean'],
  ['pos_weight', null],
)

/**
 * The binary cross entropy of scores, with the sigmoid in it, which is numerically more stable than apart. Input and
 * target (*), of the same shape; `weight` is broadcast. `reduction` is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
 */
export class BCEWithLogitsLoss extends _WeightedLoss {
  pos_weight: Tensor | null

  constructor(
    ...args: Args<
      [],
      [
        weight: Tensor | null,
        size_average: boolean | null,
        reduce: boolean | null,
        reduction: Reduction,
        pos_weight: Tensor | null,
      ],
      BCEWithLogitsLossOptions
    >
  ) {
    const options = bcewithlogitslossOptions(args)
    super(options.weight, options.reduction, options.size_average, options.reduce)
    this.pos_weight = null
    this.register_buffer('pos_weight', options.pos_weight)
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.binary_cross_entropy_with_logits(input, target, this.weight, null, null, this.reduction, this.pos_weight)
  }
}

export interface KLDivLossOptions {
  size_average: boolean | null
  reduce: boolean | null
  reduction: Reduction | 'batchmean'
  log_target: boolean
}

const kldivlossOptions = signature<KLDivLossOptions>(
  'KLDivLoss',
  ['size_average', null],
  ['reduce', null],
  ['reduction', 'mean'],
  ['log_target', false],
)

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
    const options = kldivlossOptions(args)
    super(options.reduction, options.size_average, options.reduce)
    this.log_target = options.log_target
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.kl_div(input, target, null, null, this.reduction, this.log_target)
  }
}

export interface CTCLossOptions {
  /** The number of the blank label. */
  blank: number
  reduction: Reduction
  /** Whether infinite losses, of targets too long for the input, count as zero. */
  zero_infinity: boolean
}

const ctclossOptions = signature<CTCLossOptions>(
  'CTCLoss',
  ['blank', 0],
  ['reduction', 'mean'],
  ['zero_infinity', false],
)

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
    const options = ctclossOptions(args)
    super(options.reduction)
    this.blank = options.blank
    this.zero_infinity = options.zero_infinity
  }

  forward(log_probs: Tensor, targets: Tensor, input_lengths: Tensor, target_lengths: Tensor): Tensor {
    return F.ctc_loss(log_probs, targets, input_lengths, target_lengths, this.blank, this.reduction, this.zero_infinity)
  }
}

export interface MultiLabelMarginLossOptions {
  size_average: boolean | null
  reduce: boolean | null
  reduction: Reduction
}

const multiLabelMarginLossOptions = signature<MultiLabelMarginLossOptions>(
  'MultiLabelMarginLoss',
  ['size_average', null],
  ['reduce', null],
  ['reduction', 'mean'],
)

/**
 * The margin loss of several classes each: `Σ max(0, 1 − (x[y] − x[i])) / C`. Input (C) or (N, C); target class
 * numbers of that shape, ended by −1. `reduction` is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiLabelMarginLoss.html
 */
export class MultiLabelMarginLoss extends _Loss {
  constructor(
    ...args: Args<
      [],
      [size_average: boolean | null, reduce: boolean | null, reduction: Reduction],
      MultiLabelMarginLossOptions
    >
  ) {
    const options = multiLabelMarginLossOptions(args)
    super(options.reduction, options.size_average, options.reduce)
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.multilabel_margin_loss(input, target, null, null, this.reduction)
  }
}

export interface MultiLabelSoftMarginLossOptions {
  weight: Tensor | null
  size_average: boolean | null
  reduce: boolean | null
  reduction: Reduction
}

const multiLabelSoftMarginLossOptions = signature<MultiLabelSoftMarginLossOptions>(
  'MultiLabelSoftMarginLoss',
  ['weight', null],
  ['size_average', null],
  ['reduce', null],
  ['reduction', 'mean'],
)

/**
 * The mean over classes of the binary cross entropy of scores. Input and target (N, C); `weight` (C) weighs the
 * classes. `reduction` is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiLabelSoftMarginLoss.html
 */
export class MultiLabelSoftMarginLoss extends _WeightedLoss {
  constructor(
    ...args: Args<
      [],
      [weight: Tensor | null, size_average: boolean | null, reduce: boolean | null, reduction: Reduction],
      MultiLabelSoftMarginLossOptions
    >
  ) {
    const options = multiLabelSoftMarginLossOptions(args)
    super(options.weight, options.reduction, options.size_average, options.reduce)
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.multilabel_soft_margin_loss(input, target, this.weight, null, null, this.reduction)
  }
}
