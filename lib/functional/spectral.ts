import { call } from '../_C/call.js'
import { define, forward } from '../_C/callable.js'
import { checkNumber } from '../_C/checks.js'
import { runtimeError } from '../_C/raise.js'
import { sizesOf } from '../_C/sizes.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'

/**
 * Short-time Fourier transform. input: (T) or (B, T); result: complex (B?, n_fft / 2 + 1, frames), all n_fft frequencies without
 * `onesided`, or real with a last dimension of 2 where `return_complex` is false. `center` pads by n_fft / 2 on both sides.
 * https://docs.pytorch.org/docs/stable/generated/torch.stft.html
 */
export const stft = define(
  'stft',
  [
    'input',
    'n_fft',
    'hop_length?',
    'win_length?',
    'window?',
    'center?',
    'pad_mode?',
    'normalized?',
    'onesided?',
    'return_complex?',
    'align_to_window?',
  ],
  (
    input: Tensor,
    n_fft: number,
    hop_length: number | null = null,
    win_length: number | null = null,
    window: Tensor | null = null,
    center = true,
    pad_mode: 'constant' | 'reflect' | 'replicate' | 'circular' = 'reflect',
    normalized = false,
    onesided: boolean | null = null,
    return_complex: boolean | null = null,
    align_to_window: boolean | null = null,
  ): Tensor => {
    if (center && align_to_window !== null)
      throw runtimeError('stft align_to_window should only be set when center = false')
    checkNumber('stft', 'n_fft', n_fft)
    let signal: unknown = input
    if (center) {
      const shape = sizesOf(input)
      const margin = Math.floor(n_fft / 2)
      // The padding operators want a channel dimension.
      const extended = [...Array<number>(Math.max(0, 3 - shape.length)).fill(1), ...shape]
      const padded = call(ops.pad, call(ops.view, input, extended), [margin, margin], pad_mode) as Tensor
      signal = call(ops.view, padded, sizesOf(padded).slice(-shape.length))
    }
    return call(
      ops.stft,
      signal,
      n_fft,
      hop_length,
      win_length,
      window,
      normalized,
      onesided,
      return_complex,
      align_to_window,
    ) as Tensor
  },
)

/**
 * Inverse of `stft`. input: complex (B?, frequencies, frames); result: (B?, length).
 * https://docs.pytorch.org/docs/stable/generated/torch.istft.html
 */
export const istft = forward<
  (
    input: Tensor,
    n_fft: number,
    hop_length?: number | null,
    win_length?: number | null,
    window?: Tensor | null,
    center?: boolean,
    normalized?: boolean,
    onesided?: boolean | null,
    length?: number | null,
    return_complex?: boolean,
  ) => Tensor,
  [
    'input',
    'n_fft',
    'hop_length?',
    'win_length?',
    'window?',
    'center?',
    'normalized?',
    'onesided?',
    'length?',
    'return_complex?',
  ]
>(ops.istft)
