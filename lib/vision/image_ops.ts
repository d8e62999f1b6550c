/** The part of Pillow's `ImageOps` that reading photographs needs. */
import { uprightBy } from './_image/transpose.js'
import type { Image } from './image.js'

/** The picture upright, by the orientation that the camera wrote into the file. A copy where it is upright. */
export function exif_transpose(image: Image): Image {
  const method = uprightBy[image.orientation]
  return method ? image.transpose(method) : image.copy()
}
