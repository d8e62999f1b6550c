/** Padding, warping and blurring of tensor images (…, C, H, W), in torchvision's order of operations. */
import { callByName } from '../../_C/call.js'
import { IndexError, TorchError, ValueError } from '../../_C/errors.js'
import { tensor } from '../../_creation.js'
import { cat, constant_pad_nd, empty, exp, linspace, ones, where } from '../../_generated/torch.js'
import { type dtype, float32, float64, int8, int16, int32, int64, uint8 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import { checkTensorImage } from './_functional_tensor.js'
import type { Fill, PaddingMode } from './_geometry_arguments.js'
import type { InterpolationMode } from './interpolation_mode.js'

type Sides = readonly [left: number, top: number, right: number, bottom: number]

export function pad(img: Tensor, [left, top, right, bottom]: Sides, fill: number, mode: PaddingMode): Tensor {
  checkTensorImage(img)
  const padding = [left, right, top, bottom] as const
  if (mode === 'symmetric') return padSymmetric(img, padding)
  if (mode === 'constant') return constant_pad_nd(img, padding, fill)
  const kernel = mode === 'edge' ? 'replicate' : 'reflect'
  const batched = img.dim() < 4 ? img.unsqueeze(0) : img
  const kept = img.dtype === float32 || img.dtype === float64
  let x = callByName('aten::pad', null, kept ? batched : batched.to(float32), padding, kernel) as Tensor
  if (img.dim() < 4) x = x.squeeze(0)
  return kept ? x : x.to(img.dtype)
}

function padSymmetric(img: Tensor, padding: readonly [number, number, number, number]): Tensor {
  const [left, right, top, bottom] = padding
  const dims = img.dim()
  if (dims !== 3 && dims !== 4) throw new TorchError('Symmetric padding of N-D tensors are not supported yet')
  const columns = mirrored(img.size(-1), left, right)
  const rows = mirrored(img.size(-2), top, bottom)
  return img.index_select(dims - 2, rows.to(img.device)).index_select(dims - 1, columns.to(img.device))
}

/** The indices of a side of `size` with its ends mirrored outwards; negative padding cuts. */
function mirrored(size: number, before: number, after: number): Tensor {
  const first = Math.max(0, -before)
  const length = size - first - Math.max(0, -after)
  if (before > length || after > length)
    throw new IndexError(`symmetric padding of ${Math.max(before, after)} is larger than the image's side of ${length}`)
  const indices: number[] = []
  for (let i = before - 1; i >= 0; i--) indices.push(i)
  for (let i = 0; i < length; i++) indices.push(i)
  for (let i = 0; i < after; i++) indices.push(length - 1 - i)
  // Where nothing is left torchvision's list of indices has no integers, and these are Python's words for that.
  if (indices.length === 0) throw new IndexError('tensors used as indices must be long, int, byte or bool tensors')
  return tensor(
    indices.map(i => i + first),
    { dtype: int64 },
  )
}

/** `img` as (N, C, H, W) of `type`, and the way back. */
function cast(img: Tensor, type: dtype): [x: Tensor, back: (x: Tensor) => Tensor] {
  const batched = img.dim() < 4 ? img.unsqueeze(0) : img
  const back = (x: Tensor): Tensor => {
    const y = img.dim() < 4 ? x.squeeze(0) : x
    if (img.dtype === type) return y
    return (wholes.has(img.dtype) ? y.round() : y).to(img.dtype)
  }
  return [batched.to(type), back]
}

const wholes: ReadonlySet<dtype> = new Set([uint8, int8, int16, int32, int64])
const working = (img: Tensor): dtype => (img.is_floating_point() ? img.dtype : float32)

/** @throws {ValueError} for a number of fill values that is neither one nor the channels' */
function checkFill(img: Tensor, fill: Fill | null): void {
  checkTensorImage(img)
  const channels = img.dim() === 2 ? 1 : img.size(-3)
  if (fill !== null && typeof fill !== 'number' && fill.length !== 1 && fill.length !== channels)
    throw new ValueError(
      "The number of elements in 'fill' cannot broadcast to match the number of channels of the image " +
        `(${fill.length} != ${channels})`,
    )
}

/** Where the grid (1, H, W, 2) says, from -1 to 1 across the image; outside it `fill`. */
function sample(img: Tensor, grid: Tensor, mode: InterpolationMode, fill: Fill | null): Tensor {
  const [x, back] = cast(img, grid.dtype)
  const [n, , height, width] = x.shape as [number, number, number, number]
  const grids = n > 1 ? grid.expand(n, ...grid.shape.slice(1)) : grid
  // A channel of ones shows what was inside.
  const source = fill === null ? x : cat([x, ones([n, 1, height, width], { dtype: x.dtype, device: x.device })], 1)
  const kernelMode = mode === 'bilinear' ? 0 : 1
  const sampled = callByName('aten::grid_sampler', null, source, grids, kernelMode, 0, false) as Tensor
  if (fill === null) return back(sampled)
  const channels = x.size(1)
  const colours = sampled.narrow(1, 0, channels)
  const mask = sampled.narrow(1, channels, 1).expand_as(colours)
  const values = typeof fill === 'number' ? [fill] : fill
  const filling = tensor(values, { dtype: x.dtype, device: x.device }).view(1, -1, 1, 1).expand_as(colours)
  if (mode === 'nearest') return back(where(mask.lt(0.5), filling, colours))
  return back(colours.mul(mask).add(mask.neg().add(1).mul(filling)))
}

/** Homogeneous coordinates (1, H * W, 3) of pixels, the first at `x`, `y`. */
function coordinates(width: number, height: number, x: number, y: number, type: dtype): Tensor {
  const grid = empty([1, height, width, 3], { dtype: type })
  grid.select(-1, 0).copy_(linspace(x, x + width - 1, width))
  grid.select(-1, 1).copy_(linspace(y, y + height - 1, height).unsqueeze_(-1))
  grid.select(-1, 2).fill_(1)
  return grid.view(1, height * width, 3)
}

/** `matrix`, two rows of three, maps from the output to the input, both from their middles, in pixels. */
export function affine(
  img: Tensor,
  matrix: readonly number[],
  mode: InterpolationMode,
  fill: Fill | null,
  expand = false,
): Tensor {
  checkFill(img, fill)
  const [height, width] = [img.size(-2), img.size(-1)]
  const [outWidth, outHeight] = expand ? expandedSize(matrix, width, height) : [width, height]
  const type = working(img)
  const theta = tensor(matrix, { dtype: type }).reshape(1, 2, 3).transpose(1, 2)
  const base = coordinates(outWidth, outHeight, -outWidth * 0.5 + 0.5, -outHeight * 0.5 + 0.5, type)
  const grid = base.bmm(theta.div(tensor([0.5 * width, 0.5 * height], { dtype: type })))
  return sample(img, grid.view(1, outHeight, outWidth, 2).to(img.device), mode, fill)
}

/** What holds the whole turned image. Float32, and 1e-4 that do not count, as torchvision has it. */
function expandedSize(matrix: readonly number[], width: number, height: number): [width: number, height: number] {
  const [x, y] = [0.5 * width, 0.5 * height]
  const corners = tensor(
    [
      [-x, -y, 1],
      [-x, y, 1],
      [x, y, 1],
      [x, -y, 1],
    ],
    { dtype: float32 },
  )
  const theta = tensor(matrix, { dtype: float32 }).view(2, 3)
  const points = corners.matmul(theta.t())
  const half = tensor([x, y], { dtype: float32 })
  const cut = (t: Tensor) => t.add(half).div(1e-4).trunc_().mul(1e-4)
  const size = cut(points.amax(0))
    .ceil()
    .sub(cut(points.amin(0)).floor())
  return size.tolist() as [number, number]
}

/** `(x, y) → ((ax + by + c) / (gx + hy + 1), (dx + ey + f) / (gx + hy + 1))` from the output to the input, in pixels. */
export function perspective(
  img: Tensor,
  coefficients: readonly number[],
  mode: InterpolationMode,
  fill: Fill | null,
): Tensor {
  checkFill(img, fill)
  const [height, width] = [img.size(-2), img.size(-1)]
  const type = working(img)
  const [a, b, c, d, e, f, g, h] = coefficients as readonly [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const above = tensor(
    [
      [
        [a, b, c],
        [d, e, f],
      ],
    ],
    { dtype: type },
  ).transpose(1, 2)
  const below = tensor(
    [
      [
        [g, h, 1],
        [g, h, 1],
      ],
    ],
    { dtype: type },
  ).transpose(1, 2)
  const base = coordinates(width, height, 0.5, 0.5, type)
  const scaled = base.bmm(above.div(tensor([0.5 * width, 0.5 * height], { dtype: type })))
  const grid = scaled.div(base.bmm(below)).sub(1)
  return sample(img, grid.view(1, height, width, 2).to(img.device), mode, fill)
}

/** `displacement` (1, H, W, 2) is added to where each pixel comes from; 2 is the image's width or height. */
export function elastic_transform(
  img: Tensor,
  displacement: Tensor,
  mode: InterpolationMode,
  fill: Fill | null,
): Tensor {
  checkFill(img, fill)
  const [height, width] = [img.size(-2), img.size(-1)]
  const along = (size: number) => linspace((1 - size) / size, (size - 1) / size, size)
  const identity = empty([1, height, width, 2])
  identity.select(-1, 0).copy_(along(width))
  identity.select(-1, 1).copy_(along(height).unsqueeze(-1))
  return sample(img, identity.to(img.device).add(displacement.to(img.device)), mode, fill)
}

function gaussianKernel(size: number, sigma: number, type: dtype): Tensor {
  const half = (size - 1) * 0.5
  const density = exp(linspace(-half, half, size, { dtype: type }).div(sigma).pow(2).mul(-0.5))
  return density.div(density.sum())
}

export function gaussian_blur(
  img: Tensor,
  [kernelX, kernelY]: readonly [number, number],
  [sigmaX, sigmaY]: readonly [number, number],
): Tensor {
  checkTensorImage(img)
  const type = working(img)
  const [across, down] = [gaussianKernel(kernelX, sigmaX, type), gaussianKernel(kernelY, sigmaY, type)]
  const channels = img.size(-3)
  const kernel = down.unsqueeze(1).mm(across.unsqueeze(0)).expand(channels, 1, kernelY, kernelX).to(img.device)
  const [x, back] = cast(img, type)
  const [padX, padY] = [Math.floor(kernelX / 2), Math.floor(kernelY / 2)]
  const padded = callByName('aten::pad', null, x, [padX, padX, padY, padY], 'reflect') as Tensor
  return back(callByName('aten::conv2d', null, padded, kernel, null, [1, 1], [0, 0], [1, 1], channels) as Tensor)
}
