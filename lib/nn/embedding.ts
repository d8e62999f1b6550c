import { type Args, signature } from '../_C/args.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { checkPretrained, drawTable, paddingRow, type TableOptions, tableOf } from './_embedding_table.js'
import { repr, reprFloat } from './_print.js'
import * as F from './functional/index.js'
import { Module } from './module.js'
import type { Parameter } from './parameter.js'

export interface EmbeddingOptions extends TableOptions {
  _freeze: boolean
}

const embeddingOptions = signature<EmbeddingOptions>(
  'Embedding',
  'num_embeddings',
  'embedding_dim',
  ['padding_idx', null],
  ['max_norm', null],
  ['norm_type', 2],
  ['scale_grad_by_freq', false],
  ['sparse', false],
  ['_weight', null],
  ['_freeze', false],
  ['device', null],
  ['dtype', null],
)

/** Keywords of `Embedding.from_pretrained`. */
export interface PretrainedEmbeddingOptions {
  embeddings: Tensor
  freeze: boolean
  padding_idx: number | null
  max_norm: number | null
  norm_type: number
  scale_grad_by_freq: boolean
  sparse: boolean
}

const pretrainedEmbedding = signature<PretrainedEmbeddingOptions>(
  'from_pretrained',
  'embeddings',
  ['freeze', true],
  ['padding_idx', null],
  ['max_norm', null],
  ['norm_type', 2],
  ['scale_grad_by_freq', false],
  ['sparse', false],
)

/**
 * A table of vectors: looks up the rows of its input. Input (*) of int64 or int32, output (*, embedding_dim); `weight` is
 * (num_embeddings, embedding_dim), drawn from N(0, 1).
 *
 * ```ts
 * const embedding = new nn.Embedding(10, 3)
 * embedding(torch.tensor([[1, 2, 4, 5]], { dtype: torch.int64 })).shape // [1, 4, 3]
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html
 */
export class Embedding extends Module {
  num_embeddings: number
  embedding_dim: number
  padding_idx: number | null
  max_norm: number | null
  norm_type: number
  scale_grad_by_freq: boolean
  weight: Parameter
  sparse: boolean

  constructor(
    ...args: Args<
      [num_embeddings: number, embedding_dim: number],
      [
        padding_idx: number | null,
        max_norm: number | null,
        norm_type: number,
        scale_grad_by_freq: boolean,
        sparse: boolean,
        _weight: Tensor | null,
        _freeze: boolean,
        device: DeviceLike | null,
        dtype: dtype | null,
      ],
      EmbeddingOptions
    >
  ) {
    super()
    const options = embeddingOptions(args)
    this.num_embeddings = options.num_embeddings
    this.embedding_dim = options.embedding_dim
    this.padding_idx = paddingRow(options.padding_idx, options.num_embeddings, 'Padding_idx')
    this.max_norm = options.max_norm
    this.norm_type = options.norm_type
    this.scale_grad_by_freq = options.scale_grad_by_freq
    this.weight = tableOf(options, this.padding_idx, !options._freeze)
    this.sparse = options.sparse
  }

  /** An embedding with given vectors, (num_embeddings, embedding_dim), which `freeze` keeps from being learned. */
  static from_pretrained(
    ...args: Args<
      [embeddings: Tensor],
      [
        freeze: boolean,
        padding_idx: number | null,
        max_norm: number | null,
        norm_type: number,
        scale_grad_by_freq: boolean,
        sparse: boolean,
      ],
      PretrainedEmbeddingOptions
    >
  ): Embedding {
    const { embeddings, freeze, ...rest } = pretrainedEmbedding(args)
    checkPretrained(embeddings)
    const [rows, columns] = embeddings.shape as [number, number]
    return new Embedding(rows, columns, { ...rest, _weight: embeddings, _freeze: freeze })
  }

  /** Draws the table anew. */
  reset_parameters(): void {
    drawTable(this.weight, this.padding_idx)
  }

  forward(input: Tensor): Tensor {
    const { weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse } = this
    return F.embedding(input, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
  }

  override extra_repr(): string {
    let s = `${this.num_embeddings}, ${this.embedding_dim}`
    if (this.padding_idx !== null) s += `, padding_idx=${this.padding_idx}`
    if (this.max_norm !== null) s += `, max_norm=${reprFloat(this.max_norm)}`
    if (this.norm_type !== 2) s += `, norm_type=${reprFloat(this.norm_type)}`
    if (this.scale_grad_by_freq) s += `, scale_grad_by_freq=${repr(this.scale_grad_by_freq)}`
    if (this.sparse) s += ', sparse=True'
    return s
  }
}
