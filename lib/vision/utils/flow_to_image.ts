import { ValueError } from '../../_C/errors.js'
import { withModes } from '../../_C/modes.js'
import { tensor } from '../../_creation.js'
import { stack } from '../../_generated/torch.js'
import { float32, int64, uint8 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'

/** float32's distance from 1 to the next number. */
const epsilon = 2 ** -23

/**
 * Optical flow as colours: the hue tells the direction, the saturation the speed, relative to the fastest. float32 (2, H, W) or
 * (N, 2, H, W) → uint8 (3, H, W) or (N, 3, H, W).
 * https://docs.pytorch.org/vision/stable/generated/torchvision.utils.flow_to_image.html
 *
 * @throws {ValueError} for another dtype or shape
 */
export function flow_to_image(flow: Tensor): Tensor {
  if (flow.dtype !== float32) throw new ValueError(`Flow should be of dtype torch.float, got torch.${flow.dtype.name}.`)
  const batch = flow.dim() === 3 ? flow.unsqueeze(0) : flow
  if (batch.dim() !== 4 || batch.size(1) !== 2)
    throw new ValueError(`Input flow should have shape (2, H, W) or (N, 2, H, W), got ${flow.shape}.`)
  return withModes({ grad: false }, () => {
    const fastest = speedOf(batch).max()
    const image = coloursOf(batch.div(fastest.add(epsilon)))
    return flow.dim() === 3 ? image.select(0, 0) : image
  })
}

function speedOf(flow: Tensor): Tensor {
  return flow.pow(2).sum(1).sqrt()
}

function coloursOf(flow: Tensor): Tensor {
  const speed = speedOf(flow)
  const angle = flow.select(1, 1).neg().atan2(flow.select(1, 0).neg()).div(Math.PI)
  const place = angle
    .add(1)
    .div(2)
    .mul(wheel.length - 1)
  const before = place.floor().to(int64)
  const after = before.add(1)
  const next = after.masked_fill(after.eq(wheel.length), 0)
  const share = place.sub(before)
  const bands = [0, 1, 2].map(band => {
    const colours = tensor(
      wheel.map(colour => colour[band]!),
      { dtype: float32, device: flow.device },
    ).div(255)
    const left = share.neg().add(1).mul(colours.take(before))
    const colour = left.add(share.mul(colours.take(next)))
    return speed.mul(colour.neg().add(1)).neg().add(1).mul(255).floor().to(uint8)
  })
  return stack(bands, 1)
}

/** 55 colours in a circle, as in Baker et al., "A Database and Evaluation Methodology for Optical Flow" (ICCV 2007). */
const wheel: readonly (readonly number[])[] = [
  ...arc(15, rising => [255, rising, 0]),
  ...arc(6, rising => [255 - rising, 255, 0]),
  ...arc(4, rising => [0, 255, rising]),
  ...arc(11, rising => [0, 255 - rising, 255]),
  ...arc(13, rising => [rising, 0, 255]),
  ...arc(6, rising => [255, 0, 255 - rising]),
]

function arc(count: number, colour: (rising: number) => number[]): number[][] {
  return Array.from({ length: count }, (_, i) => colour(Math.floor((255 * i) / count)))
}
