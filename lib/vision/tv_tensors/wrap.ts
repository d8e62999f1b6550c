import { signature, typeName } from '../../_C/args.js'
import { Tensor } from '../../tensor.js'
import type { BoundingBoxes, BoundingBoxesMetadata } from './bounding_boxes.js'
import type { KeyPoints, KeyPointsMetadata } from './keypoints.js'
import { TVTensor } from './tv_tensor.js'

type MetadataOf<T> = T extends BoundingBoxes ? BoundingBoxesMetadata : T extends KeyPoints ? KeyPointsMetadata : object

const parameters = signature<{ wrappee: Tensor; like: unknown }>('wrap', 'wrappee', '*', 'like')

/**
 * `wrappee` as one of the class of `like`, with what `like` knows unless told otherwise:
 * `wrap(tensor, { like: boxes, format: 'XYWH' })`. A plain tensor as `like` gives a plain tensor.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.tv_tensors.wrap.html
 */
export function wrap<T extends Tensor>(wrappee: Tensor, keywords: { like: T } & Partial<MetadataOf<T>>): T {
  const { like, ...metadata } = keywords
  parameters([wrappee, { like }])
  if (!(wrappee instanceof Tensor)) throw new TypeError(`wrappee should be a Tensor, got ${typeName(wrappee)}`)
  if (like instanceof TVTensor)
    return (like.constructor as typeof TVTensor).wrap(wrappee, like, metadata) as Tensor as T
  if (like instanceof Tensor) return wrappee.as_subclass(like.constructor as typeof Tensor) as T
  throw new TypeError(`like should be a Tensor, got ${typeName(like)}`)
}
