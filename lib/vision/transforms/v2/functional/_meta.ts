/** What inputs are like: sizes, channels, frames. */
import { define } from '../../../../_C/callable.js'
import { ValueError } from '../../../../_C/errors.js'
import { Tensor } from '../../../../tensor.js'
import { factsOf } from '../../../_image/modes.js'
import { Image as Picture } from '../../../image.js'
import { BoundingBoxes, Image, KeyPoints, Mask, Video } from '../../../tv_tensors/index.js'
import { getKernel, type Input, registerKernel } from './_utils.js'

/** @throws {TypeError} for fewer than two dimensions */
function sizeOf(x: Tensor): [height: number, width: number] {
  if (x.dim() < 2) throw new TypeError(`Input tensor should have at least two dimensions, but got ${x.dim()}`)
  return [x.size(-2), x.size(-1)]
}

/** `[height, width]` of (…, H, W). */
export const get_size_image = define('get_size_image', ['image'], sizeOf)

/** `[height, width]` of (…, T, C, H, W). */
export const get_size_video = define('get_size_video', ['video'], sizeOf)

/** `[height, width]` of (…, H, W). */
export const get_size_mask = define('get_size_mask', ['mask'], sizeOf)

function channelsOf(x: Tensor): number {
  sizeOf(x)
  return x.dim() === 2 ? 1 : x.size(-3)
}

/** How many channels (…, C, H, W) has; (H, W) has one. */
export const get_num_channels_image = define('get_num_channels_image', ['image'], channelsOf)

/** How many channels (…, T, C, H, W) has. */
export const get_num_channels_video = define('get_num_channels_video', ['video'], channelsOf)

const dimensionsOf = (x: Tensor): [channels: number, height: number, width: number] => [channelsOf(x), ...sizeOf(x)]

/** `[channels, height, width]` of (…, C, H, W) or (H, W). */
export const get_dimensions_image = define('get_dimensions_image', ['image'], dimensionsOf)

/** `[channels, height, width]` of (…, T, C, H, W). */
export const get_dimensions_video = define('get_dimensions_video', ['video'], dimensionsOf)

/** How many frames (…, T, C, H, W) has. */
export const get_num_frames_video = define('get_num_frames_video', ['video'], (video: Tensor): number => {
  if (video.dim() < 4) throw new ValueError(`A video has at least four dimensions, got ${video.dim()}`)
  return video.size(-4)
})

/** `[height, width]` of the image that boxes lie in. */
export const get_size_bounding_boxes = define(
  'get_size_bounding_boxes',
  ['bounding_box'],
  (bounding_box: BoundingBoxes): [height: number, width: number] => [...bounding_box.canvas_size],
)

/** `[height, width]` of the image that points lie in. */
export const get_size_keypoints = define(
  'get_size_keypoints',
  ['keypoints'],
  (keypoints: KeyPoints): [height: number, width: number] => [...keypoints.canvas_size],
)

/** `[channels, height, width]` of an image or video. */
export const get_dimensions = define(
  'get_dimensions',
  ['inpt'],
  (inpt: Input) => getKernel(get_dimensions, inpt)(inpt) as [channels: number, height: number, width: number],
)

/** The channels of an image or video. */
export const get_num_channels = define(
  'get_num_channels',
  ['inpt'],
  (inpt: Input) => getKernel(get_num_channels, inpt)(inpt) as number,
)

export { get_num_channels as get_image_num_channels }

/** `[height, width]`; for boxes and points of the image they lie in. */
export const get_size = define(
  'get_size',
  ['inpt'],
  (inpt: Input) => getKernel(get_size, inpt)(inpt) as [height: number, width: number],
)

/** The frames of a video. */
export const get_num_frames = define(
  'get_num_frames',
  ['inpt'],
  (inpt: Tensor) => getKernel(get_num_frames, inpt)(inpt) as number,
)

for (const type of [Tensor, Image, Video]) {
  registerKernel(get_dimensions, type, get_dimensions_image, false)
  registerKernel(get_num_channels, type, get_num_channels_image, false)
  registerKernel(get_size, type, get_size_image, false)
}
const bandsOf = (image: Picture): number => factsOf(image.mode).bands.length
registerKernel(get_dimensions, Picture, (image: Picture) => [bandsOf(image), image.height, image.width])
registerKernel(get_num_channels, Picture, bandsOf)
registerKernel(get_size, Picture, (image: Picture) => [image.height, image.width])
registerKernel(get_size, Mask, get_size_mask, false)
registerKernel(get_size, BoundingBoxes, get_size_bounding_boxes, false)
registerKernel(get_size, KeyPoints, get_size_keypoints, false)
registerKernel(get_num_frames, Tensor, get_num_frames_video, false)
registerKernel(get_num_frames, Video, get_num_frames_video, false)
