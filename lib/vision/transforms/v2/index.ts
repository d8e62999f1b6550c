/** Transforms of whole samples: https://docs.pytorch.org/vision/stable/transforms.html */

export { Transform } from './_transform.js'
export {
  check_type,
  get_bounding_boxes,
  get_keypoints,
  has_all,
  has_any,
  query_chw,
  query_size,
} from './_utils.js'
export * as functional from './functional/index.js'
