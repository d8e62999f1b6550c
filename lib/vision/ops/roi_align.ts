import { type Args, signature } from '../../_C/args.js'
import { define } from '../../_C/callable.js'
import { reprFloat } from '../../nn/_print.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import { callVision, type Pair, pairOf } from './_call.js'
import { type Boxes, roisOf } from './_rois.js'

/**
 * Averages of each bin of each region, sampled bilinearly. `input` (N, C, H, W); the result is (K, C, height, width).
 *
 * https://docs.pytorch.org/vision/stable/generated/torchvision.ops.roi_align.html
 */
export const roi_align = define(
  'roi_align',
  ['input', 'boxes', 'output_size', 'spatial_scale?', 'sampling_ratio?', 'aligned?'],
  (input: Tensor, boxes: Boxes, output_size: Pair, spatial_scale = 1, sampling_ratio = -1, aligned = false): Tensor => {
    const [height, width] = pairOf(output_size)
    return callVision(
      'roi_align',
      input,
      roisOf(boxes),
      spatial_scale,
      height,
      width,
      sampling_ratio,
      aligned,
    ) as Tensor
  },
)

export interface RoIAlignOptions {
  output_size: Pair
  spatial_scale: number
  sampling_ratio: number
  aligned: boolean
}

const roIAlignOptions = signature<RoIAlignOptions>('RoIAlign', 'output_size', 'spatial_scale', 'sampling_ratio', [
  'aligned',
  false,
])

/** `roi_align` as a layer. https://docs.pytorch.org/vision/stable/generated/torchvision.ops.RoIAlign.html */
export class RoIAlign extends Module<(input: Tensor, rois: Boxes) => Tensor> {
  output_size: Pair
  spatial_scale: number
  sampling_ratio: number
  aligned: boolean

  constructor(
    ...args: Args<
      [output_size: Pair, spatial_scale: number, sampling_ratio: number],
      [aligned: boolean],
      RoIAlignOptions
    >
  ) {
    super()
    const options = roIAlignOptions(args)
    this.output_size = options.output_size
    this.spatial_scale = options.spatial_scale
    this.sampling_ratio = options.sampling_ratio
    this.aligned = options.aligned
  }

  override forward(input: Tensor, rois: Boxes): Tensor {
    return roi_align(input, rois, this.output_size, this.spatial_scale, this.sampling_ratio, this.aligned)
  }

  override extra_repr(): string {
    const size = typeof this.output_size === 'number' ? this.output_size : `(${this.output_size.join(', ')})`
    return `output_size=${size}, spatial_scale=${reprFloat(this.spatial_scale)}, sampling_ratio=${this.sampling_ratio}, aligned=${this.aligned ? 'True' : 'False'}`
  }
}
