import { type Args, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import { currentModes } from '../_C/modes.js'
import { native } from '../_C/native.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'
import { kState, recordOf } from './_module_state.js'
import { isNested } from './_nested.js'
import {
  activationFunction,
  layerSignature,
  type TransformerLayerOptional,
  type TransformerLayerOptions,
} from './_transformer.js'
import { Dropout } from './dropout.js'
import { canonicalMask } from './functional/_attention.js'
import * as F from './functional/index.js'
import { Linear } from './linear.js'
import { type Forward, Module } from './module.js'
import { MultiheadAttention } from './multihead_attention.js'
import { LayerNorm } from './normalization.js'
import { ReLU } from './rectifiers.js'
import { GELU } from './sigmoids.js'

const layerOptions = layerSignature('TransformerEncoderLayer')

/** Arguments of a call of `TransformerEncoderLayer`. */
export interface EncoderLayerCall {
  src: Tensor
  src_mask: Tensor | null
  src_key_padding_mask: Tensor | null
  is_causal: boolean
}

const layerCall = signature<EncoderLayerCall>(
  'forward',
  'src',
  ['src_mask', null],
  ['src_key_padding_mask', null],
  ['is_causal', false],
)

/**
 * Self-attention and a feed-forward network, each with a shortcut and normalisation. `src` (L, N, E), (L, E), or (N, L, E) with
 * `batch_first`; the masks are those of `MultiheadAttention`. In evaluation without gradients one operator does it all.
 *
 * ```ts
 * const layer = new nn.TransformerEncoderLayer(512, 8, { batch_first: true })
 * layer(torch.randn(32, 10, 512)).shape // [32, 10, 512]
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html
 */
export class TransformerEncoderLayer extends Module<Forward> {
  self_attn: MultiheadAttention
  linear1: Linear
  dropout: Dropout
  linear2: Linear
  norm_first: boolean
  norm1: LayerNorm
  norm2: LayerNorm
  dropout1: Dropout
  dropout2: Dropout
  /** 1 for ReLU, 2 for GELU, 0 for any other, which the fused operator does not know. */
  readonly activation_relu_or_gelu: 0 | 1 | 2
  activation: (x: Tensor) => Tensor

  constructor(...args: Args<[d_model: number, nhead: number], TransformerLayerOptional, TransformerLayerOptions>) {
    super()
    const options = layerOptions(args)
    const { d_model, nhead, dim_feedforward, dropout, layer_norm_eps, batch_first, bias, device, dtype } = options
    const factory = { bias, device, dtype }
    this.self_attn = new MultiheadAttention(d_model, nhead, { dropout, batch_first, ...factory })
    this.linear1 = new Linear(d_model, dim_feedforward, factory)
    this.dropout = new Dropout(dropout)
    this.linear2 = new Linear(dim_feedforward, d_model, factory)
    this.norm_first = options.norm_first
    this.norm1 = new LayerNorm(d_model, { eps: layer_norm_eps, ...factory })
    this.norm2 = new LayerNorm(d_model, { eps: layer_norm_eps, ...factory })
    this.dropout1 = new Dropout(dropout)
    this.dropout2 = new Dropout(dropout)
    const activation: unknown = activationFunction(options.activation)
    this.activation_relu_or_gelu =
      activation === F.relu || activation instanceof ReLU
        ? 1
        : activation === F.gelu || activation instanceof GELU
          ? 2
          : 0
    this.activation = activation as (x: Tensor) => Tensor
  }

  forward(
    ...args: Args<
      [src: Tensor],
      [src_mask: Tensor | null, src_key_padding_mask: Tensor | null, is_causal: boolean],
      EncoderLayerCall
    >
  ): Tensor {
    const { src, is_causal, ...masks } = layerCall(args)
    const other = masks.src_mask && { dtype: masks.src_mask.dtype, name: 'src_mask' }
    const padding = canonicalMask(masks.src_key_padding_mask, 'src_key_padding_mask', other, src.dtype)
    const mask = canonicalMask(masks.src_mask, 'src_mask', null, src.dtype)
    if (this._canRunFused(src, mask !== null || padding !== null)) return this._fused(src, mask, padding)
    if (this.norm_first) {
      const x = src.add(this._sa_block(this.norm1(src), mask, padding, is_causal))
      return x.add(this._ff_block(this.norm2(x)))
    }
    const x = this.norm1(src.add(this._sa_block(src, mask, padding, is_causal)))
    return this.norm2(x.add(this._ff_block(x)))
  }

  private _sa_block(x: Tensor, attn_mask: Tensor | null, key_padding_mask: Tensor | null, is_causal: boolean): Tensor {
    const [output] = this.self_attn(x, x, x, { attn_mask, key_padding_mask, need_weights: false, is_causal })
    return this.dropout1(output)
  }

  private _ff_block(x: Tensor): Tensor {
    return this.dropout2(this.linear2(this.dropout(this.activation(this.linear1(x)))))
  }

  /** The tensors that the fused operator takes beside `src`, in its order. */
  private get _fusedTensors(): (Tensor | null)[] {
    const { self_attn, norm1, norm2, linear1, linear2 } = this
    const attention = [
      self_attn.in_proj_weight,
      self_attn.in_proj_bias,
      self_attn.out_proj.weight,
      self_attn.out_proj.bias,
    ]
    return [...attention, ...[norm1, norm2, linear1, linear2].flatMap(({ weight, bias }) => [weight, bias])]
  }

  private _canRunFused(src: Tensor, masked: boolean): boolean {
    const { self_attn } = this
    if (this.training || !self_attn.batch_first || !this.activation_relu_or_gelu || src.dim() !== 3) return false
    if (self_attn.num_heads % 2 === 1 || this.norm1.eps !== this.norm2.eps) return false
    if (isNested(src) && masked) return false
    const tensors = this._fusedTensors
    if (tensors.includes(null)) return false
    const hooked = (m: Module): boolean => {
      const { hooks } = recordOf(m)[kState]
      return hooks !== null && hooks.forward.size + hooks.forwardPre.size > 0
    }
    if (this.modules().some(hooked)) return false
    return !currentModes().grad || ![src, ...tensors].some(t => native.requiresGrad(t!))
  }

  private _fused(src: Tensor, mask: Tensor | null, padding: Tensor | null): Tensor {
    const { self_attn, norm1 } = this
    const [merged, kind] = self_attn.merge_masks(mask, padding, src)
    const tensors = this._fusedTensors
    return call(
      ops._transformer_encoder_layer_fwd,
      src,
      self_attn.embed_dim,
      self_attn.num_heads,
      ...tensors.slice(0, 4),
      this.activation_relu_or_gelu === 2,
      this.norm_first,
      norm1.eps,
      ...tensors.slice(4),
      merged,
      kind,
    ) as Tensor
  }
}
