/** Lines and shapes on pictures of three bands; they cover the very pixels that Pillow's `ImageDraw` covers. */

/** Red, green and blue, 0 to 255. */
type RGB = readonly [red: number, green: number, blue: number]

/** Rounds halves away from zero. */
const roundUp = (f: number): number => (f >= 0 ? Math.floor(f + 0.5) : -Math.floor(-f + 0.5))
/** Rounds halves towards zero. */
const roundDown = (f: number): number => (f >= 0 ? Math.ceil(f - 0.5) : -Math.ceil(-f - 0.5))
const f32 = Math.fround

/** A side of a polygon that is not horizontal. */
interface Side {
  x: number
  y: number
  top: number
  bottom: number
  /** Pixels to the right for each row down, in float32. */
  slope: number
}

const xAt = ({ x, y, slope }: Side, row: number): number => f32(f32((row - y) * slope) + x)

/** What draws on the pixels of a picture. */
export class Drawing {
  constructor(
    readonly pixels: Uint8Array,
    readonly width: number,
    readonly height: number,
  ) {}

  /** A pixel, mixed with what is there where `alpha` is less than 255. */
  point(x: number, y: number, color: RGB, alpha = 255): void {
    if (x < 0 || x >= this.width || y < 0 || y >= this.height) return
    const at = (y * this.width + x) * 3
    for (let band = 0; band < 3; band++) {
      const sum = this.pixels[at + band]! * (255 - alpha) + color[band]! * alpha + 128
      this.pixels[at + band] = ((sum >> 8) + sum) >> 8
    }
  }

  /** The pixels of a row from `x0` to `x1`. */
  row(x0: number, y: number, x1: number, color: RGB, alpha = 255): void {
    for (let x = Math.max(0, x0); x <= Math.min(x1, this.width - 1); x++) this.point(x, y, color, alpha)
  }

  /** A filled rectangle, its corners included. */
  box(x0: number, y0: number, x1: number, y1: number, color: RGB, alpha = 255): void {
    for (let y = Math.max(0, y0); y <= Math.min(y1, this.height - 1); y++) this.row(x0, y, x1, color, alpha)
  }

  /** The outline of a rectangle; a thick one grows inwards. */
  frame(x0: number, y0: number, x1: number, y1: number, color: RGB, width: number): void {
    for (let i = 0; i < width; i++) {
      this.row(x0, y0 + i, x1, color)
      this.row(x0, y1 - i, x1, color)
      this.#thin(x1 - i, y0 + width, x1 - i, y1 - width + 1, color)
      this.#thin(x0 + i, y0 + width, x0 + i, y1 - width + 1, color)
    }
  }

  /** A line with both its ends. Its ends' fractions are cut off. */
  line(x0: number, y0: number, x1: number, y1: number, color: RGB, width: number): void {
    if (width === 0) return
    const ends = [x0, y0, x1, y1].map(Math.trunc) as [number, number, number, number]
    if (width > 1) return this.#wide(...ends, color, width)
    this.#thin(...ends, color)
    this.point(ends[2], ends[3], color)
  }

