/**
 * `linear_cross_entropy` over chunks of the batch. The loss of a chunk and its gradients come from the same scores, so the
 * forward pass makes both and the backward pass only scales; without reduction each row has a gradient of its own to be
 * scaled by, so the backward pass goes through the chunks again.
 */

import { call } from '../../_C/call.js'
import { currentModes } from '../../_C/modes.js'
import { native } from '../../_C/native.js'
import { runtimeError } from '../../_C/raise.js'
import { sizesOf } from '../../_C/sizes.js'
import * as ops from '../../_generated/ops.js'
import { Function, type FunctionCtx } from '../../autograd/function.js'
import { bfloat16, type dtype, float16, float32 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import type { LinearCrossEntropyOptions } from '../loss/linear_cross_entropy_options.js'

type MaybeTensor = Tensor | null
/** Gradients of input, linear weight and bias; null where none is wanted. */
type Gradients = [MaybeTensor, MaybeTensor, MaybeTensor]

const cast = (x: Tensor, type: dtype) => (x.dtype === type ? x : (call(ops.to, x, type) as Tensor))

class Chunks {
  readonly input: Tensor
  readonly linearWeight: Tensor
  readonly bias: MaybeTensor
  /** What a row counts, 0 where its target is ignored; before the division of the mean. */
  readonly rowWeight: Tensor
  readonly targets: Tensor
  readonly rows: number
  readonly size: number
  readonly dtype: dtype
  readonly accumulator: dtype

  constructor(
    input: Tensor,
    linearWeight: Tensor,
    target: Tensor,
    bias: MaybeTensor,
    weight: MaybeTensor,
    ignoreIndex: number,
    options: LinearCrossEntropyOptions,
  ) {
    const [rows, features] = sizesOf(input) as [number, number]
    this.dtype = input.dtype
    this.accumulator = options.accumulator(this.dtype)
    const isHalf = this.dtype === float16 || this.dtype === bfloat16
    if (this.accumulator !== this.dtype && !(isHalf && this.accumulator === float32))
      throw runtimeError(
        `linear_cross_entropy supports float32 acc_dtype with float16/bfloat16 inputs, but got ${this.accumulator} acc_dtype and ${this.dtype} inputs.`,
      )
    const classes = sizesOf(linearWeight)[0]!
    this.size = options.chunkSize(rows, features, classes, this.dtype, input.device.type)
    this.rows = rows
    this.input = input
    // Only an accumulator of its own casts the weight: another dtype than the input's is otherwise a mistake.
    this.linearWeight = this.accumulator === this.dtype ? linearWeight : cast(linearWeight, this.accumulator)
    this.bias = bias === null ? null : cast(bias, this.accumulator)
    const ignored = call(ops.eq, target, ignoreIndex)
    this.targets = call(ops.masked_fill, target, ignored, 0) as Tensor
    const kept = call(ops.logical_not, ignored) as Tensor
    this.rowWeight =
      weight === null
        ? cast(kept, this.accumulator)
        : (call(ops.mul, call(ops.index_select, cast(weight, this.accumulator), 0, this.targets), kept) as Tensor)
  }

  /** Calls `visit` for each chunk with its first row, its rows of the input and targets, and the scores less each row's largest. */
  forEach(visit: (start: number, x: Tensor, target: Tensor, shifted: Tensor) => void): void {
    const transposed = call(ops.t, this.linearWeight)
    for (let start = 0; start < this.rows; start += this.size) {
      const count = Math.min(this.size, this.rows - start)
      const x = cast(call(ops.narrow, this.input, 0, start, count) as Tensor, this.accumulator)
      const scores = this.bias === null ? call(ops.mm, x, transposed) : call(ops.addmm, this.bias, x, transposed)
      const target = call(ops.unsqueeze, call(ops.narrow, this.targets, 0, start, count), 1) as Tensor
      visit(start, x, target, call(ops.sub_, scores, call(ops.amax, scores, 1, true)) as Tensor)
    }
  }

  /** Losses of all rows, times what they count. */
  losses(shifted: Tensor, target: Tensor, start: number, rowWeight: Tensor): Tensor {
    const picked = call(ops.squeeze, call(ops.gather, shifted, 1, target), 1) as Tensor
    const logSum = call(ops.log_, call(ops.sum, call(ops.exp, shifted), 1))
    const weights = call(ops.narrow, rowWeight, 0, start, sizesOf(picked)[0]!)
    return call(ops.mul_, call(ops.sub_, logSum, picked), weights) as Tensor
  }

  /** Empty gradients for `accumulate`. */
  makeGradients(wanted: readonly boolean[]): Gradients {
    const zeros = (like: Tensor) => call(ops.zeros_like, like, { dtype: this.dtype }) as Tensor
    return [
      wanted[0] ? (call(ops.empty_like, this.input) as Tensor) : null,
      wanted[1] ? zeros(this.linearWeight) : null,
      wanted[2] && this.bias !== null ? zeros(this.bias) : null,
    ]
  }

  /**
   * Adds what `add` computes to a gradient. In half precision a chunk's part is summed in the accumulator's dtype and rounded
   * then, as in Python.
   */
  private addPart(total: Tensor, add: (part: Tensor) => void, type: dtype = this.accumulator): void {
    if (this.dtype === this.accumulator) {
      add(total)
      return
    }
    const part = call(ops.zeros_like, total, { dtype: this.accumulator }) as Tensor
    add(part)
    call(ops.add_, total, cast(part, type))
  }

  /** Adds a chunk's gradients; the chunk's scores are used up. */
  accumulate(
    [input, linearWeight, bias]: Gradients,
    start: number,
    x: Tensor,
    target: Tensor,
    shifted: Tensor,
    rowWeight: Tensor,
  ): void {
    const count = sizesOf(x)[0]!
    const weights = call(ops.narrow, rowWeight, 0, start, count)
    const column = call(ops.unsqueeze, weights, 1)
    const targets = call(ops.squeeze, target, 1)
    // The gradient of a score is softmax − one-hot, times what the row counts. The two parts go in one after the other, as in
    // Python: their difference beforehand would round differently.
    const powers = call(ops.exp_, shifted)
    const sums = call(ops.sum, powers, 1)
    // Written into the sums: so LibTorch refuses a second derivative, which would take the scores for constants.
    const shares = call(ops.unsqueeze, call(ops.div, weights, sums, { out: sums }), 1)
    const scores = call(ops.mul_, powers, shares)
    if (input !== null) {
      const picked = call(ops.mul, call(ops.index_select, this.linearWeight, 0, targets), column)
      const grad = call(ops.addmm, picked, scores, this.linearWeight, { beta: -1 })
      call(ops.copy_, call(ops.narrow, input, 0, start, count), grad)
    }
    if (linearWeight !== null) {
      this.addPart(linearWeight, part => {
        call(ops.addmm_, part, call(ops.t, scores), x)
        call(ops.index_add_, part, 0, targets, call(ops.mul, x, column), { alpha: -1 })
      })
    }
    if (bias !== null) {
      const add = (part: Tensor) => {
        call(ops.add_, part, call(ops.sum, scores, 0))
        call(ops.index_add_, part, 0, targets, weights, { alpha: -1 })
      }
      this.addPart(bias, add, this.dtype)
    }
  }
}

/** One call: its chunks, and what the caller asks for. */
interface Job {
  chunks: Chunks
  reduction: Reduction
  wanted: readonly boolean[]
  allowRetainGraph: boolean
  gradients: Gradients | null
}

class LinearCrossEntropy extends Function {
  static forward(ctx: FunctionCtx, _input: Tensor, _weight: Tensor, _bias: MaybeTensor, job: Job): Tensor {
    ctx.job = job
    return job.reduction === 'none' ? rowLosses(job) : totalLoss(job)
  }

  static backward(ctx: FunctionCtx, grad: Tensor): [MaybeTensor, MaybeTensor, MaybeTensor, null] {
    const job = ctx.job as Job
    return [...(job.reduction === 'none' ? rowGradients(job, grad) : scaledGradients(job, grad)), null]
  }
}

function rowLosses({ chunks }: Job): Tensor {
  const parts: Tensor[] = []
  chunks.forEach((start, _, target, shifted) => {
    parts.push(chunks.losses(shifted, target, start, chunks.rowWeight))
  })
  if (parts.length === 0) return call(ops.new_zeros, chunks.input, [0]) as Tensor
  return cast(call(ops.cat, parts) as Tensor, chunks.dtype)
}

function rowGradients({ chunks, wanted }: Job, grad: Tensor): Gradients {
  const gradients = chunks.makeGradients(wanted)
  const rowWeight = call(ops.mul, chunks.rowWeight, cast(grad, chunks.accumulator)) as Tensor
  chunks.forEach((start, x, target, shifted) => {
    chunks.accumulate(gradients, start, x, target, shifted, rowWeight)
  })
  return gradients
}

function totalLoss(job: Job): Tensor {
  const { chunks, wanted } = job
  const gradients = wanted.some(Boolean) ? chunks.makeGradients(wanted) : null
  const rowWeight =
    job.reduction === 'mean'
      ? (call(ops.div, chunks.rowWeight, call(ops.sum, chunks.rowWeight)) as Tensor)
      : chunks.rowWeight
  const loss = call(ops.new_zeros, rowWeight, []) as Tensor
  // The mean of nothing is NaN.
  if (chunks.rows === 0 && job.reduction === 'mean') call(ops.fill_, loss, Number.NaN)
  chunks.forEach((start, x, target, shifted) => {
    call(ops.add_, loss, call(ops.sum, chunks.losses(shifted, target, start, rowWeight)))
    if (gradients !== null) chunks.accumulate(gradients, start, x, target, shifted, rowWeight)
  })
  job.gradients = gradients
  return cast(loss, chunks.dtype)
}

function scaledGradients(job: Job, grad: Tensor): Gradients {
  const { gradients } = job
  if (gradients === null)
    throw runtimeError(
      'linear_cross_entropy chunked backward called twice; retain_graph=True / double backward are not supported.',
    )
  if (!job.allowRetainGraph) job.gradients = null
  const scale = job.allowRetainGraph ? ops.mul : ops.mul_
  return gradients.map(own => (own === null ? null : call(scale, own, grad))) as Gradients
}

/** The loss of an input (N, F) against targets int64 (N): a scalar, or (N) without reduction. */
export function chunkedLinearCrossEntropy(
  input: Tensor,
  linearWeight: Tensor,
  target: Tensor,
  bias: MaybeTensor,
  weight: MaybeTensor,
  reduction: Reduction,
  ignoreIndex: number,
  options: LinearCrossEntropyOptions,
): Tensor {
  const recording = currentModes().grad
  const wanted = [input, linearWeight, bias].map(x => recording && x !== null && native.requiresGrad(x))
  const detached = [input, linearWeight, bias].map(x => (x === null ? null : call(ops.detach, x))) as Gradients
  const chunks = new Chunks(detached[0]!, detached[1]!, target, detached[2], weight, ignoreIndex, options)
  const job: Job = { chunks, reduction, wanted, allowRetainGraph: options.allow_retain_graph, gradients: null }
  return LinearCrossEntropy.apply(input, linearWeight, bias, job)
}
