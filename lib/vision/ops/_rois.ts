/** Regions as the operators take them. */

import { native } from '../../_C/native.js'
import { assertionError } from '../../_C/raise.js'
import { cat, full_like } from '../../_generated/torch.js'
import type { Tensor } from '../../tensor.js'

/** Regions (K, 5) of image number and corners; or for each image its boxes (L, 4). */
export type Boxes = Tensor | readonly Tensor[]

export function roisOf(boxes: Boxes): Tensor {
  if (native.isTensor(boxes)) {
    const rois = boxes as Tensor
    if (rois.dim() !== 2 || rois.size(1) !== 5)
      throw assertionError('The boxes tensor shape is not correct as Tensor[K, 5]')
    return rois
  }
  if (!Array.isArray(boxes)) throw assertionError('boxes is expected to be a Tensor[L, 5] or a List[Tensor[K, 4]]')
  const lists = boxes as readonly Tensor[]
  for (const list of lists)
    if (!native.isTensor(list) || list.dim() !== 2 || list.size(1) !== 4)
      throw assertionError('The shape of the tensor in the boxes list is not correct as List[Tensor[L, 4]]')
  return cat(
    [
      cat(
        lists.map((list, i) => full_like(list.narrow(1, 0, 1), i)),
        0,
      ),
      cat([...lists], 0),
    ],
    1,
  )
}
