/** Hue, with Pillow's arithmetic: 8 bits each for hue, saturation and value, float32 between. */
const { floor, fround, max, min, round, trunc } = Math

/** Turns the hue of every pixel (R, G, B) by so many of its 256 steps; new memory. */
export function turnHue(rgb: Uint8Array, steps: number): Uint8Array {
  const result = new Uint8Array(rgb.length)
  for (let i = 0; i < rgb.length; i += 3) {
    const r = rgb[i]!
    const g = rgb[i + 1]!
    const b = rgb[i + 2]!
    const value = max(r, g, b)
    const range = value - min(r, g, b)
    const saturation = range === 0 ? 0 : trunc(fround(range / value) * 255)
    if (saturation === 0) result.fill(value, i, i + 3)
    else writeRgb(result, i, (hueOf(r, g, b, value, range) + steps) & 255, saturation, value)
  }
  return result
}

function hueOf(r: number, g: number, b: number, value: number, range: number): number {
  const dr = fround((value - r) / range)
  const dg = fround((value - g) / range)
  const db = fround((value - b) / range)
  const sixths = r === value ? db - dg : g === value ? 2 + dr - db : 4 + dg - dr
  return trunc(fround((fround(sixths) / 6 + 1) % 1) * 255)
}

function writeRgb(to: Uint8Array, i: number, hue: number, saturation: number, value: number): void {
  const sixth = floor((hue * 6) / 255)
  const f = fround((hue * 6) / 255 - sixth)
  const s = fround(saturation / 255)
  const p = round(value * (1 - s))
  const q = round(value * (1 - s * f))
  const t = round(value * (1 - s * (1 - f)))
  // From 0, red, by yellow, green, cyan, blue and magenta back to 6.
  const at = sixth % 6
  to[i] = at === 0 || at === 5 ? value : at === 1 ? q : at === 4 ? t : p
  to[i + 1] = at === 1 || at === 2 ? value : at === 0 ? t : at === 3 ? q : p
  to[i + 2] = at === 3 || at === 4 ? value : at === 2 ? t : at === 5 ? q : p
}
