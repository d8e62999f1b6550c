import { type Args, signature } from '../_C/args.js'
import { runtimeError } from '../_C/raise.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { type Activation, causalMask, type TransformerLayerOptions } from './_transformer.js'
import * as F from './functional/index.js'
import * as init from './init.js'
import { type AnyModule, type Forward, Module } from './module.js'
import { LayerNorm } from './normalization.js'
import { TransformerDecoder } from './transformer_decoder.js'
import { TransformerDecoderLayer } from './transformer_decoder_layer.js'
import { TransformerEncoder } from './transformer_encoder.js'
import { TransformerEncoderLayer } from './transformer_encoder_layer.js'

export interface TransformerOptions extends TransformerLayerOptions {
  num_encoder_layers: number
  num_decoder_layers: number
  /** In place of the encoder that would be made. */
  custom_encoder: AnyModule | null
  /** In place of the decoder that would be made. */
  custom_decoder: AnyModule | null
}

const transformerOptions = signature<TransformerOptions>(
  'Transformer',
  ['d_model', 512],
  ['nhead', 8],
  ['num_encoder_layers', 6],
  ['num_decoder_layers', 6],
  ['dim_feedforward', 2048],
  ['dropout', 0.1],
  ['activation', F.relu],
  ['custom_encoder', null],
  ['custom_decoder', null],
  ['layer_norm_eps', 1e-5],
  ['batch_first', false],
  ['norm_first', false],
  ['bias', true],
  ['device', null],
  ['dtype', null],
)

/** Arguments of a call of `Transformer`. */
export interface TransformerCall {
  src: Tensor
  tgt: Tensor
  src_mask: Tensor | null
  tgt_mask: Tensor | null
  memory_mask: Tensor | null
  src_key_padding_mask: Tensor | null
  tgt_key_padding_mask: Tensor | null
  memory_key_padding_mask: Tensor | null
  /** Null looks at the mask. */
  src_is_causal: boolean | null
  /** Null looks at the mask. */
  tgt_is_causal: boolean | null
  memory_is_causal: boolean
}

const transformerCall = signature<TransformerCall>(
  'forward',
  'src',
  'tgt',
  ['src_mask', null],
  ['tgt_mask', null],
  ['memory_mask', null],
  ['src_key_padding_mask', null],
  ['tgt_key_padding_mask', null],
  ['memory_key_padding_mask', null],
  ['src_is_causal', null],
  ['tgt_is_causal', null],
  ['memory_is_causal', false],
)

/**
 * Encoder and decoder of "Attention is all you need". `src` (S, N, E) and `tgt` (T, N, E), or without N, or N first with
 * `batch_first`; output of `tgt`'s shape.
 *
 * ```ts
 * const model = new nn.Transformer({ nhead: 16, num_encoder_layers: 12 })
 * model(torch.rand(10, 32, 512), torch.rand(20, 32, 512)).shape // [20, 32, 512]
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Transformer.html
 */
export class Transformer extends Module<Forward> {
  encoder: AnyModule
  decoder: AnyModule
  d_model: number
  nhead: number
  batch_first: boolean

  constructor(
    ...args: Args<
      [],
      [
        d_model: number,
        nhead: number,
        num_encoder_layers: number,
        num_decoder_layers: number,
        dim_feedforward: number,
        dropout: number,
        activation: Activation,
        custom_encoder: AnyModule | null,
        custom_decoder: AnyModule | null,
        layer_norm_eps: number,
        batch_first: boolean,
        norm_first: boolean,
        bias: boolean,
        device: DeviceLike | null,
        dtype: dtype | null,
      ],
      TransformerOptions
    >
  ) {
    super()
    const { num_encoder_layers, num_decoder_layers, custom_encoder, custom_decoder, ...layer } =
      transformerOptions(args)
    const { d_model, layer_norm_eps, bias, device, dtype } = layer
    const norm = (): LayerNorm => new LayerNorm(d_model, { eps: layer_norm_eps, bias, device, dtype })
    this.encoder =
      custom_encoder ?? new TransformerEncoder(new TransformerEncoderLayer(layer), num_encoder_layers, norm())
    this.decoder =
      custom_decoder ?? new TransformerDecoder(new TransformerDecoderLayer(layer), num_decoder_layers, norm())
    this._reset_parameters()
    this.d_model = d_model
    this.nhead = layer.nhead
    this.batch_first = layer.batch_first
  }

  forward(
    ...args: Args<
      [src: Tensor, tgt: Tensor],
      [
        src_mask: Tensor | null,
        tgt_mask: Tensor | null,
        memory_mask: Tensor | null,
        src_key_padding_mask: Tensor | null,
        tgt_key_padding_mask: Tensor | null,
        memory_key_padding_mask: Tensor | null,
        src_is_causal: boolean | null,
        tgt_is_causal: boolean | null,
        memory_is_causal: boolean,
      ],
      TransformerCall
    >
  ): Tensor {
    const { src, tgt, src_mask, src_key_padding_mask, src_is_causal, ...masks } = transformerCall(args)
    const batchDim = this.batch_first ? 0 : 1
    if (src.dim() === 3 && src.shape[batchDim] !== tgt.shape[batchDim])
      throw runtimeError('the batch number of src and tgt must be equal')
    if (src.shape.at(-1) !== this.d_model || tgt.shape.at(-1) !== this.d_model)
      throw runtimeError('the feature number of src and tgt must be equal to d_model')
    const encoder = this.encoder as unknown as (src: Tensor, keywords: object) => Tensor
    const decoder = this.decoder as unknown as (tgt: Tensor, memory: Tensor, keywords: object) => Tensor
    const memory = encoder(src, { mask: src_mask, src_key_padding_mask, is_causal: src_is_causal })
    return decoder(tgt, memory, masks)
  }

  /** (sz, sz): −∞ above the diagonal, otherwise 0: the mask that lets no position see later ones. */
  static generate_square_subsequent_mask(
    sz: number,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ): Tensor {
    return causalMask(sz, device, dtype)
  }

  private _reset_parameters(): void {
    for (const parameter of this.parameters()) if (parameter.dim() > 1) init.xavier_uniform_(parameter)
  }
}
