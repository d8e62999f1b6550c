/** What the geometric kernels share. */
import { callByName } from '../../../../_C/call.js'
import { ValueError } from '../../../../_C/errors.js'
import { tensor } from '../../../../_creation.js'
import { get_default_dtype } from '../../../../_default_dtype.js'
import { cat, ones, where } from '../../../../_generated/torch.js'
import { type dtype, float32 } from '../../../../dtype.js'
import { slice } from '../../../../slice.js'
import type { Tensor } from '../../../../tensor.js'
import type { Fill } from '../../_geometry_arguments.js'
import { InterpolationMode, interpolationMode } from '../../interpolation_mode.js'

/** Runs `kernel` on a mask (H, W) as on one with a channel. */
export function withChannel(mask: Tensor, kernel: (mask: Tensor) => Tensor): Tensor {
  return mask.dim() < 3 ? kernel(mask.unsqueeze(0)).squeeze(0) : kernel(mask)
}

/** Numbers as torchvision makes a tensor of them: of the default dtype, whole or not. */
export const floats = (values: readonly number[], like: Tensor): Tensor =>
  tensor(values, { dtype: get_default_dtype(), device: like.device })

/** The dtype that coordinates have for `x`. */
export const gridDtype = (x: Tensor): dtype => (x.is_floating_point() ? x.dtype : float32)

/** The four corners (N, 4, 2) of boxes (N, 4) given by two, clockwise from the top left. */
export const fourCorners = (boxes: Tensor): Tensor => boxes.at(slice(), [0, 1, 2, 1, 2, 3, 0, 3]).reshape(-1, 4, 2)

/** The boxes (N, 4) around four points (N, 4, 2) each. */
export const boxesAround = (points: Tensor): Tensor => cat([points.amin(1), points.amax(1)], 1)

/** Points (N, 2) as (N, 3), with ones. */
export function homogeneous(points: Tensor, type: dtype): Tensor {
  return cat([points, ones([points.size(0), 1], { dtype: type, device: points.device })], -1)
}

/** @throws {TypeError | ValueError} for a mode that `sample` does not know, or fill values that are not the channels' */
export function checkSampling(image: Tensor, mode: InterpolationMode, fill: Fill | null): void {
  interpolationMode(mode)
  if (mode !== InterpolationMode.NEAREST && mode !== InterpolationMode.BILINEAR)
    throw new ValueError(`Interpolation mode '${mode}' is unsupported with Tensor input`)
  if (fill === null || typeof fill === 'number') return
  if (!Array.isArray(fill)) throw new ValueError('Argument fill should be either int, float, tuple or list')
  if (fill.length > 1 && fill.length !== image.size(-3))
    throw new ValueError(
      "The number of elements in 'fill' cannot broadcast to match the number of channels of the image " +
        `(${fill.length} != ${image.size(-3)})`,
    )
}

/**
 * `image` (…, C, H, W) seen through `grid` (1, H', W', 2): for each pixel of the result where it comes from, -1 to 1 across the
 * image. `fill` is what comes from outside; null leaves zeros that bleed into the edges.
 */
export function sample(image: Tensor, grid: Tensor, mode: InterpolationMode, fill: Fill | null): Tensor {
  const [channels, height, width] = image.shape.slice(-3) as [number, number, number]
  const shape = [...image.shape.slice(0, -2), ...grid.shape.slice(1, 3)]
  if (image.numel() === 0) return image.reshape(shape)
  let x = image.reshape(-1, channels, height, width).to(grid.dtype)
  const batch = x.size(0)
  const grids = batch > 1 ? grid.expand(batch, -1, -1, -1) : grid
  // A channel of ones shows what was inside.
  if (fill !== null) x = cat([x, ones([batch, 1, height, width], { dtype: x.dtype, device: x.device })], 1)
  x = callByName('aten::grid_sampler', null, x, grids, mode === 'bilinear' ? 0 : 1, 0, false) as Tensor
  if (fill !== null) {
    const inside = x.narrow(1, channels, 1)
    x = x.narrow(1, 0, channels)
    const colours = typeof fill === 'number' ? [fill] : fill
    const filling = tensor(colours, { dtype: x.dtype, device: x.device }).view(1, -1, 1, 1)
    x = mode === 'nearest' ? where(inside.lt(0.5), filling, x) : x.sub(filling).mul(inside).add(filling)
  }
  return (image.dtype === grid.dtype ? x : x.round().to(image.dtype)).reshape(shape)
}
