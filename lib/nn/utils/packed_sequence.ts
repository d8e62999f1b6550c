import { call } from '../../_C/call.js'
import { native } from '../../_C/native.js'
import { valueError } from '../../_C/raise.js'
import * as ops from '../../_generated/ops.js'
import { double, type dtype, float, half, int8, int16, int32, int64, uint8 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'

/** The inverse of a permutation (N), or null for null. */
export function invert_permutation(permutation: Tensor | null): Tensor | null {
  if (permutation === null) return null
  const places = call(ops.arange, 0, native.numel(permutation), { device: permutation.device }) as Tensor
  const output = call(ops.empty_like, permutation) as Tensor
  return output.scatter_(0, permutation, places)
}

/**
 * Sequences of different lengths without padding, step after step: what `pack_padded_sequence` and `pack_sequence` make and
 * recurrent modules take. `data` (Σ lengths, *) holds the steps, `batch_sizes` how many sequences have each of them; the two
 * permutations are null for sequences that came sorted.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.PackedSequence.html
 */
export class PackedSequence {
  readonly data: Tensor
  readonly batch_sizes: Tensor
  readonly sorted_indices: Tensor | null
  readonly unsorted_indices: Tensor | null

  constructor(
    data: Tensor,
    batch_sizes: Tensor,
    sorted_indices: Tensor | null = null,
    unsorted_indices: Tensor | null = null,
  ) {
    if (!native.isTensor(data) || !native.isTensor(batch_sizes))
      throw new TypeError('PackedSequence(): data and batch_sizes must be Tensors')
    if (batch_sizes.device.type !== 'cpu')
      throw valueError(
        'batch_sizes should always be on CPU. Instances of PackedSequence should never be created manually. They should ' +
          'be instantiated by functions like pack_sequence and pack_padded_sequences in nn.utils.rnn. ' +
          'https://pytorch.org/docs/stable/nn.html#torch.nn.utils.rnn.pack_sequence',
      )
    this.data = data
    this.batch_sizes = batch_sizes
    this.sorted_indices = sorted_indices
    this.unsorted_indices = unsorted_indices ?? invert_permutation(sorted_indices)
  }

  /** Its four parts, in Python's order. */
  *[Symbol.iterator](): IterableIterator<Tensor | null> {
    yield this.data
    yield this.batch_sizes
    yield this.sorted_indices
    yield this.unsorted_indices
  }

  /** Another device or dtype for `data`; the permutations follow to the device. Itself when there is nothing to change. */
  to(...args: Parameters<Tensor['to']>): PackedSequence {
    const data = this.data.to(...args)
    if (native.isSame(data, this.data)) return this
    const move = (t: Tensor | null): Tensor | null => t?.to(data.device) ?? null
    return new PackedSequence(data, this.batch_sizes, move(this.sorted_indices), move(this.unsorted_indices))
  }

  private as(kind: dtype): PackedSequence {
    return this.to({ dtype: kind })
  }

  cpu(): PackedSequence {
    return this.to({ device: 'cpu' })
  }

  cuda(): PackedSequence {
    return this.to({ device: 'cuda' })
  }

  double(): PackedSequence {
    return this.as(double)
  }

  float(): PackedSequence {
    return this.as(float)
  }

  half(): PackedSequence {
    return this.as(half)
  }

  long(): PackedSequence {
    return this.as(int64)
  }

  int(): PackedSequence {
    return this.as(int32)
  }

  short(): PackedSequence {
    return this.as(int16)
  }

  char(): PackedSequence {
    return this.as(int8)
  }

  byte(): PackedSequence {
    return this.as(uint8)
  }

  get is_cuda(): boolean {
    return this.data.is_cuda
  }
}
