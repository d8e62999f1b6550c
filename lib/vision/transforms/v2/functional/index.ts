/** The second transforms as functions: https://docs.pytorch.org/vision/stable/transforms.html#functional-transforms */

export { InterpolationMode } from '../../interpolation_mode.js'
export * from './_augment.js'
export * from './_color.js'
export * from './_geometry.js'
export * from './_meta.js'
export {
  clamp_bounding_boxes,
  clamp_keypoints,
  convert_bounding_box_format,
  sanitize_bounding_boxes,
  sanitize_keypoints,
} from './_meta_boxes.js'
export * from './_misc.js'
export * from './_temporal.js'
export * from './_type_conversion.js'
export { is_pure_tensor, register_kernel } from './_utils.js'
