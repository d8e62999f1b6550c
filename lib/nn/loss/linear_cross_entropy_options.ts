import { show } from '../../_C/checks.js'
import { valueError } from '../../_C/raise.js'
import { bfloat16, type dtype, float16, float32, float64 } from '../../dtype.js'
import { repr } from '../_print.js'

export interface LinearCrossEntropyFields {
  /** Lets the backward pass of a `'mean'` or `'sum'` run again, for one more gradient-sized allocation. */
  allow_retain_graph?: boolean
  /** Rows a chunk; null makes one chunk of all. Not together with a `chunking_method` that disagrees. */
  batch_chunk_size?: number | null
  /** `'auto'`, `'aspect_ratio'` (a chunk's scores take the input's memory) or `'aspect_ratio:N'` (an Nth of that). */
  chunking_method?: string | null
  /** Accepted as PyTorch has it; every policy accumulates in `acc_dtype` here. */
  acc_policy?: 'accurate' | 'balanced' | 'compact' | 'auto'
  /** What is accumulated in; null means float32 for half-precision inputs where the policy is `'auto'`, else their own dtype. */
  acc_dtype?: dtype | null
}

const policies: readonly unknown[] = ['auto', 'accurate', 'balanced', 'compact']
const accumulators: readonly unknown[] = [null, float16, bfloat16, float32, float64]

function checkAccumulator(dtype: unknown): void {
  if (!accumulators.includes(dtype))
    throw valueError(
      `acc_dtype must be one of {None, torch.float16, torch.bfloat16, torch.float32, torch.float64}, got ${show(dtype)}. Pass acc_dtype=None to let the op pick automatically.`,
    )
}

/** The power of two that is at least `n`. */
const nextPowerOfTwo = (n: number) => 2 ** Math.ceil(Math.log2(Math.max(n, 1)))

/**
 * How `F.linear_cross_entropy` goes through the batch in chunks, so that the scores (N, C) never exist as a whole.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LinearCrossEntropyOptions.html
 */
export class LinearCrossEntropyOptions {
  readonly allow_retain_graph: boolean
  readonly batch_chunk_size: number | null
  readonly chunking_method: string | null
  readonly acc_policy: 'accurate' | 'balanced' | 'compact' | 'auto'
  readonly acc_dtype: dtype | null

  constructor(fields: LinearCrossEntropyFields = {}) {
    this.allow_retain_graph = fields.allow_retain_graph ?? false
    this.batch_chunk_size = fields.batch_chunk_size ?? null
    this.chunking_method = fields.chunking_method === undefined ? 'auto' : fields.chunking_method
    this.acc_policy = fields.acc_policy ?? 'auto'
    this.acc_dtype = fields.acc_dtype ?? null
    if (!policies.includes(this.acc_policy)) throw valueError(`invalid acc_policy: ${show(this.acc_policy)}`)
    const method: unknown = this.chunking_method
    const known = method === null || (typeof method === 'string' && /^(auto|aspect_ratio(:0*[1-9]\d*)?)$/.test(method))
    if (!known) throw valueError(`invalid chunking_method: ${show(method)}`)
    const size = this.batch_chunk_size
    if (size !== null && !(Number.isInteger(size) && size > 0))
      throw valueError(`batch_chunk_size must be positive int or None, got ${show(size)}`)
    checkAccumulator(this.acc_dtype)
  }

  /** As Python prints it. */
  toString(): string {
    const { allow_retain_graph, batch_chunk_size, chunking_method, acc_policy, acc_dtype } = this
    return (
      `LinearCrossEntropyOptions(allow_retain_graph=${repr(allow_retain_graph)}, ` +
      `batch_chunk_size=${repr(batch_chunk_size)}, chunking_method=${repr(chunking_method)}, ` +
      `acc_policy=${repr(acc_policy)}, acc_dtype=${repr(acc_dtype)})`
    )
  }

  /** Rows a chunk, at least one, for an input (batch, features) and `classes` classes. @internal */
  chunkSize(batch: number, features: number, classes: number, dtype: dtype, deviceType: string): number {
    let method = this.chunking_method
    // A size of one's own goes before the automatic choice.
    if (method === 'auto' && this.batch_chunk_size !== null) method = null
    const isHalf = dtype === float16 || dtype === bfloat16
    if (method === 'auto') method = deviceType === 'cpu' && isHalf ? 'aspect_ratio' : 'aspect_ratio:2'
    const given = Math.min(this.batch_chunk_size ?? batch, batch)
    if (method === null) return Math.max(1, given)
    const target = Math.ceil(batch / Math.ceil(classes / Math.max(features, 1)))
    const size = Math.min(Math.floor(nextPowerOfTwo(target) / Number(method.split(':')[1] ?? 1)), batch)
    if (this.batch_chunk_size !== null && this.batch_chunk_size !== size)
      throw valueError(
        `batch_chunk_size (=${this.batch_chunk_size}) and chunking_method ('${method}') give different chunk sizes (${this.batch_chunk_size} vs ${size}); pass only one.`,
      )
    return Math.max(1, size)
  }

  /** The dtype to accumulate in for an input of `dtype`. @internal */
  accumulator(dtype: dtype): dtype {
    if (this.acc_dtype !== null) return this.acc_dtype
    const isHalf = dtype === float16 || dtype === bfloat16
    if (this.acc_policy === 'auto' && isHalf) return float32
    checkAccumulator(dtype)
    return dtype
  }
}
