/** Hue, with Pillow's arithmetic: 8 bits each for hue, saturation and value, float32 between. */
const { fround, max, min } = Math

/** Turns the hue of every pixel (R, G, B) by so many of its 256 steps; new memory. */
export function turnHue(rgb: Uint8Array, steps: number): Uint8Array {
  const result = new Uint8Array(rgb.length)
  for (let i = 0; i < rgb.length; i += 3) {
    const [r, g, b] = [rgb[i]!, rgb[i + 1]!, rgb[i + 2]!]
    const value = max(r, g, b)
    const range = value - min(r, g, b)
    const saturation = range === 0 ? 0 : Math.trunc(fround(range / value) * 255)
    if (saturation === 0) {
      result.fill(value, i, i + 3)
      continue
    }
    writeRgb(result, i, (hueOf(r, g, b, value, range) + steps) & 255, saturation, value)
  }
  return result
}

function hueOf(r: number, g: number, b: number, value: number, range: number): number {
  const [dr, dg, db] = [fround((value - r) / range), fround((value - g) / range), fround((value - b) / range)]
  const sixths = r === value ? db - dg : g === value ? 2 + dr - db : 4 + dg - dr
  return Math.trunc(fround((fround(sixths) / 6 + 1) % 1) * 255)
}

function writeRgb(to: Uint8Array, i: number, hue: number, saturation: number, value: number): void {
  const sixth = Math.floor((hue * 6) / 255)
  const f = fround((hue * 6) / 255 - sixth)
  const s = fround(saturation / 255)
  const p = Math.round(value * (1 - s))
  const q = Math.round(value * (1 - s * f))
  const t = Math.round(value * (1 - s * (1 - f)))
  const [r, g, b] = [
    [value, t, p],
    [q, value, p],
    [p, value, t],
    [p, q, value],
    [t, p, value],
    [value, p, q],
  ][sixth % 6] as [number, number, number]
  to[i] = r
  to[i + 1] = g
  to[i + 2] = b
}
