/** The line search of `LBFGS`. What is a tensor and what a number is as in Python, so that every sum has its precision. */
import type { Tensor } from '../tensor.js'
import type { TensorOrNumber } from './_common.js'
import { greater, isAtLeast, isGreater, lesser, magnitude, minus, over, plus, times } from './_scalar_math.js'

/** A step size, with what the objective, its gradient and its slope along the direction are there. */
interface Point {
  t: TensorOrNumber
  f: number
  g: Tensor
  slope: Tensor
}

/** The objective and its gradient at `x + t · d`. */
export type Evaluate = (t: TensorOrNumber) => { loss: number; grad: Tensor }

export interface LineSearch extends Point {
  evaluations: number
}

/** Where the cubic through two points with their slopes is least, within bounds: theirs, unless others are given. */
function interpolate(a: Point, b: Point, bounds?: [low: TensorOrNumber, high: TensorOrNumber]): TensorOrNumber {
  const ordered = isAtLeast(b.t, a.t)
  const [low, high] = bounds ?? (ordered ? [a.t, b.t] : [b.t, a.t])
  const d1 = minus(plus(a.slope, b.slope), over(3 * (a.f - b.f), minus(a.t, b.t))) as Tensor
  const square = d1.pow(2).sub(a.slope.mul(b.slope))
  if (!isAtLeast(square, 0)) return over(plus(low, high), 2)
  const d2 = square.sqrt()
  const [near, far] = ordered ? [a, b] : [b, a]
  const share = far.slope
    .add(d2)
    .sub(d1)
    .div(far.slope.sub(near.slope).add(d2.mul(2)))
  const least = minus(far.t, times(minus(far.t, near.t), share))
  return lesser(greater(least, low), high)
}

const copyOf = (point: Point): Point => ({ ...point, g: point.g.clone() })

/**
 * Looks for a step size at which the strong Wolfe conditions hold: the objective falls by `c1` of what its slope promised,
 * and the slope to `c2` of itself.
 */
export function strongWolfe(
  evaluate: Evaluate,
  first: TensorOrNumber,
  direction: Tensor,
  start: { f: number; g: Tensor; slope: Tensor },
  { c1 = 1e-4, c2 = 0.9, toleranceChange = 1e-9, maxIterations = 25 } = {},
): LineSearch {
  const norm = direction.abs().max()
  const slope = start.slope
  let evaluations = 0
  const pointAt = (t: TensorOrNumber): Point => {
    const { loss, grad } = evaluate(t)
    evaluations++
    return { t, f: loss, g: grad, slope: grad.dot(direction) }
  }
  const isTooHigh = ({ t, f }: Point) => isGreater(f, plus(start.f, times(times(c1, t), slope)))
  const isFlat = (point: Point) => isAtLeast(times(-c2, slope), point.slope.abs())

  const origin: Point = { t: 0, ...start, g: start.g.clone() }
  let previous = origin
  let point = pointAt(first)
  let iterations = 0
  let bracket: [Point, Point] | null = null
  while (iterations < maxIterations) {
    if (isTooHigh(point) || (iterations > 1 && point.f >= previous.f)) {
      bracket = [previous, copyOf(point)]
      break
    }
    if (isFlat(point)) return { ...point, evaluations }
    if (isAtLeast(point.slope, 0)) {
      bracket = [previous, copyOf(point)]
      break
    }
    const least = plus(point.t, times(0.01, minus(point.t, previous.t)))
    const t = interpolate(previous, point, [least, times(point.t, 10)])
    previous = copyOf(point)
    point = pointAt(t)
    iterations++
  }
  bracket ??= [origin, point]

  let [low, high] = bracket[0].f <= bracket[1].f ? [0, 1] : [1, 0]
  let isStuck = false
  let isDone = false
  while (!isDone && iterations < maxIterations) {
    const [left, right] = bracket
    if (isGreater(toleranceChange, times(magnitude(minus(right.t, left.t)), norm))) break
    let t = interpolate(left, right)
    const end = greater(left.t, right.t)
    const begin = lesser(left.t, right.t)
    // Too near to a boundary, twice in a row or on it: a tenth of the bracket away from there.
    const margin = times(0.1, minus(end, begin))
    if (isGreater(margin, lesser(minus(end, t), minus(t, begin)))) {
      if (isStuck || isAtLeast(t, end) || isAtLeast(begin, t)) {
        const isNearEnd = isGreater(magnitude(minus(t, begin)), magnitude(minus(t, end)))
        t = isNearEnd ? minus(end, margin) : plus(begin, margin)
        isStuck = false
      } else isStuck = true
    } else isStuck = false

    point = pointAt(t)
    iterations++
    if (isTooHigh(point) || point.f >= bracket[low]!.f) {
      bracket[high] = copyOf(point)
      ;[low, high] = bracket[0].f <= bracket[1].f ? [0, 1] : [1, 0]
    } else {
      if (isFlat(point)) isDone = true
      else if (isAtLeast(times(point.slope, minus(bracket[high]!.t, bracket[low]!.t)), 0)) bracket[high] = bracket[low]!
      bracket[low] = copyOf(point)
    }
  }
  return { ...bracket[low]!, evaluations }
}
