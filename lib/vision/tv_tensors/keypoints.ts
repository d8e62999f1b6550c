import { type Args, signature } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import type { Tensor } from '../../tensor.js'
import { type CanvasSize, checkedCanvas } from './bounding_boxes.js'
import { dataTensor, ofClass, TVTensor, type TVTensorData, type TVTensorOptions } from './tv_tensor.js'

/** What points know besides their numbers. */
export interface KeyPointsMetadata {
  canvas_size: CanvasSize
}

type Options = { data: TVTensorData } & KeyPointsMetadata & TVTensorOptions

const parameters = signature<Options>(
  'KeyPoints',
  'data',
  '*',
  'canvas_size',
  ['dtype', null],
  ['device', null],
  ['requires_grad', null],
)

/**
 * Points of one image, x and y: (…, 2). `new KeyPoints(data, { canvas_size })`; one dimension becomes one row.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.tv_tensors.KeyPoints.html
 */
export class KeyPoints extends TVTensor {
  declare canvas_size: CanvasSize

  constructor(...args: Args<[data: TVTensorData], [], Options>) {
    const { data, canvas_size, dtype, device, requires_grad } = parameters(args)
    super(pointsOf(dataTensor([data, { dtype, device, requires_grad }])))
    this.canvas_size = checkedCanvas(canvas_size)
  }

  static override wrap(
    tensor: Tensor,
    like: KeyPoints,
    { canvas_size = like.canvas_size }: Partial<KeyPointsMetadata> = {},
  ): KeyPoints {
    const points = ofClass(pointsOf(tensor), like)
    points.canvas_size = checkedCanvas(canvas_size)
    return points
  }

  override toString(): string {
    return this._reprWith(`canvas_size=(${this.canvas_size.join(', ')})`)
  }
}

function pointsOf(tensor: Tensor): Tensor {
  if (tensor.dim() === 1) return tensor.unsqueeze(0)
  if (tensor.dim() === 0 || tensor.size(-1) !== 2)
    throw new ValueError(`Expected a tensor of shape (..., 2), not [${tensor.shape.join(', ')}]`)
  return tensor
}
