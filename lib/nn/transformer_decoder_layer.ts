import { type Args, signature } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import {
  activationFunction,
  layerSignature,
  type TransformerLayerOptional,
  type TransformerLayerOptions,
} from './_transformer.js'
import { Dropout } from './dropout.js'
import { Linear } from './linear.js'
import { type Forward, Module } from './module.js'
import { MultiheadAttention } from './multihead_attention.js'
import { LayerNorm } from './normalization.js'

const layerOptions = layerSignature('TransformerDecoderLayer')

/** Masks of a call of `TransformerDecoderLayer`. */
export interface DecoderMasks {
  tgt_mask: Tensor | null
  memory_mask: Tensor | null
  tgt_key_padding_mask: Tensor | null
  memory_key_padding_mask: Tensor | null
  tgt_is_causal: boolean
  memory_is_causal: boolean
}

export interface DecoderLayerCall extends DecoderMasks {
  tgt: Tensor
  memory: Tensor
}

const layerCall = signature<DecoderLayerCall>(
  'forward',
  'tgt',
  'memory',
  ['tgt_mask', null],
  ['memory_mask', null],
  ['tgt_key_padding_mask', null],
  ['memory_key_padding_mask', null],
  ['tgt_is_causal', false],
  ['memory_is_causal', false],
)

/**
 * Self-attention, attention to the encoder's `memory`, and a feed-forward network, each with a shortcut and normalisation.
 * `tgt` (T, N, E) and `memory` (S, N, E), or without N, or N first with `batch_first`; the masks are those of
 * `MultiheadAttention`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerDecoderLayer.html
 */
export class TransformerDecoderLayer extends Module<Forward> {
  self_attn: MultiheadAttention
  multihead_attn: MultiheadAttention
  linear1: Linear
  dropout: Dropout
  linear2: Linear
  norm_first: boolean
  norm1: LayerNorm
  norm2: LayerNorm
  norm3: LayerNorm
  dropout1: Dropout
  dropout2: Dropout
  dropout3: Dropout
  activation: (x: Tensor) => Tensor

  constructor(...args: Args<[d_model: number, nhead: number], TransformerLayerOptional, TransformerLayerOptions>) {
    super()
    const options = layerOptions(args)
    const { d_model, nhead, dim_feedforward, dropout, layer_norm_eps, batch_first, bias, device, dtype } = options
    const factory = { bias, device, dtype }
    this.self_attn = new MultiheadAttention(d_model, nhead, { dropout, batch_first, ...factory })
    this.multihead_attn = new MultiheadAttention(d_model, nhead, { dropout, batch_first, ...factory })
    this.linear1 = new Linear(d_model, dim_feedforward, factory)
    this.dropout = new Dropout(dropout)
    this.linear2 = new Linear(dim_feedforward, d_model, factory)
    this.norm_first = options.norm_first
    this.norm1 = new LayerNorm(d_model, { eps: layer_norm_eps, ...factory })
    this.norm2 = new LayerNorm(d_model, { eps: layer_norm_eps, ...factory })
    this.norm3 = new LayerNorm(d_model, { eps: layer_norm_eps, ...factory })
    this.dropout1 = new Dropout(dropout)
    this.dropout2 = new Dropout(dropout)
    this.dropout3 = new Dropout(dropout)
    this.activation = activationFunction(options.activation)
  }

  forward(
    ...args: Args<
      [tgt: Tensor, memory: Tensor],
      [
        tgt_mask: Tensor | null,
        memory_mask: Tensor | null,
        tgt_key_padding_mask: Tensor | null,
        memory_key_padding_mask: Tensor | null,
        tgt_is_causal: boolean,
        memory_is_causal: boolean,
      ],
      DecoderLayerCall
    >
  ): Tensor {
    const given = layerCall(args)
    let x = given.tgt
    if (this.norm_first) {
      x = x.add(this._sa_block(this.norm1(x), given))
      x = x.add(this._mha_block(this.norm2(x), given))
      return x.add(this._ff_block(this.norm3(x)))
    }
    x = this.norm1(x.add(this._sa_block(x, given)))
    x = this.norm2(x.add(this._mha_block(x, given)))
    return this.norm3(x.add(this._ff_block(x)))
  }

  private _sa_block(x: Tensor, masks: DecoderLayerCall): Tensor {
    const [output] = this.self_attn(x, x, x, {
      attn_mask: masks.tgt_mask,
      key_padding_mask: masks.tgt_key_padding_mask,
      is_causal: masks.tgt_is_causal,
      need_weights: false,
    })
    return this.dropout1(output)
  }

  private _mha_block(x: Tensor, masks: DecoderLayerCall): Tensor {
    const [output] = this.multihead_attn(x, masks.memory, masks.memory, {
      attn_mask: masks.memory_mask,
      key_padding_mask: masks.memory_key_padding_mask,
      is_causal: masks.memory_is_causal,
      need_weights: false,
    })
    return this.dropout2(output)
  }

  private _ff_block(x: Tensor): Tensor {
    return this.dropout3(this.linear2(this.dropout(this.activation(this.linear1(x)))))
  }
}
