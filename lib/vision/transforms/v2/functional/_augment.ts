/** What augmentations do to a part of an image, and JPEG's losses. */
import { define } from '../../../../_C/callable.js'
import type { Tensor } from '../../../../tensor.js'
import type { Image as Picture } from '../../../image.js'
import { to_pil_image } from '../../_to_pil_image.js'
import { erase as eraseTensor, pil_to_tensor } from '../../functional.js'
import { dispatcher, registerImageKernels } from './_utils.js'

function erased(image: Tensor, i: number, j: number, h: number, w: number, v: Tensor, inplace = false): Tensor {
  return eraseTensor(image, i, j, h, w, v, inplace)
}

function erasedPicture(image: Picture, i: number, j: number, h: number, w: number, v: Tensor): Picture {
  return to_pil_image(eraseTensor(pil_to_tensor(image), i, j, h, w, v), image.mode)
}

const rectangle = ['i', 'j', 'h', 'w', 'v'] as const

/** `erase` of a tensor. */
export const erase_image = define('erase_image', ['image', ...rectangle, 'inplace?'], erased)
/** `erase` of a tensor (…, T, C, H, W). */
export const erase_video = define('erase_video', ['video', ...rectangle, 'inplace?'], erased)

/** Row `i`, column `j`, `h` rows and `w` columns set to `v`, which spreads over them. */
export const erase = dispatcher<
  [i: number, j: number, h: number, w: number, v: Tensor],
  [inplace: boolean],
  { i: number; j: number; h: number; w: number; v: Tensor; inplace: boolean }
>('erase', ...rectangle, ['inplace', false])
registerImageKernels(erase, { image: erased, picture: erasedPicture })
