import { type Args, signature, typeName } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import { repr } from './_print.js'
import { Module } from './module.js'

export interface FlattenOptions {
  start_dim: number
  end_dim: number
}

const flattenOptions = signature<FlattenOptions>('Flatten', ['start_dim', 1], ['end_dim', -1])

/**
 * Makes the dimensions from `start_dim` to `end_dim` one. Input (*, S₁, …, Sₙ, *), output (*, ∏ Sᵢ, *).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Flatten.html
 */
export class Flatten extends Module {
  start_dim: number
  end_dim: number

  constructor(...args: Args<[], [start_dim: number, end_dim: number], FlattenOptions>) {
    super()
    const options = flattenOptions(args)
    this.start_dim = options.start_dim
    this.end_dim = options.end_dim
  }

  forward(input: Tensor): Tensor {
    return input.flatten(this.start_dim, this.end_dim)
  }

  override extra_repr(): string {
    return `start_dim=${this.start_dim}, end_dim=${this.end_dim}`
  }
}

export interface UnflattenOptions {
  dim: number
  unflattened_size: readonly number[]
}

const unflattenOptions = signature<UnflattenOptions>('Unflatten', 'dim', 'unflattened_size')

function checkSizes(sizes: unknown): void {
  if (!Array.isArray(sizes))
    throw new TypeError(`unflattened_size must be a tuple of ints, but found type ${typeName(sizes)}`)
  for (const [i, size] of sizes.entries())
    if (!Number.isInteger(size))
      throw new TypeError(
        `unflattened_size must be tuple of ints, but found element of type ${typeName(size)} at pos ${i}`,
      )
}

/**
 * Makes one dimension several. Input (*, S, *), output (*, U₁, …, Uₙ, *) with ∏ Uᵢ = S; one of them may be −1.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Unflatten.html
 */
export class Unflatten extends Module {
  dim: number
  unflattened_size: readonly number[]

  constructor(...args: Args<[dim: number, unflattened_size: readonly number[]], [], UnflattenOptions>) {
    super()
    const options = unflattenOptions(args)
    this.dim = options.dim
    this.unflattened_size = options.unflattened_size
    checkSizes(this.unflattened_size)
  }

  forward(input: Tensor): Tensor {
    return input.unflatten(this.dim, this.unflattened_size)
  }

  override extra_repr(): string {
    return `dim=${this.dim}, unflattened_size=${repr(this.unflattened_size)}`
  }
}
