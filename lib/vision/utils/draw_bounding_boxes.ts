import { type Args, signature } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { withModes } from '../../_C/modes.js'
import { int64 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import type { Drawing } from '../_image/draw.js'
import { drawText, textSize } from '../_image/letters.js'
import type { RGB } from './_colors.js'
import { checkPicture, colorsOf, type DrawColors, drawn, warn } from './_draw.js'

/** Keywords of `draw_bounding_boxes`. */
export interface DrawBoundingBoxesKeywords {
  /** (1 or 3, H, W), uint8 or floats from 0 to 1. */
  image: Tensor
  /** (N, 4): left, upper, right, lower; or (N, 8): the corners of boxes that lie askew. */
  boxes: Tensor
  /** A text for each box. */
  labels: readonly (string | null)[] | null
  /** One colour for all, or one for each. Default: a palette. */
  colors: DrawColors
  /** Fill the boxes too, half transparent. */
  fill: boolean
  /** Of the outline, in pixels. Default 1. */
  width: number
  /** Only null: there is one font here, of small letters. */
  font: string | null
  /** Height of the letters in pixels, as near as whole dots come. Default 8. */
  font_size: number | null
  /** Default: those of the boxes, or black on `fill_labels`. */
  label_colors: DrawColors
  /** Default: those of the boxes. */
  label_background_colors: DrawColors
  /** Fill the ground of the labels. */
  fill_labels: boolean
}

const parameters = signature<DrawBoundingBoxesKeywords>(
  'draw_bounding_boxes',
  'image',
  'boxes',
  ['labels', null],
  ['colors', null],
  ['fill', false],
  ['width', 1],
  ['font', null],
  ['font_size', null],
  ['label_colors', null],
  ['label_background_colors', null],
  ['fill_labels', false],
)

/**
 * A picture with boxes around things in it, and their labels: a new tensor (3, H, W) of the picture's dtype.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.utils.draw_bounding_boxes.html
 *
 * @throws {TypeError} for what is no tensor
 * @throws {ValueError} for another shape or dtype, boxes inside out, or the wrong number of labels or colours
 */
export function draw_bounding_boxes(
  ...args: Args<
    [image: Tensor, boxes: Tensor],
    [
      labels: readonly (string | null)[] | null,
      colors: DrawColors,
      fill: boolean,
      width: number,
      font: string | null,
      font_size: number | null,
      label_colors: DrawColors,
      label_background_colors: DrawColors,
      fill_labels: boolean,
    ],
    DrawBoundingBoxesKeywords
  >
): Tensor {
  const options = parameters(args)
  const { image, boxes, labels, fill, width } = options
  checkPicture(image, 'Tensor expected')
  if (image.size(0) !== 1 && image.size(0) !== 3) throw new ValueError('Only grayscale and RGB images are supported')
  if (boxes.dim() !== 2 || (boxes.size(1) !== 4 && boxes.size(1) !== 8))
    throw new ValueError(`boxes must be of shape (N, 4) or (N, 8), got ${boxes.shape}`)
  if (options.font !== null) throw new ValueError('fonts of files are not read here: leave font out, font_size works')
  return withModes({ grad: false }, () => {
    const corners = boxes.to(int64).tolist() as number[][]
    if (boxes.size(1) === 4 && (boxes.tolist() as number[][]).some(([x0, y0, x1, y1]) => x0! > x1! || y0! > y1!))
      throw new ValueError(
        'Boxes need to be in (xmin, ymin, xmax, ymax) format. Use torchvision.ops.box_convert to convert them',
      )
    const count = corners.length
    if (count === 0) {
      warn("boxes doesn't contain any box. No box was drawn")
      return image
    }
    if (labels !== null && labels.length !== count)
      throw new ValueError(
        `Number of boxes (${count}) and labels (${labels.length}) mismatch. Please specify labels for each box.`,
      )
    const colors = colorsOf(options.colors, count)
    const grounds = options.fill_labels ? colorsOf(options.label_background_colors ?? colors, count) : null
    const inks = options.label_colors || grounds ? colorsOf(options.label_colors ?? 'black', count) : colors
    const scale = Math.max(1, Math.round((options.font_size ?? 8) / 8))
    const picture = image.size(0) === 1 ? image.expand(3, -1, -1) : image
    return drawn(picture, drawing => {
      for (const [i, box] of corners.entries()) {
        if (box.length === 4) drawBox(drawing, box, colors[i]!, fill, width)
        else drawAskew(drawing, box, colors[i]!, fill, width)
        const label = labels?.[i] ?? null
        if (label === null) continue
        const [x, y] = [box[0]! + width + 1, box[1]! + width + 1]
        const [wide, high] = textSize(label, scale)
        if (grounds) drawing.box(x - 1, y - 1, x + wide, y + high, grounds[i]!)
        drawText(drawing, x, y, label, inks[i]!, scale)
      }
    })
  })
}

/** How opaque a filled box is, of 255. */
const fillAlpha = 100

function drawBox(drawing: Drawing, box: number[], color: RGB, fill: boolean, width: number): void {
  const [x0, y0, x1, y1] = box as [number, number, number, number]
  if (fill) drawing.box(x0, y0, x1, y1, color, fillAlpha)
  drawing.frame(x0, y0, x1, y1, color, width)
}

const dash = 5

/** The first side is dashed: it shows which way is up. */
function drawAskew(drawing: Drawing, box: number[], color: RGB, fill: boolean, width: number): void {
  let [x, y] = box as [number, number]
  const [endX, endY] = [box[2]!, box[3]!]
  let left = Math.sqrt((endX - x) ** 2 + (endY - y) ** 2)
  for (let i = 0; left > 0; i++) {
    const length = Math.min(left, dash)
    const angle = Math.atan2(endY - y, endX - x)
    const [nextX, nextY] = [x + Math.cos(angle) * length, y + Math.sin(angle) * length]
    if (i % 2 === 0) drawing.line(x, y, nextX, nextY, color, width)
    left -= length
    ;[x, y] = [nextX, nextY]
  }
  for (let i = 2; i < 8; i += 2) drawing.line(box[i]!, box[i + 1]!, box[(i + 2) % 8]!, box[(i + 3) % 8]!, color, width)
  if (fill) drawing.polygon(box, color, fillAlpha)
}
