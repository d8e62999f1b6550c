import { type Args, signature } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import { _Loss } from './_loss.js'
import type { Reduction } from './_reduction.js'
import * as F from './functional/index.js'

export interface L1LossOptions {
  size_average: boolean | null
  reduce: boolean | null
  reduction: Reduction
}

const l1lossOptions = signature<L1LossOptions>(
  'L1Loss',
  ['size_average', null],
  ['reduce', null],
  ['reduction', 'mean'],
)

/**
 * `|input − target|`. Input and target (*), of the same shape; output a scalar, or (*) without reduction. `reduction`
 * is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.L1Loss.html
 */
export class L1Loss extends _Loss {
  constructor(
    ...args: Args<[], [size_average: boolean | null, reduce: boolean | null, reduction: Reduction], L1LossOptions>
  ) {
    const options = l1lossOptions(args)
    super(options.reduction, options.size_average, options.reduce)
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.l1_loss(input, target, null, null, this.reduction)
  }
}

export interface MSELossOptions {
  size_average: boolean | null
  reduce: boolean | null
  reduction: Reduction
}

const mselossOptions = signature<MSELossOptions>(
  'MSELoss',
  ['size_average', null],
  ['reduce', null],
  ['reduction', 'mean'],
)

/**
 * `(input − target)²`. Input and target (*), of the same shape; output a scalar, or (*) without reduction.
 * `reduction` is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html
 */
export class MSELoss extends _Loss {
  constructor(
    ...args: Args<[], [size_average: boolean | null, reduce: boolean | null, reduction: Reduction], MSELossOptions>
  ) {
    const options = mselossOptions(args)
    super(options.reduction, options.size_average, options.reduce)
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.mse_loss(input, target, null, null, this.reduction)
  }
}

export interface SmoothL1LossOptions {
  size_average: boolean | null
  reduce: boolean | null
  reduction: Reduction
  beta: number
}

const smoothL1LossOptions = signature<SmoothL1LossOptions>(
  'SmoothL1Loss',
  ['size_average', null],
  ['reduce', null],
  ['reduction', 'mean'],
  ['beta', 1.0],
)

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
    const options = smoothL1LossOptions(args)
    super(options.reduction, options.size_average, options.reduce)
    this.beta = options.beta
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.smooth_l1_loss(input, target, null, null, this.reduction, this.beta)
  }
}

export interface HuberLossOptions {
  reduction: Reduction
  delta: number
}

const huberLossOptions = signature<HuberLossOptions>('HuberLoss', ['reduction', 'mean'], ['delta', 1.0])

/**
 * `(input − target)² / 2` where the difference is at most `delta`, `delta · (|input − target| − delta / 2)`
 * elsewhere. Input and target (*), of the same shape. `reduction` is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.HuberLoss.html
 */
export class HuberLoss extends _Loss {
  delta: number

  constructor(...args: Args<[], [reduction: Reduction, delta: number], HuberLossOptions>) {
    const options = huberLossOptions(args)
    super(options.reduction)
    this.delta = options.delta
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.huber_loss(input, target, this.reduction, this.delta)
  }
}

export interface PoissonNLLLossOptions {
  log_input: boolean
  full: boolean
  size_average: boolean | null
  eps: number
  reduce: boolean | null
  reduction: Reduction
}

const poissonNLLLossOptions = signature<PoissonNLLLossOptions>(
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
    const options = poissonNLLLossOptions(args)
    super(options.reduction, options.size_average, options.reduce)
    this.log_input = options.log_input
    this.full = options.full
    this.eps = options.eps
  }

  forward(log_input: Tensor, target: Tensor): Tensor {
    return F.poisson_nll_loss(log_input, target, this.log_input, this.full, null, this.eps, null, this.reduction)
  }
}

export interface GaussianNLLLossOptions {
  full: boolean
  eps: number
  reduction: Reduction
}

const gaussianNLLLossOptions = signature<GaussianNLLLossOptions>(
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
    const options = gaussianNLLLossOptions(args)
    super(options.reduction)
    this.full = options.full
    this.eps = options.eps
  }

  forward(input: Tensor, target: Tensor, var_: Tensor | number): Tensor {
    return F.gaussian_nll_loss(input, target, var_, this.full, this.eps, this.reduction)
  }
}
