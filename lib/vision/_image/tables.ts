/** Tables that give every 8-bit number a new one. */

/**
 * The table that spreads the numbers of a histogram of 256 evenly: it is the same for pictures and tensors. A picture of one
 * colour, or of too few pixels to spread, keeps its numbers.
 */
export function equalizeTable(histogram: readonly number[]): Uint8Array {
  let total = 0
  let last = 0
  for (const count of histogram) {
    total += count
    if (count > 0) last = count
  }
  const step = Math.floor((total - last) / 255)
  let sum = Math.floor(step / 2)
  return tableOf(value => {
    if (step === 0) return value
    const level = Math.floor(sum / step)
    sum += histogram[value]!
    return level
  })
}

/** The table that stretches the numbers of a histogram to 0 to 255. */
export function stretchTable(histogram: readonly number[]): Uint8Array {
  const low = histogram.findIndex(count => count > 0)
  const high = histogram.findLastIndex(count => count > 0)
  if (high <= low) return tableOf(value => value)
  const scale = 255 / (high - low)
  return tableOf(value => value * scale - low * scale)
}

/** `of` called from 0 to 255, its numbers cut to whole ones of that range. */
export function tableOf(of: (value: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) => Math.min(255, Math.max(0, Math.trunc(of(value)))))
}
