import { type Args, signature } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import type { Tensor } from '../../tensor.js'
import { dataTensor, ofClass, TVTensor, type TVTensorData, type TVTensorOptions } from './tv_tensor.js'

/** What the numbers of a box mean. https://docs.pytorch.org/vision/stable/generated/torchvision.tv_tensors.BoundingBoxFormat.html */
export type BoundingBoxFormat = 'XYXY' | 'XYWH' | 'CXCYWH' | 'XYWHR' | 'CXCYWHR' | 'XYXYXYXY'

/**
 * The formats by torchvision's names. Two corners; a corner with width and height; the centre with width and height; the
 * last two turned by `r` degrees; four corners.
 */
export const BoundingBoxFormat = {
  XYXY: 'XYXY',
  XYWH: 'XYWH',
  CXCYWH: 'CXCYWH',
  XYWHR: 'XYWHR',
  CXCYWHR: 'CXCYWHR',
  XYXYXYXY: 'XYXYXYXY',
} as const satisfies Record<string, BoundingBoxFormat>

/** What becomes of boxes that reach outside the image: see `transforms.v2.ClampBoundingBoxes`. */
export type ClampingMode = 'soft' | 'hard' | null

/** Height and width of the image that boxes and points lie in. */
export type CanvasSize = readonly [height: number, width: number]

/** Whether boxes of the format are turned. */
export function is_rotated_bounding_format(format: BoundingBoxFormat | string): boolean {
  if (typeof format !== 'string')
    throw new ValueError(`format should be str or BoundingBoxFormat, got ${typeof format}`)
  return format === 'XYWHR' || format === 'CXCYWHR' || format === 'XYXYXYXY'
}

/** The format of that name, in any case. @throws {ValueError} for one that there is not @internal */
export function boundingBoxFormat(format: string): BoundingBoxFormat {
  const name = String(format).toUpperCase()
  if (Object.hasOwn(BoundingBoxFormat, name)) return name as BoundingBoxFormat
  throw new ValueError(`unknown format '${format}'; there are: ${Object.keys(BoundingBoxFormat).join(', ')}`)
}

/** What boxes know besides their numbers. */
export interface BoundingBoxesMetadata {
  format: BoundingBoxFormat | Lowercase<BoundingBoxFormat>
  canvas_size: CanvasSize
  /** Default `soft`. */
  clamping_mode: ClampingMode
}

type Options = { data: TVTensorData } & BoundingBoxesMetadata & TVTensorOptions

const parameters = signature<Options>(
  'BoundingBoxes',
  'data',
  '*',
  'format',
  'canvas_size',
  ['clamping_mode', 'soft'],
  ['dtype', null],
  ['device', null],
  ['requires_grad', null],
)

/**
 * The boxes of one image: (N, 4), turned ones (N, 5) or (N, 8). `new BoundingBoxes(data, { format, canvas_size })`; of one
 * dimension it becomes one row.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.tv_tensors.BoundingBoxes.html
 */
export class BoundingBoxes extends TVTensor {
  declare format: BoundingBoxFormat
  declare canvas_size: CanvasSize
  declare clamping_mode: ClampingMode

  constructor(...args: Args<[data: TVTensorData], [], Options>) {
    const { data, format, canvas_size, clamping_mode, dtype, device, requires_grad } = parameters(args)
    const tensor = dataTensor([data, { dtype, device, requires_grad }])
    if (!tensor.is_floating_point() && is_rotated_bounding_format(format))
      throw new ValueError(`Rotated bounding boxes should be floating point tensors, got ${tensor.dtype}.`)
    super(rowsOf(tensor))
    setMetadata(this, { format, canvas_size, clamping_mode })
  }

  static override wrap(
    tensor: Tensor,
    like: BoundingBoxes,
    { format = like.format, canvas_size = like.canvas_size, ...rest }: Partial<BoundingBoxesMetadata> = {},
  ): BoundingBoxes {
    const boxes = ofClass(rowsOf(tensor), like)
    const clamping_mode = rest.clamping_mode === undefined ? like.clamping_mode : rest.clamping_mode
    return setMetadata(boxes, { format, canvas_size, clamping_mode })
  }

  override toString(): string {
    const { format, canvas_size, clamping_mode } = this
    const size = `canvas_size=(${canvas_size.join(', ')})`
    return this._reprWith(`format=BoundingBoxFormat.${format}, ${size}, clamping_mode=${clamping_mode ?? 'None'}`)
  }
}

function rowsOf(tensor: Tensor): Tensor {
  const dims = tensor.dim()
  if (dims === 1) return tensor.unsqueeze(0)
  if (dims !== 2) throw new ValueError(`Expected a 1D or 2D tensor, got ${dims}D`)
  return tensor
}

function setMetadata(
  boxes: BoundingBoxes,
  { format, canvas_size, clamping_mode }: BoundingBoxesMetadata,
): BoundingBoxes {
  if (clamping_mode !== null && clamping_mode !== 'hard' && clamping_mode !== 'soft')
    throw new ValueError(`clamping_mode must be None, hard or soft, got ${String(clamping_mode)}.`)
  boxes.format = boundingBoxFormat(format)
  boxes.canvas_size = checkedCanvas(canvas_size)
  boxes.clamping_mode = clamping_mode
  return boxes
}

/** @throws {TypeError} for what is not two numbers @internal */
export function checkedCanvas(size: CanvasSize): CanvasSize {
  if (Array.isArray(size) && size.length === 2 && size.every(side => typeof side === 'number'))
    return [size[0]!, size[1]!]
  throw new TypeError('canvas_size should be [height, width]')
}
