import { type Args, signature } from '../../_C/args.js'
import { define } from '../../_C/callable.js'
import { reprFloat } from '../../nn/_print.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import { callVision, type Pair, pairOf } from './_call.js'
import { type Boxes, roisOf } from './_rois.js'

/**
 * `roi_align` whose bins read channels of their own. `input` (N, C · height · width, H, W); the result is (K, C, height, width).
 *
 * https://docs.pytorch.org/vision/stable/generated/torchvision.ops.ps_roi_align.html
 */
export const ps_roi_align = define(
  'ps_roi_align',
  ['input', 'boxes', 'output_size', 'spatial_scale?', 'sampling_ratio?'],
  (input: Tensor, boxes: Boxes, output_size: Pair, spatial_scale = 1, sampling_ratio = -1): Tensor => {
    const [height, width] = pairOf(output_size)
    return (
      callVision('ps_roi_align', input, roisOf(boxes), spatial_scale, height, width, sampling_ratio) as [Tensor, Tensor]
    )[0]
  },
)

export interface PSRoIAlignOptions {
  output_size: Pair
  spatial_scale: number
  sampling_ratio: number
}

const pSRoIAlignOptions = signature<PSRoIAlignOptions>('PSRoIAlign', 'output_size', 'spatial_scale', 'sampling_ratio')

/** `ps_roi_align` as a layer. https://docs.pytorch.org/vision/stable/generated/torchvision.ops.PSRoIAlign.html */
export class PSRoIAlign extends Module<(input: Tensor, rois: Boxes) => Tensor> {
  output_size: Pair
  spatial_scale: number
  sampling_ratio: number

  constructor(
    ...args: Args<[output_size: Pair, spatial_scale: number, sampling_ratio: number], [], PSRoIAlignOptions>
  ) {
    super()
    const options = pSRoIAlignOptions(args)
    this.output_size = options.output_size
    this.spatial_scale = options.spatial_scale
    this.sampling_ratio = options.sampling_ratio
  }

  override forward(input: Tensor, rois: Boxes): Tensor {
    return ps_roi_align(input, rois, this.output_size, this.spatial_scale, this.sampling_ratio)
  }

  override extra_repr(): string {
    const size = typeof this.output_size === 'number' ? this.output_size : `(${this.output_size.join(', ')})`
    return `output_size=${size}, spatial_scale=${reprFloat(this.spatial_scale)}, sampling_ratio=${this.sampling_ratio}`
  }
}
