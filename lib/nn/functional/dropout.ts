import { call } from '../../_C/call.js'
import { define } from '../../_C/callable.js'
import { checkNumber } from '../../_C/checks.js'
import { native } from '../../_C/native.js'
import { runtimeError, valueError, warn } from '../../_C/raise.js'
import * as ops from '../../_generated/ops.js'
import type { Tensor } from '../../tensor.js'

function checkProbability(fn: string, p: number): void {
  checkNumber(fn, 'p', p)
  if (p < 0 || p > 1) throw valueError(`dropout probability has to be between 0 and 1, but got ${p}`)
}

/** Dropout of whole channels of an input that may lack its batch dimension. */
function dropChannels(input: Tensor, p: number, training: boolean, inplace: boolean, batched: boolean): Tensor {
  const drop = inplace ? ops.feature_dropout_ : ops.feature_dropout
  if (batched) return call(drop, input, p, training) as Tensor
  const batch = call(inplace ? ops.unsqueeze_ : ops.unsqueeze, input, 0)
  return call(inplace ? ops.squeeze_ : ops.squeeze, call(drop, batch, p, training), 0) as Tensor
}

/**
 * In training, zeroes each element with probability `p` and scales the rest by `1 / (1 − p)`. Same shape as the input.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.dropout.html
 */
export const dropout = define(
  'dropout',
  ['input', 'p?', 'training?', 'inplace?'],
  (input: Tensor, p = 0.5, training = true, inplace = false): Tensor => {
    checkProbability('dropout', p)
    return call(inplace ? ops.dropout_ : ops.dropout, input, p, training) as Tensor
  },
)

/**
 * Dropout of whole channels. input: (N, C, L) or (C, L), the same as the result.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.dropout1d.html
 */
export const dropout1d = define(
  'dropout1d',
  ['input', 'p?', 'training?', 'inplace?'],
  (input: Tensor, p = 0.5, training = true, inplace = false): Tensor => {
    checkProbability('dropout1d', p)
    const dim = native.dim(input)
    if (dim !== 2 && dim !== 3)
      throw runtimeError(
        `dropout1d: Expected 2D or 3D input, but received a ${dim}D input. Note that dropout1d exists to provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch dimension (i.e. 2D or 3D inputs).`,
      )
    return dropChannels(input, p, training, inplace, dim === 3)
  },
)

/**
 * Dropout of whole channels. input: (N, C, H, W) or (N, C, L), the same as the result.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.dropout2d.html
 */
export const dropout2d = define(
  'dropout2d',
  ['input', 'p?', 'training?', 'inplace?'],
  (input: Tensor, p = 0.5, training = true, inplace = false): Tensor => {
    checkProbability('dropout2d', p)
    const dim = native.dim(input)
    if (dim !== 3 && dim !== 4)
      warn(
        `dropout2d: Received a ${dim}-D input to dropout2d, which is deprecated and will result in an error in a future release. To retain the behavior and silence this warning, please use dropout instead. Note that dropout2d exists to provide channel-wise dropout on inputs with 2 spatial dimensions, a channel dimension, and an optional batch dimension (i.e. 3D or 4D inputs).`,
      )
    if (dim === 3)
      warn(
        'dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a future release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain the 1D channel-wise dropout behavior, please switch to using dropout1d instead.',
      )
    return dropChannels(input, p, training, inplace, true)
  },
)

/**
 * Dropout of whole channels. input: (N, C, D, H, W) or (C, D, H, W), the same as the result.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.dropout3d.html
 */
export const dropout3d = define(
  'dropout3d',
  ['input', 'p?', 'training?', 'inplace?'],
  (input: Tensor, p = 0.5, training = true, inplace = false): Tensor => {
    checkProbability('dropout3d', p)
    const dim = native.dim(input)
    if (dim !== 4 && dim !== 5)
      warn(
        `dropout3d: Received a ${dim}-D input to dropout3d, which is deprecated and will result in an error in a future release. To retain the behavior and silence this warning, please use dropout instead. Note that dropout3d exists to provide channel-wise dropout on inputs with 3 spatial dimensions, a channel dimension, and an optional batch dimension (i.e. 4D or 5D inputs).`,
      )
    return dropChannels(input, p, training, inplace, dim === 5)
  },
)

/**
 * Dropout that keeps the mean and variance of SELU activations.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.alpha_dropout.html
 */
export const alpha_dropout = define(
  'alpha_dropout',
  ['input', 'p?', 'training?', 'inplace?'],
  (input: Tensor, p = 0.5, training = false, inplace = false): Tensor => {
    checkProbability('alpha_dropout', p)
    return call(inplace ? ops.alpha_dropout_ : ops.alpha_dropout, input, p, training) as Tensor
  },
)

/**
 * Alpha dropout of whole channels. input: (N, C, …) or (C, …).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.feature_alpha_dropout.html
 */
export const feature_alpha_dropout = define(
  'feature_alpha_dropout',
  ['input', 'p?', 'training?', 'inplace?'],
  (input: Tensor, p = 0.5, training = false, inplace = false): Tensor => {
    checkProbability('feature_alpha_dropout', p)
    return call(inplace ? ops.feature_alpha_dropout_ : ops.feature_alpha_dropout, input, p, training) as Tensor
  },
)
