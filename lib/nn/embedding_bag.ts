import { type Args, signature } from '../_C/args.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { checkPretrained, drawTable, paddingRow, type TableOptions, tableOf } from './_embedding_table.js'
import { repr, reprFloat } from './_print.js'
import type { PretrainedEmbeddingOptions } from './embedding.js'
import * as F from './functional/index.js'
import { Module } from './module.js'
import type { Parameter } from './parameter.js'

/** What an `EmbeddingBag` does with the vectors of one bag. */
export type BagMode = 'sum' | 'mean' | 'max'

export interface EmbeddingBagOptions extends TableOptions {
  mode: BagMode
  /** Whether `offsets` ends with the length of the input. */
  include_last_offset: boolean
}

const embeddingBagOptions = signature<EmbeddingBagOptions>(
  'EmbeddingBag',
  'num_embeddings',
  'embedding_dim',
  ['max_norm', null],
  ['norm_type', 2],
  ['scale_grad_by_freq', false],
  ['mode', 'mean'],
  ['sparse', false],
  ['_weight', null],
  ['include_last_offset', false],
  ['padding_idx', null],
  ['device', null],
  ['dtype', null],
)

/** Keywords of `EmbeddingBag.from_pretrained`. */
export interface PretrainedEmbeddingBagOptions extends PretrainedEmbeddingOptions {
  mode: BagMode
  include_last_offset: boolean
}

const pretrainedEmbeddingBag = signature<PretrainedEmbeddingBagOptions>(
  'from_pretrained',
  'embeddings',
  ['freeze', true],
  ['max_norm', null],
  ['norm_type', 2],
  ['scale_grad_by_freq', false],
  ['mode', 'mean'],
  ['sparse', false],
  ['include_last_offset', false],
  ['padding_idx', null],
)

/**
 * Sums, means or maxima of bags of embeddings, without making the embeddings. Input (B, N), or (N) with `offsets` (B) where
 * each bag begins; output (B, embedding_dim). `per_sample_weights`, of the input's shape, weighs the vectors of mode `sum`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html
 */
export class EmbeddingBag extends Module {
  num_embeddings: number
  embedding_dim: number
  max_norm: number | null
  norm_type: number
  scale_grad_by_freq: boolean
  padding_idx: number | null
  weight: Parameter
  mode: BagMode
  sparse: boolean
  include_last_offset: boolean

  constructor(
    ...args: Args<
      [num_embeddings: number, embedding_dim: number],
      [
        max_norm: number | null,
        norm_type: number,
        scale_grad_by_freq: boolean,
        mode: BagMode,
        sparse: boolean,
        _weight: Tensor | null,
        include_last_offset: boolean,
        padding_idx: number | null,
        device: DeviceLike | null,
        dtype: dtype | null,
      ],
      EmbeddingBagOptions
    >
  ) {
    super()
    const options = embeddingBagOptions(args)
    this.num_embeddings = options.num_embeddings
    this.embedding_dim = options.embedding_dim
    this.max_norm = options.max_norm
    this.norm_type = options.norm_type
    this.scale_grad_by_freq = options.scale_grad_by_freq
    this.padding_idx = paddingRow(options.padding_idx, options.num_embeddings, 'padding_idx')
    this.weight = tableOf(options, this.padding_idx, true)
    this.mode = options.mode
    this.sparse = options.sparse
    this.include_last_offset = options.include_last_offset
  }

  /** An embedding bag with given vectors, (num_embeddings, embedding_dim), which `freeze` keeps from being learned. */
  static from_pretrained(
    ...args: Args<
      [embeddings: Tensor],
      [
        freeze: boolean,
        max_norm: number | null,
        norm_type: number,
        scale_grad_by_freq: boolean,
        mode: BagMode,
        sparse: boolean,
        include_last_offset: boolean,
        padding_idx: number | null,
      ],
      PretrainedEmbeddingBagOptions
    >
  ): EmbeddingBag {
    const { embeddings, freeze, ...rest } = pretrainedEmbeddingBag(args)
    checkPretrained(embeddings)
    const [rows, columns] = embeddings.shape as [number, number]
    const bag = new EmbeddingBag(rows, columns, { ...rest, _weight: embeddings })
    bag.requires_grad_(!freeze)
    return bag
  }

  /** Draws the table anew. */
  reset_parameters(): void {
    drawTable(this.weight, this.padding_idx)
  }

  forward(input: Tensor, offsets: Tensor | null = null, per_sample_weights: Tensor | null = null): Tensor {
    return F.embedding_bag(
      input,
      this.weight,
      offsets,
      this.max_norm,
      this.norm_type,
      this.scale_grad_by_freq,
      this.mode,
      this.sparse,
      per_sample_weights,
      this.include_last_offset,
      this.padding_idx,
    )
  }

  override extra_repr(): string {
    let s = `${this.num_embeddings}, ${this.embedding_dim}`
    if (this.max_norm !== null) s += `, max_norm=${reprFloat(this.max_norm)}`
    if (this.norm_type !== 2) s += `, norm_type=${reprFloat(this.norm_type)}`
    if (this.scale_grad_by_freq) s += `, scale_grad_by_freq=${repr(this.scale_grad_by_freq)}`
    s += `, mode=${repr(this.mode)}`
    if (this.padding_idx !== null) s += `, padding_idx=${this.padding_idx}`
    return s
  }
}
