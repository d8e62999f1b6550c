/** torchvision's random draws: each takes from torch's generator what the Python expression takes. */
import { empty, rand, randint } from '../../_generated/torch.js'
import type { Tensor } from '../../tensor.js'

/** `torch.rand(1)`, a float32 number: compare it with `Math.fround(p)`, as `tensor < p` does in Python. */
export function draw(): number {
  return rand(1).item() as number
}

/** `torch.empty(1).uniform_(low, high)` */
export function uniform(low: number, high: number): number {
  return empty(1).uniform_(low, high).item() as number
}

/** `torch.randint(low, high, size=(1,))`, without `high`. */
export function integer(low: number, high: number): number {
  return Number(randint(low, high, [1]).item())
}

/** `int(a * shares[0]), int(b * shares[1])` in Python, where `shares` is a float32 tensor of two. */
export function wholeShares(shares: Tensor, a: number, b: number): [number, number] {
  const cut = (i: number, size: number) => Math.trunc(shares.select(0, i).mul(size).item() as number)
  return [cut(0, a), cut(1, b)]
}

/** Python's `round`. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  if (value - floor !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}
