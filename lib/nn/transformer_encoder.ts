import { type Args, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import { currentModes } from '../_C/modes.js'
import { native } from '../_C/native.js'
import { warn } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'
import { isNested } from './_nested.js'
import { clones, isCausalMask, sequenceLength } from './_transformer.js'
import { canonicalMask } from './functional/_attention.js'
import { type AnyModule, type Forward, Module } from './module.js'
import type { ModuleList } from './module_list.js'
import { TransformerEncoderLayer } from './transformer_encoder_layer.js'

export interface TransformerEncoderOptions {
  /** Copied `num_layers` times. */
  encoder_layer: AnyModule
  num_layers: number
  /** Applied to the last layer's outputs. */
  norm: AnyModule | null
  /** Whether evaluation may leave padded positions out of the work; they come out as zeros. */
  enable_nested_tensor: boolean
  /** Whether a padding mask is looked at before that: it has to leave out the ends of the sequences. */
  mask_check: boolean
}

const encoderOptions = signature<TransformerEncoderOptions>(
  'TransformerEncoder',
  'encoder_layer',
  'num_layers',
  ['norm', null],
  ['enable_nested_tensor', true],
  ['mask_check', true],
)

/** Arguments of a call of `TransformerEncoder`. */
export interface EncoderCall {
  src: Tensor
  mask: Tensor | null
  src_key_padding_mask: Tensor | null
  /** Null looks at the mask. */
  is_causal: boolean | null
}

const encoderCall = signature<EncoderCall>(
  'forward',
  'src',
  ['mask', null],
  ['src_key_padding_mask', null],
  ['is_causal', null],
)

/** Why the layer can't take nested tensors, or null. */
function whyNotNested(layer: AnyModule): string | null {
  if (!(layer instanceof TransformerEncoderLayer)) return 'encoder_layer was not TransformerEncoderLayer'
  const { self_attn, norm1, norm2 } = layer
  if (layer.norm_first) return 'encoder_layer.norm_first was True'
  if (!self_attn.batch_first)
    return 'encoder_layer.self_attn.batch_first was not True(use batch_first for better inference performance)'
  if (!self_attn._qkv_same_embed_dim) return 'encoder_layer.self_attn._qkv_same_embed_dim was not True'
  if (self_attn.in_proj_bias === null) return 'encoder_layer.self_attn was passed bias=False'
  if (!layer.activation_relu_or_gelu) return 'encoder_layer.activation_relu_or_gelu was not True'
  if (norm1.eps !== norm2.eps) return 'encoder_layer.norm1.eps was not equal to encoder_layer.norm2.eps'
  if (self_attn.num_heads % 2 === 1) return 'encoder_layer.self_attn.num_heads is odd'
  return null
}

/**
 * A stack of encoder layers. `src` (L, N, E), (L, E), or (N, L, E) with `batch_first` layers; output of that shape.
 *
 * ```ts
 * const encoder = new nn.TransformerEncoder(new nn.TransformerEncoderLayer(512, 8), 6)
 * encoder(torch.randn(10, 32, 512))
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoder.html
 */
export class TransformerEncoder extends Module<Forward> {
  layers: ModuleList<AnyModule>
  num_layers: number
  norm: AnyModule | null
  enable_nested_tensor: boolean
  use_nested_tensor: boolean
  mask_check: boolean

  constructor(
    ...args: Args<
      [encoder_layer: AnyModule, num_layers: number],
      [norm: AnyModule | null, enable_nested_tensor: boolean, mask_check: boolean],
      TransformerEncoderOptions
    >
  ) {
    super()
    const { encoder_layer, num_layers, norm, enable_nested_tensor, mask_check } = encoderOptions(args)
    this.layers = clones('TransformerEncoder', encoder_layer, num_layers)
    this.num_layers = num_layers
    this.norm = norm
    this.enable_nested_tensor = enable_nested_tensor
    this.mask_check = mask_check
    const why = whyNotNested(encoder_layer)
    this.use_nested_tensor = enable_nested_tensor && why === null
    if (enable_nested_tensor && why !== null)
      warn(`enable_nested_tensor is True, but self.use_nested_tensor is False because ${why}`)
  }

  forward(
    ...args: Args<
      [src: Tensor],
      [mask: Tensor | null, src_key_padding_mask: Tensor | null, is_causal: boolean | null],
      EncoderCall
    >
  ): Tensor {
    const { src, is_causal, ...masks } = encoderCall(args)
    const other = masks.mask && { dtype: masks.mask.dtype, name: 'mask' }
    let padding = canonicalMask(masks.src_key_padding_mask, 'src_key_padding_mask', other, src.dtype)
    const mask = canonicalMask(masks.mask, 'mask', null, src.dtype)
    let output = src
    const present = padding !== null && mask === null ? this._present(src, padding) : null
    if (present !== null) {
      output = call(ops._nested_tensor_from_mask, src, present, false) as Tensor
      padding = null
    }
    const first = this.layers.at(0) as { self_attn?: { batch_first?: boolean } }
    const causal = isCausalMask(mask, is_causal, sequenceLength(src, first.self_attn?.batch_first ?? false))
    for (const layer of this.layers)
      output = (layer as unknown as (x: Tensor, keywords: object) => Tensor)(output, {
        src_mask: mask,
        is_causal: causal,
        src_key_padding_mask: padding,
      })
    if (present !== null) output = call(ops.nested_to_padded_tensor, output, 0, src.shape) as Tensor
    return this.norm ? (this.norm as unknown as (x: Tensor) => Tensor)(output) : output
  }

  /** (N, L), true where there is something to compute, if the layers may leave out the rest; otherwise null. */
  private _present(src: Tensor, padding: Tensor): Tensor | null {
    const layer = this.layers.at(0)
    if (!this.use_nested_tensor || !(layer instanceof TransformerEncoderLayer) || layer.training) return null
    if (src.dim() !== 3 || isNested(src)) return null
    if (currentModes().grad && [src, ...layer.parameters()].some(t => native.requiresGrad(t))) return null
    const present = call(ops.logical_not, padding) as Tensor
    if (this.mask_check && call(ops._nested_tensor_from_mask_left_aligned, src, present) !== true) return null
    return present
  }
}
