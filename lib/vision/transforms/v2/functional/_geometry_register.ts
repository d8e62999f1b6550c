/** Kernels of a geometric functional for all types at once. */
import { Tensor } from '../../../../tensor.js'
import { Image as Picture } from '../../../image.js'
import { BoundingBoxes, Image, KeyPoints, Mask, Video, wrap } from '../../../tv_tensors/index.js'
import type { Size } from './_boxes.js'
import { type Kernel, plain, registerKernel } from './_utils.js'

/** Boxes or points after a transform, with their canvas where it is another one. */
type Moved = Tensor | readonly [Tensor, Size]

interface Kernels {
  /** Of plain tensors, images and videos. */
  image: Kernel
  picture: Kernel
  mask?: Kernel
  /** Gets the plain tensor and then the boxes, for what they know. */
  boxes?: (x: Tensor, boxes: BoundingBoxes, ...args: never[]) => Moved
  /** Gets the plain tensor and then the points, for their canvas. */
  points?: (x: Tensor, points: KeyPoints, ...args: never[]) => Moved
}

function wrapped<T extends BoundingBoxes | KeyPoints>(kernel: (x: Tensor, like: T, ...args: never[]) => Moved): Kernel {
  return (like: T, ...args: never[]): Tensor => {
    const moved = kernel(plain(like), like, ...args)
    if (moved instanceof Tensor) return wrap(moved, { like: like as Tensor })
    return wrap(moved[0], { like: like as KeyPoints, canvas_size: moved[1] })
  }
}

/** Sets what `functional` does with each type. */
export function registerKernels(functional: Kernel, { image, picture, mask, boxes, points }: Kernels): void {
  for (const type of [Tensor, Image, Video]) registerKernel(functional, type, image)
  registerKernel(functional, Picture, picture)
  if (mask) registerKernel(functional, Mask, mask)
  if (boxes) registerKernel(functional, BoundingBoxes, wrapped(boxes), false)
  if (points) registerKernel(functional, KeyPoints, wrapped(points), false)
}