  /** Bresenham's line, without its last point. */
  #thin(x0: number, y0: number, x1: number, y1: number, color: RGB): void {
    const [dx, dy] = [Math.abs(x1 - x0), Math.abs(y1 - y0)]
    const [right, down] = [x1 < x0 ? -1 : 1, y1 < y0 ? -1 : 1]
    const isFlat = dx > dy
    const [long, short] = isFlat ? [dx, dy] : [dy, dx]
    let error = 2 * short - long
    let [x, y] = [x0, y0]
    for (let i = 0; i < long; i++) {
      this.point(x, y, color)
      const aside = short > 0 && error >= 0
      if (aside) error -= 2 * long
      error += 2 * short
      if (isFlat || aside) x += right
      if (!isFlat || aside) y += down
    }
  }

  /** A thick line is a rectangle that lies askew. */
  #wide(x0: number, y0: number, x1: number, y1: number, color: RGB, width: number): void {
    const [dx, dy] = [x1 - x0, y1 - y0]
    if (dx === 0 && dy === 0) return this.point(x0, y0, color)
    const length = Math.hypot(dx, dy)
    const half = (width - 1) / 2
    const more = roundUp(half) / length
    const less = roundDown(half) / length
    const [left, right] = [roundDown(less * dy), roundDown(more * dy)]
    const [up, down] = [roundDown(less * dx), roundDown(more * dx)]
    this.polygon([x0 - left, y0 + down, x1 - left, y1 + down, x1 + right, y1 - up, x0 + right, y0 - up], color)
  }

  /** A filled polygon with the corners `[x0, y0, x1, y1, …]`, whole numbers. */
  polygon(corners: readonly number[], color: RGB, alpha = 255): void {
    const count = corners.length / 2
    const sides: Side[] = []
    const flat: { y: number; x0: number; x1: number }[] = []
    for (let i = 0; i < count; i++) {
      const [x0, y0] = [corners[2 * i]!, corners[2 * i + 1]!]
      const next = (i + 1) % count
      const [x1, y1] = [corners[2 * next]!, corners[2 * next + 1]!]
      if (y0 === y1) flat.push({ y: y0, x0: Math.min(x0, x1), x1: Math.max(x0, x1) })
      else
        sides.push({
          x: x0,
          y: y0,
          top: Math.min(y0, y1),
          bottom: Math.max(y0, y1),
          slope: f32((x1 - x0) / (y1 - y0)),
        })
    }
    const ys = corners.filter((_, i) => i % 2 === 1)
    const last = Math.min(Math.max(...ys), this.height)
    for (let y = Math.max(0, Math.min(...ys)); y <= last; y++) {
      // Where colours mix, no pixel may be covered twice.
      const covered = new Set<number>()
      const cover = (x0: number, x1: number) => {
        for (let x = Math.max(0, x0); x <= Math.min(x1, this.width - 1); x++) covered.add(x)
      }
      for (const side of flat) if (side.y === y) cover(side.x0, side.x1)
      const xs = crossings(sides, y, last)
      for (let i = 1; i < xs.length; i += 2) cover(roundUp(f32(xs[i - 1]!)), roundDown(xs[i]!))
      for (const x of covered) this.point(x, y, color, alpha)
    }
  }

  /** A filled circle around a pixel; of radius 0 there is nothing, as in Pillow. */
  disc(cx: number, cy: number, radius: number, color: RGB): void {
    if (radius === 0) return
    for (const [y, x] of quarterOfCircle(radius)) {
      this.row(cx - x, cy - y, cx + x, color)
      if (y > 0) this.row(cx - x, cy + y, cx + x, color)
    }
  }
}

/** Where a row meets a polygon's sides, in order; each pair of places has the inside between. */
function crossings(sides: readonly Side[], y: number, last: number): number[] {
  const xs: number[] = []
  for (const [i, side] of sides.entries()) {
    if (y < side.top || y > side.bottom) continue
    const x = xAt(side, y)
    xs.push(x)
    if (y === side.bottom && y < last) xs.push(x)
    else if ((y === side.top || y === side.bottom) && side.slope !== 0)
      xs[xs.length - 1] = cornerOf(side, sides.slice(0, i), y, x)
  }
  return xs.sort((a, b) => a - b)
}

/** At a pointed corner the row reaches as far as the rows beside it, so that the shape has no gap. */
function cornerOf(side: Side, others: readonly Side[], y: number, x: number): number {
  for (const other of others) {
    if ((y !== other.top && y !== other.bottom) || other.slope === 0) continue
    if (roundUp(x) !== roundUp(xAt(other, y))) continue
    const beside = y === side.bottom ? y - 1 : y + 1
    if (beside < other.top || beside > other.bottom) continue
    const [own, its] = [xAt(side, beside), xAt(other, beside)]
    if (x > own + 1 && x > its + 1) return roundUp(Math.max(own, its)) + 1
    if (x < own - 1 && x < its - 1) return roundUp(Math.min(own, its)) - 1
    return x
  }
  return x
}

/** For each row from a circle's middle, how far it reaches: the lattice points nearest to the curve, by Bresenham. */
function quarterOfCircle(radius: number): Map<number, number> {
  const reach = new Map<number, number>()
  const off = (x: number, y: number) => Math.abs(x * x + y * y - radius * radius)
  let [x, y] = [radius, 0]
  for (;;) {
    if (!reach.has(y)) reach.set(y, x)
    if (x === 0 && y === radius) return reach
    let [bestX, bestY] = [x, y + 1]
    if (x > 0) {
      for (const next of [y + 1, y]) if (off(bestX, bestY) > off(x - 1, next)) [bestX, bestY] = [x - 1, next]
    }
    ;[x, y] = [bestX, bestY]
  }
}
