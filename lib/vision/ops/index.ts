/** torchvision's operators: https://docs.pytorch.org/vision/stable/ops.html */
export {
  type BoxFormat,
  batched_nms,
  box_area,
  box_convert,
  box_iou,
  clip_boxes_to_image,
  distance_box_iou,
  generalized_box_iou,
  masks_to_boxes,
  nms,
  remove_small_boxes,
} from './boxes.js'
export { DeformConv2d, deform_conv2d } from './deform_conv2d.js'
export { PSRoIAlign, ps_roi_align } from './ps_roi_align.js'
export { PSRoIPool, ps_roi_pool } from './ps_roi_pool.js'
export { RoIAlign, roi_align } from './roi_align.js'
export { RoIPool, roi_pool } from './roi_pool.js'
