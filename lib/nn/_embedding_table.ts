/** What `Embedding` and `EmbeddingBag` share: a table of vectors. */
import { runtimeError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { withoutGrad } from './_no_grad.js'
import { emptyTensor, type FactoryOptions } from './_parameters.js'
import * as init from './init.js'
import { Parameter } from './parameter.js'

/** The row of `padding_idx`, negative ones counted from the end. */
export function paddingRow(padding_idx: number | null, rows: number, name: string): number | null {
  if (padding_idx === null) return null
  if (padding_idx >= rows || padding_idx < -rows) throw runtimeError(`${name} must be within num_embeddings`)
  return padding_idx < 0 ? padding_idx + rows : padding_idx
}

/** The given weight, or one drawn from N(0, 1) with zeros in the padding's row. */
export function tableOf(options: TableOptions, padding_idx: number | null, requires_grad: boolean): Parameter {
  const { num_embeddings, embedding_dim, _weight } = options
  const shape = [num_embeddings, embedding_dim]
  if (_weight !== null) {
    if (_weight.dim() !== 2 || _weight.shape.some((size, i) => size !== shape[i]))
      throw runtimeError('Shape of weight does not match num_embeddings and embedding_dim')
    return new Parameter(_weight, requires_grad)
  }
  const weight = new Parameter(emptyTensor(shape, options), requires_grad)
  drawTable(weight, padding_idx)
  return weight
}

export function drawTable(weight: Parameter, padding_idx: number | null): void {
  init.normal_(weight)
  if (padding_idx !== null) withoutGrad(() => weight.select(0, padding_idx).fill_(0))
}

export function checkPretrained(embeddings: Tensor): void {
  if (embeddings.dim() !== 2) throw runtimeError('Embeddings parameter is expected to be 2-dimensional')
}

export interface TableOptions extends FactoryOptions {
  /** How many vectors there are. */
  num_embeddings: number
  /** The length of each. */
  embedding_dim: number
  /** Vectors longer than this are shortened to it, in the weight, when looked up. */
  max_norm: number | null
  /** The norm of `max_norm`. */
  norm_type: number
  /** Whether gradients are divided by how often the row occurs in the batch. */
  scale_grad_by_freq: boolean
  /** Whether the weight's gradient is a sparse tensor. */
  sparse: boolean
  /** A row that is neither learned nor, when drawn, anything but zeros. */
  padding_idx: number | null
  _weight: Tensor | null
}
