import { type Args, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import { valueError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import { Function as AutogradFunction, type FunctionCtx } from '../autograd/function.js'
import type { Tensor } from '../tensor.js'
import { repr, reprFloat } from './_print.js'
import { Module } from './module.js'

type Settings = [size: number, alpha: number, beta: number, k: number]

/** `k + alpha / size · Σ x²` over the neighbouring channels, as a running sum from channel to channel. */
function scaleOf(input: Tensor, [size, alpha, , k]: Settings): Tensor {
  const channels = input.shape[1]!
  const squares = input.pow(2)
  const before = Math.floor((size - 1) / 2 + 1)
  const scale = call(ops.empty_like, input) as Tensor
  const first = scale.select(1, 0).zero_()
  for (let c = 0; c < Math.min(before, channels); c++) first.add_(squares.select(1, c))
  for (let c = 1; c < channels; c++) {
    const current = scale.select(1, c).copy_(scale.select(1, c - 1))
    if (c < channels - before + 1) current.add_(squares.select(1, c + before - 1))
    if (c > before) current.sub_(squares.select(1, c - before))
  }
  return scale.mul_(alpha / size).add_(k)
}

class CrossMapLRN2dFunction extends AutogradFunction {
  static forward(ctx: FunctionCtx, input: Tensor, ...settings: Settings): Tensor {
    const scale = scaleOf(input, settings)
    const output = scale.pow(-settings[2]).mul_(input)
    ctx.save_for_backward(input, output)
    ctx.scale = scale
    ctx.window = settings
    return output
  }

  static backward(ctx: FunctionCtx, gradOutput: Tensor): (Tensor | null)[] {
    const [input, output] = ctx.saved_tensors as [Tensor, Tensor]
    const scale = ctx.scale as Tensor
    const [size, alpha, beta] = ctx.window as Settings
    const [batch, channels, height, width] = input.shape as [number, number, number, number]
    const ratio = (2 * alpha * beta) / size
    const start = Math.floor(size - (size - 1) / 2)
    const grad = scale.pow(-beta).mul_(gradOutput)
    const padded = input.new_zeros([channels + size - 1, height, width])
    const centre = padded.narrow(0, start, channels)
    for (let n = 0; n < batch; n++) {
      centre.copy_(gradOutput.select(0, n).mul(output.select(0, n)).div_(scale.select(0, n)))
      const sum = padded.narrow(0, 0, size - 1).sum(0)
      for (let c = 0; c < channels; c++) {
        sum.add_(padded.select(0, c + size - 1))
        grad.select(0, n).select(0, c).addcmul_(input.select(0, n).select(0, c), sum, { value: -ratio })
        sum.sub_(padded.select(0, c))
      }
    }
    return [grad, null, null, null, null]
  }
}

export interface CrossMapLRN2dOptions {
  /** How many neighbouring channels count. */
  size: number
  alpha: number
  beta: number
  k: number
}

const lrnOptions = signature<CrossMapLRN2dOptions>('CrossMapLRN2d', 'size', ['alpha', 1e-4], ['beta', 0.75], ['k', 1])

/**
 * Local response normalisation across channels, as Torch 7 had it; use `LocalResponseNorm`. Input and output (N, C, H, W).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossMapLRN2d.html
 */
export class CrossMapLRN2d extends Module {
  size: number
  alpha: number
  beta: number
  k: number

  constructor(...args: Args<[size: number], [alpha: number, beta: number, k: number], CrossMapLRN2dOptions>) {
    super()
    const options = lrnOptions(args)
    this.size = options.size
    this.alpha = options.alpha
    this.beta = options.beta
    this.k = options.k
  }

  forward(input: Tensor): Tensor {
    if (input.dim() !== 4) throw valueError(`CrossMapLRN2d: Expected input to be 4D, got ${input.dim()}D instead.`)
    return CrossMapLRN2dFunction.apply(input, this.size, this.alpha, this.beta, this.k)
  }

  override extra_repr(): string {
    return `${this.size}, alpha=${reprFloat(this.alpha)}, beta=${reprFloat(this.beta)}, k=${repr(this.k)}`
  }
}
