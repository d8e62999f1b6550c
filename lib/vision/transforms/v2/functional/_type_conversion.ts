import { typeName } from '../../../../_C/args.js'
import { define } from '../../../../_C/callable.js'
import { warn } from '../../../../_C/raise.js'
import { Tensor } from '../../../../tensor.js'
import { Image as Picture } from '../../../image.js'
import { Image } from '../../../tv_tensors/index.js'
import * as F from '../../functional.js'

/** A picture or tensor as `tv_tensors.Image`, its numbers unscaled. */
export const to_image = define('to_image', ['inpt'], (inpt: Picture | Tensor): Image => {
  if (!(inpt instanceof Picture) && !(inpt instanceof Tensor))
    throw new TypeError(`Input can either be a pure Tensor or a PIL image, but got ${typeName(inpt)} instead.`)
  return new Image(inpt)
})

/** Image → Tensor (C, H, W) of the default float dtype; deprecated for `to_image` and `to_dtype`. */
export const to_tensor = define('to_tensor', ['inpt'], (inpt: Picture): Tensor => {
  warn(
    'The function `to_tensor(...)` is deprecated and will be removed in a future release. ' +
      'Instead, please use `to_image(...)` followed by `to_dtype(..., dtype=torch.float32, scale=True)`.',
  )
  return F.to_tensor(inpt)
})

/** `[width, height]`; deprecated for `get_size`, which gives `[height, width]`. */
export const get_image_size = define('get_image_size', ['inpt'], (inpt: Picture | Tensor) => {
  warn(
    'The function `get_image_size(...)` is deprecated and will be removed in a future release. ' +
      'Instead, please use `get_size(...)` which returns `[h, w]` instead of `[w, h]`.',
  )
  return F.get_image_size(inpt)
})

export { to_pil_image } from '../../_to_pil_image.js'
export { pil_to_tensor } from '../../functional.js'
