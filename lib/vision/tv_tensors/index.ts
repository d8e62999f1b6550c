/** Tensors that say what they hold: https://docs.pytorch.org/vision/stable/tv_tensors.html */
export {
  BoundingBoxes,
  type BoundingBoxesMetadata,
  BoundingBoxFormat,
  type CanvasSize,
  type ClampingMode,
  is_rotated_bounding_format,
} from './bounding_boxes.js'
export { Image } from './image.js'
export { KeyPoints, type KeyPointsMetadata } from './keypoints.js'
export { Mask } from './mask.js'
export { set_return_type } from './return_type.js'
export { TVTensor, type TVTensorData, type TVTensorOptions } from './tv_tensor.js'
export { Video } from './video.js'
export { wrap } from './wrap.js'
