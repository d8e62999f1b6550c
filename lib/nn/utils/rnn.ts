/**
 * Sequences of different lengths: padding and packing.
 * https://docs.pytorch.org/docs/stable/nn.html#utilities
 */
import { typeName } from '../../_C/args.js'
import { call } from '../../_C/call.js'
import { define } from '../../_C/callable.js'
import { native } from '../../_C/native.js'
import { runtimeError, valueError } from '../../_C/raise.js'
import { tensor } from '../../_creation.js'
import * as ops from '../../_generated/ops.js'
import { int64 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import { PackedSequence } from './packed_sequence.js'

export { invert_permutation, PackedSequence } from './packed_sequence.js'

/** Lengths as an int64 tensor (N). */
function lengthsOf(lengths: Tensor | readonly number[]): Tensor {
  if (native.isTensor(lengths)) return (lengths as Tensor).to(int64)
  return tensor([...(lengths as readonly number[])], { dtype: int64 })
}

/**
 * Packs padded sequences (T, N, *), or (N, T, *) with `batch_first`. `lengths` is (N), on the CPU; without `enforce_sorted` the
 * sequences need not come longest first.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_padded_sequence.html
 */
export const pack_padded_sequence = define(
  'pack_padded_sequence',
  ['input', 'lengths', 'batch_first?', 'enforce_sorted?'],
  (input: Tensor, lengths: Tensor | readonly number[], batch_first = false, enforce_sorted = true): PackedSequence => {
    let sizes = lengthsOf(lengths)
    let sequences = input
    let order: Tensor | null = null
    if (!enforce_sorted) {
      const [sorted, indices] = call(ops.sort, sizes, { descending: true }) as unknown as [Tensor, Tensor]
      sizes = sorted
      order = indices.to(input.device)
      sequences = input.index_select(batch_first ? 0 : 1, order)
    }
    const [data, batchSizes] = call(ops._pack_padded_sequence, sequences, sizes, batch_first) as [Tensor, Tensor]
    return new PackedSequence(data, batchSizes, order)
  },
)

/**
 * The reverse of `pack_padded_sequence`: [(T, N, *) or (N, T, *), lengths (N)]. T is the longest length, or `total_length`.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pad_packed_sequence.html
 */
export const pad_packed_sequence = define(
  'pad_packed_sequence',
  ['sequence', 'batch_first?', 'padding_value?', 'total_length?'],
  (
    sequence: PackedSequence,
    batch_first = false,
    padding_value = 0,
    total_length: number | null = null,
  ): [Tensor, Tensor] => {
    if (!(sequence instanceof PackedSequence))
      throw new TypeError(`pad_packed_sequence(): expected a PackedSequence, got ${typeName(sequence)}`)
    const longest = sequence.batch_sizes.shape[0]!
    if (total_length !== null && total_length < longest)
      throw valueError(
        'Expected total_length to be at least the length of the longest sequence in input, but got total_length=' +
          `${total_length} and max sequence length being ${longest}`,
      )
    const [padded, lengths] = call(
      ops._pad_packed_sequence,
      sequence.data,
      sequence.batch_sizes,
      batch_first,
      padding_value,
      total_length ?? longest,
    ) as [Tensor, Tensor]
    const order = sequence.unsorted_indices
    if (order === null) return [padded, lengths]
    return [padded.index_select(batch_first ? 0 : 1, order), lengths.index_select(0, order.cpu())]
  },
)

/**
 * Puts sequences (Lᵢ, *) into one tensor (T, N, *), or (N, T, *) with `batch_first`, filled up with `padding_value`.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pad_sequence.html
 */
export const pad_sequence = define(
  'pad_sequence',
  ['sequences', 'batch_first?', 'padding_value?', 'padding_side?'],
  (
    sequences: Tensor | Iterable<Tensor>,
    batch_first = false,
    padding_value = 0,
    padding_side: 'left' | 'right' = 'right',
  ): Tensor => {
    if (native.isTensor(sequences))
      return call(ops.pad_sequence, (sequences as Tensor).unbind(0), batch_first, padding_value, padding_side) as Tensor
    if (typeof sequences !== 'object' || sequences === null || !(Symbol.iterator in sequences))
      throw runtimeError(
        `pad_sequence: Expected iterable for input sequences, but got arg of type: ${typeName(sequences)}`,
      )
    return call(ops.pad_sequence, [...sequences], batch_first, padding_value, padding_side) as Tensor
  },
)

/**
 * The sequences (Lᵢ, *) of a padded tensor (T, N, *), or (N, T, *) with `batch_first`.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.unpad_sequence.html
 */
export const unpad_sequence = define(
  'unpad_sequence',
  ['padded_sequences', 'lengths', 'batch_first?'],
  (padded_sequences: Tensor, lengths: Tensor | readonly number[], batch_first = false): Tensor[] => {
    const rows = (batch_first ? padded_sequences : padded_sequences.transpose(0, 1)).unbind(0) as Tensor[]
    const sizes = lengthsOf(lengths).tolist() as number[]
    if (sizes.length !== rows.length)
      throw valueError(`unpad_sequence: ${rows.length} sequences but ${sizes.length} lengths`)
    return rows.map((row, i) => call(ops.clone, row.narrow(0, 0, Number(sizes[i]))) as Tensor)
  },
)

/**
 * Packs sequences (Lᵢ, *), longest first unless `enforce_sorted` is false.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_sequence.html
 */
export const pack_sequence = define(
  'pack_sequence',
  ['sequences', 'enforce_sorted?'],
  (sequences: readonly Tensor[], enforce_sorted = true): PackedSequence =>
    pack_padded_sequence(
      pad_sequence(sequences),
      [...sequences].map(sequence => sequence.shape[0]!),
      false,
      enforce_sorted,
    ),
)

/**
 * The sequences (Lᵢ, *) of a `PackedSequence`, in their original order.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.unpack_sequence.html
 */
export const unpack_sequence = define(
  'unpack_sequence',
  ['packed_sequences'],
  (packed_sequences: PackedSequence): Tensor[] => {
    const [padded, lengths] = pad_packed_sequence(packed_sequences, true)
    return unpad_sequence(padded, lengths, true)
  },
)
