import { type Args, signature } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { withModes } from '../../_C/modes.js'
import { bool, int64 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import { type DrawColor, type RGB, rgbOf } from './_colors.js'
import { checkPicture, checkRgb, drawn } from './_draw.js'

/** Keywords of `draw_keypoints`. */
export interface DrawKeypointsKeywords {
  /** (3, H, W), uint8 or floats from 0 to 1. */
  image: Tensor
  /** (instances, K, 2): x and y of each point. */
  keypoints: Tensor
  /** Pairs of points that white lines connect. */
  connectivity: readonly (readonly [from: number, to: number])[] | null
  /** The points' colour; without one they are not drawn, as in torchvision. */
  colors: DrawColor | null
  /** Of the points, in pixels. Default 2. */
  radius: number
  /** Of the lines, in pixels. Default 3. */
  width: number
  /** (instances, K): which points are there. Default: all. */
  visibility: Tensor | null
}

const parameters = signature<DrawKeypointsKeywords>(
  'draw_keypoints',
  'image',
  'keypoints',
  ['connectivity', null],
  ['colors', null],
  ['radius', 2],
  ['width', 3],
  ['visibility', null],
)

const white: RGB = [255, 255, 255]

/**
 * A picture with points, and lines between them: a new tensor of the picture's shape and dtype.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.utils.draw_keypoints.html
 *
 * @throws {TypeError} for what is no tensor
 * @throws {ValueError} for another shape or dtype, or what is no colour
 */
export function draw_keypoints(
  ...args: Args<
    [image: Tensor, keypoints: Tensor],
    [
      connectivity: readonly (readonly [from: number, to: number])[] | null,
      colors: DrawColor | null,
      radius: number,
      width: number,
      visibility: Tensor | null,
    ],
    DrawKeypointsKeywords
  >
): Tensor {
  const { image, keypoints, connectivity, colors, radius, width, visibility } = parameters(args)
  checkPicture(image, 'The image must be a tensor')
  checkRgb(image)
  if (keypoints.dim() !== 3) throw new ValueError('keypoints must be of shape (num_instances, K, 2)')
  if (!Number.isInteger(radius) || radius < 0) throw new ValueError(`radius must be a whole number >= 0, got ${radius}`)
  const seen = visibility?.dim() === 3 ? visibility.squeeze(-1) : visibility
  if (seen && seen.dim() !== 2)
    throw new ValueError(`visibility must be of shape (num_instances, K). Got ndim=${seen.dim()}`)
  if (seen && (seen.size(0) !== keypoints.size(0) || seen.size(1) !== keypoints.size(1)))
    throw new ValueError(
      'keypoints and visibility must have the same dimensionality for num_instances and K. ' +
        `Got visibility.shape=${seen.shape} and keypoints.shape=${keypoints.shape}`,
    )
  const color = colors === null ? null : rgbOf(colors)
  return withModes({ grad: false }, () => {
    const instances = keypoints.to(int64).tolist() as [x: number, y: number][][]
    const flags = seen ? (seen.to(bool).tolist() as boolean[][]) : null
    return drawn(image, drawing => {
      for (const [i, points] of instances.entries()) {
        const isSeen = (k: number) => flags?.[i]?.[k] ?? true
        if (color) for (const [k, [x, y]] of points.entries()) if (isSeen(k)) drawing.disc(x, y, radius, color)
        for (const [from, to] of connectivity ?? []) {
          const [start, end] = [points.at(from), points.at(to)]
          if (!start || !end) throw new ValueError(`there is no keypoint ${start ? to : from} among ${points.length}`)
          if (isSeen(from) && isSeen(to)) drawing.line(...start, ...end, white, width)
        }
      }
    })
  })
}
