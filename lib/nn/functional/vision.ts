import { call } from '../../_C/call.js'
import { define, forward } from '../../_C/callable.js'
import { checkNumbers, checkString, show } from '../../_C/checks.js'
import { native } from '../../_C/native.js'
import { notImplementedError, valueError, warn } from '../../_C/raise.js'
import { sizesOf } from '../../_C/sizes.js'
import * as ops from '../../_generated/ops.js'
import { sizeText } from '../../size.js'
import type { Tensor } from '../../tensor.js'

/**
 * (*, C · r², H, W) to (*, C, H · r, W · r).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pixel_shuffle.html
 */
export const pixel_shuffle = forward<(input: Tensor, upscale_factor: number) => Tensor, ['input', 'upscale_factor']>(
  ops.pixel_shuffle,
)

/**
 * (*, C, H · r, W · r) to (*, C · r², H, W).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pixel_unshuffle.html
 */
export const pixel_unshuffle = forward<
  (input: Tensor, downscale_factor: number) => Tensor,
  ['input', 'downscale_factor']
>(ops.pixel_unshuffle)

/**
 * Interleaves the channels of `groups` groups. input: (N, C, *).
 * https://docs.pytorch.org/docs/stable/nn.functional.html#vision-functions
 */
export const channel_shuffle = forward<(input: Tensor, groups: number) => Tensor, ['input', 'groups']>(
  ops.channel_shuffle,
)

/** `channel_shuffle` by the native kernel alone. */
export const native_channel_shuffle = forward<(input: Tensor, groups: number) => Tensor, ['input', 'groups']>(
  ops.native_channel_shuffle,
)

/** The operators' numbers of `grid_sample`'s modes. */
export const GRID_SAMPLE_INTERPOLATION_MODES: Readonly<Record<string, number>> = { bilinear: 0, nearest: 1, bicubic: 2 }
/** The operators' numbers of `grid_sample`'s padding modes. */
export const GRID_SAMPLE_PADDING_MODES: Readonly<Record<string, number>> = { zeros: 0, border: 1, reflection: 2 }

function defaultAlignCorners(): false {
  warn(
    'Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify align_corners=True if the old behavior is desired. See the documentation of grid_sample for details.',
  )
  return false
}

/**
 * Samples the input at the grid's places, x first, from −1 to 1. input: (N, C, H, W), grid: (N, H', W', 2), result:
 * (N, C, H', W'); likewise for volumes with (…, 3).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.grid_sample.html
 */
export const grid_sample = define(
  'grid_sample',
  ['input', 'grid', 'mode?', 'padding_mode?', 'align_corners?'],
  (
    input: Tensor,
    grid: Tensor,
    mode: 'bilinear' | 'nearest' | 'bicubic' = 'bilinear',
    padding_mode: 'zeros' | 'border' | 'reflection' = 'zeros',
    align_corners: boolean | null = null,
  ): Tensor => {
    checkString('grid_sample', 'mode', mode)
    checkString('grid_sample', 'padding_mode', padding_mode)
    if (!Object.hasOwn(GRID_SAMPLE_INTERPOLATION_MODES, mode))
      throw valueError(
        `nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '${show(mode)}'`,
      )
    if (!Object.hasOwn(GRID_SAMPLE_PADDING_MODES, padding_mode))
      throw valueError(
        `nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '${show(padding_mode)}'`,
      )
    return call(
      ops.grid_sampler,
      input,
      grid,
      GRID_SAMPLE_INTERPOLATION_MODES[mode],
      GRID_SAMPLE_PADDING_MODES[padding_mode],
      align_corners ?? defaultAlignCorners(),
    ) as Tensor
  },
)

/**
 * The sampling grid of affine maps, for `grid_sample`. theta: (N, 2, 3) with size (N, C, H, W), or (N, 3, 4) with size
 * (N, C, D, H, W); result: (N, H, W, 2) or (N, D, H, W, 3).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.affine_grid.html
 */
export const affine_grid = define(
  'affine_grid',
  ['theta', 'size', 'align_corners?'],
  (theta: Tensor, size: readonly number[], align_corners: boolean | null = null): Tensor => {
    const aligned = align_corners ?? defaultAlignCorners()
    if (!theta.is_floating_point())
      throw valueError(`Expected theta to have floating point type, but got ${theta.dtype}`)
    checkNumbers('affine_grid', 'size', size)
    const n = size.length - 2
    const list = sizeText(size)
    if (n !== 2 && n !== 3)
      throw notImplementedError(
        `affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size ${list}.`,
      )
    const [, rows, columns] = sizesOf(theta)
    if (native.dim(theta) !== 3 || rows !== n || columns !== n + 1)
      throw valueError(
        `Expected a batch of ${n}D affine matrices of shape Nx${n}x${n + 1} for size ${list}. Got ${sizeText(sizesOf(theta))}.`,
      )
    if (aligned && Math.min(...size.slice(-n)) === 1)
      warn(
        'Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. This is not an intended use case of affine_grid. See the documentation of affine_grid for details.',
      )
    else if (Math.min(...size) <= 0) throw valueError(`Expected non-zero, positive output size. Got ${list}`)
    return call(ops.affine_grid_generator, theta, size, aligned) as Tensor
  },
)
