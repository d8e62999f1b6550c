import { call } from '../../_C/call.js'
import { define } from '../../_C/callable.js'
import * as ops from '../../_generated/ops.js'
import type { Tensor } from '../../tensor.js'
import type { Scalar } from '../../types.js'

/**
 * Pads the last `pad.length / 2` dimensions; `pad` is [before, after] of the last dimension, then of the one before it, ….
 * Negative numbers cut. Modes other than `constant` take no `value` and pad the last 1–3 dimensions only.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pad.html
 */
export const pad = define(
  'pad',
  ['input', 'pad', 'mode?', 'value?'],
  (
    input: Tensor,
    pad: readonly number[],
    mode: 'constant' | 'reflect' | 'replicate' | 'circular' = 'constant',
    value: Scalar | null = null,
  ): Tensor => call(ops.pad, input, pad, mode, value) as Tensor,
)
