import type { Args } from '../_C/args.js'
import { valueError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { _BatchNorm } from './_batch_norm.js'
import { type NormOptional, type NormOptions, normSignature } from './_norm_base.js'

type BatchNormArgs = Args<[num_features: number], NormOptional, NormOptions>

const options1 = normSignature('BatchNorm1d', true)

/**
 * Normalises each channel over the batch: `(x − mean) / √(variance + eps) · weight + bias`, and in training keeps
 * running statistics, which evaluation uses. Input and output (N, C) or (N, C, L). The variance of the batch is the
 * biased one, that of the running statistics the unbiased.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html
 */
export class BatchNorm1d extends _BatchNorm {
  constructor(...args: BatchNormArgs) {
    super(options1(args))
  }

  protected _check_input_dim(input: Tensor): void {
    const dims = input.dim()
    if (dims !== 2 && dims !== 3) throw valueError(`expected 2D or 3D input (got ${dims}D input)`)
  }
}

const options2 = normSignature('BatchNorm2d', true)

/**
 * Normalises each channel over the batch: `(x − mean) / √(variance + eps) · weight + bias`, and in training keeps
 * running statistics, which evaluation uses. Input and output (N, C, H, W). The variance of the batch is the biased
 * one, that of the running statistics the unbiased.
 *
 * ```ts
 * const m = new nn.BatchNorm2d(100)
 * m(torch.randn(20, 100, 35, 45))
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html
 */
export class BatchNorm2d extends _BatchNorm {
  constructor(...args: BatchNormArgs) {
    super(options2(args))
  }

  protected _check_input_dim(input: Tensor): void {
    const dims = input.dim()
    if (dims !== 4) throw valueError(`expected 4D input (got ${dims}D input)`)
  }
}

const options3 = normSignature('BatchNorm3d', true)

/**
 * Normalises each channel over the batch: `(x − mean) / √(variance + eps) · weight + bias`, and in training keeps
 * running statistics, which evaluation uses. Input and output (N, C, D, H, W). The variance of the batch is the
 * biased one, that of the running statistics the unbiased.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm3d.html
 */
export class BatchNorm3d extends _BatchNorm {
  constructor(...args: BatchNormArgs) {
    super(options3(args))
  }

  protected _check_input_dim(input: Tensor): void {
    const dims = input.dim()
    if (dims !== 5) throw valueError(`expected 5D input (got ${dims}D input)`)
  }
}
