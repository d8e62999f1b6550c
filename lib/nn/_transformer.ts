/** What the parts of a transformer share. */

import { signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import { checkInteger } from '../_C/checks.js'
import { runtimeError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { deepcopy } from './_deepcopy.js'
import { isNested } from './_nested.js'
import type { FactoryOptions } from './_parameters.js'
import * as F from './functional/index.js'
import type { AnyModule } from './module.js'
import { ModuleList } from './module_list.js'

/** What stands between the two layers of the feed-forward network: a name, a function or a module. */
export type Activation = 'relu' | 'gelu' | ((x: Tensor) => Tensor)

/** Keywords of `TransformerEncoderLayer` and `TransformerDecoderLayer`. */
export interface TransformerLayerOptions extends FactoryOptions {
  /** E: the width of the model. */
  d_model: number
  nhead: number
  /** The width of the feed-forward network. */
  dim_feedforward: number
  dropout: number
  activation: Activation
  layer_norm_eps: number
  /** Whether inputs and outputs are (N, L, E) instead of (L, N, E). */
  batch_first: boolean
  /** Whether normalisation comes before attention and feed-forward, instead of after. */
  norm_first: boolean
  bias: boolean
}

export type TransformerLayerOptional = [
  dim_feedforward: number,
  dropout: number,
  activation: Activation,
  layer_norm_eps: number,
  batch_first: boolean,
  norm_first: boolean,
  bias: boolean,
  device: DeviceLike | null,
  dtype: dtype | null,
]

export function layerSignature(name: string): (args: readonly unknown[]) => TransformerLayerOptions {
  return signature<TransformerLayerOptions>(
    name,
    'd_model',
    'nhead',
    ['dim_feedforward', 2048],
    ['dropout', 0.1],
    ['activation', F.relu],
    ['layer_norm_eps', 1e-5],
    ['batch_first', false],
    ['norm_first', false],
    ['bias', true],
    ['device', null],
    ['dtype', null],
  )
}

/** `'relu'` and `'gelu'` as functions. */
export function activationFunction(activation: Activation): (x: Tensor) => Tensor {
  if (typeof activation !== 'string') return activation
  if (activation === 'relu') return F.relu
  if (activation === 'gelu') return F.gelu
  throw runtimeError(`activation should be relu/gelu, not ${String(activation)}`)
}

/** `count` copies of a layer, for a class whose parameter `num_layers` that is. */
export function clones<M extends AnyModule>(owner: string, layer: M, count: number): ModuleList<M> {
  checkInteger(owner, 'num_layers', count)
  return new ModuleList(Array.from({ length: count }, () => deepcopy(layer)))
}

/** (size, size): −∞ above the diagonal, otherwise 0. */
export function causalMask(size: number, device: DeviceLike | null, kind: dtype | null): Tensor {
  return call(ops.triu, call(ops.full, [size, size], -Infinity, { device, dtype: kind }), 1) as Tensor
}

/** L of (L, E), (L, N, E) or (N, L, E); null for a nested tensor. */
export function sequenceLength(x: Tensor, batchFirst: boolean): number | null {
  if (isNested(x)) return null
  const { shape } = x
  return shape.length === 2 ? shape[0]! : shape[batchFirst ? 1 : 0]!
}

/** What the caller says of the mask, or where he says nothing, whether it is the causal one. */
export function isCausalMask(mask: Tensor | null, said: boolean | null, length: number | null): boolean {
  if (said !== null || mask === null) return said === true
  const { shape } = mask
  const size = length ?? shape.at(-2)!
  if (shape.length !== 2 || shape[0] !== size || shape[1] !== size) return false
  return mask
    .eq(causalMask(size, mask.device, mask.dtype))
    .all()
    .item<boolean>()
}
