import { type Args, signature } from '../../_C/args.js'
import { define } from '../../_C/callable.js'
import { reprFloat } from '../../nn/_print.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import { callVision, type Pair, pairOf } from './_call.js'
import { type Boxes, roisOf } from './_rois.js'

/**
 * The greatest number of each bin of each region. `input` (N, C, H, W); the result is (K, C, height, width).
 *
 * https://docs.pytorch.org/vision/stable/generated/torchvision.ops.roi_pool.html
 */
export const roi_pool = define(
  'roi_pool',
  ['input', 'boxes', 'output_size', 'spatial_scale?'],
  (input: Tensor, boxes: Boxes, output_size: Pair, spatial_scale = 1): Tensor => {
    const [height, width] = pairOf(output_size)
    return (callVision('roi_pool', input, roisOf(boxes), spatial_scale, height, width) as [Tensor, Tensor])[0]
  },
)

export interface RoIPoolOptions {
  output_size: Pair
  spatial_scale: number
}

const roIPoolOptions = signature<RoIPoolOptions>('RoIPool', 'output_size', 'spatial_scale')

/** `roi_pool` as a layer. https://docs.pytorch.org/vision/stable/generated/torchvision.ops.RoIPool.html */
export class RoIPool extends Module<(input: Tensor, rois: Boxes) => Tensor> {
  output_size: Pair
  spatial_scale: number

  constructor(...args: Args<[output_size: Pair, spatial_scale: number], [], RoIPoolOptions>) {
    super()
    const options = roIPoolOptions(args)
    this.output_size = options.output_size
    this.spatial_scale = options.spatial_scale
  }

  override forward(input: Tensor, rois: Boxes): Tensor {
    return roi_pool(input, rois, this.output_size, this.spatial_scale)
  }

  override extra_repr(): string {
    const size = typeof this.output_size === 'number' ? this.output_size : `(${this.output_size.join(', ')})`
    return `output_size=${size}, spatial_scale=${reprFloat(this.spatial_scale)}`
  }
}
