import { type Args, signature } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import { clones, isCausalMask, sequenceLength } from './_transformer.js'
import { type AnyModule, type Forward, Module } from './module.js'
import type { ModuleList } from './module_list.js'
import type { DecoderMasks } from './transformer_decoder_layer.js'

export interface TransformerDecoderOptions {
  /** Copied `num_layers` times. */
  decoder_layer: AnyModule
  num_layers: number
  /** Applied to the last layer's outputs. */
  norm: AnyModule | null
}

const decoderOptions = signature<TransformerDecoderOptions>('TransformerDecoder', 'decoder_layer', 'num_layers', [
  'norm',
  null,
])

/** Arguments of a call of `TransformerDecoder`. */
export interface DecoderCall extends Omit<DecoderMasks, 'tgt_is_causal'> {
  tgt: Tensor
  memory: Tensor
  /** Null looks at the mask. */
  tgt_is_causal: boolean | null
}

const decoderCall = signature<DecoderCall>(
  'forward',
  'tgt',
  'memory',
  ['tgt_mask', null],
  ['memory_mask', null],
  ['tgt_key_padding_mask', null],
  ['memory_key_padding_mask', null],
  ['tgt_is_causal', null],
  ['memory_is_causal', false],
)

/**
 * A stack of decoder layers. `tgt` (T, N, E) and `memory` (S, N, E), or without N, or N first with `batch_first` layers; output
 * of `tgt`'s shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerDecoder.html
 */
export class TransformerDecoder extends Module<Forward> {
  layers: ModuleList<AnyModule>
  num_layers: number
  norm: AnyModule | null

  constructor(
    ...args: Args<[decoder_layer: AnyModule, num_layers: number], [norm: AnyModule | null], TransformerDecoderOptions>
  ) {
    super()
    const { decoder_layer, num_layers, norm } = decoderOptions(args)
    this.layers = clones('TransformerDecoder', decoder_layer, num_layers)
    this.num_layers = num_layers
    this.norm = norm
  }

  forward(
    ...args: Args<
      [tgt: Tensor, memory: Tensor],
      [
        tgt_mask: Tensor | null,
        memory_mask: Tensor | null,
        tgt_key_padding_mask: Tensor | null,
        memory_key_padding_mask: Tensor | null,
        tgt_is_causal: boolean | null,
        memory_is_causal: boolean,
      ],
      DecoderCall
    >
  ): Tensor {
    const { tgt, memory, tgt_is_causal, ...masks } = decoderCall(args)
    const first = this.layers.at(0) as { self_attn?: { batch_first?: boolean } }
    const length = sequenceLength(tgt, first.self_attn?.batch_first ?? false)
    const causal = isCausalMask(masks.tgt_mask, tgt_is_causal, length)
    let output = tgt
    for (const layer of this.layers)
      output = (layer as unknown as (x: Tensor, memory: Tensor, keywords: object) => Tensor)(output, memory, {
        ...masks,
        tgt_is_causal: causal,
      })
    return this.norm ? (this.norm as unknown as (x: Tensor) => Tensor)(output) : output
  }
}
