/** Progress on stderr: a bar in a terminal, a line for every tenth elsewhere. */
import { Presets, SingleBar } from 'cli-progress'

export interface Progress {
  /** Sets how much is done, in the unit of `total`. */
  update(done: number): void
  stop(): void
}

const MEGABYTE = 1e6

export function say(text: string): void {
  console.error(process.stderr.isTTY ? `\x1b[36m▸\x1b[0m ${text}` : `- ${text}`)
}

/** Shows how much of `total` bytes is done. A total of 0 is an unknown one. Small ones deserve no lines. */
export function showBytes(label: string, total: number): Progress {
  if (process.stderr.isTTY) return bar(label, total)
  return total < 20 * MEGABYTE ? { update() {}, stop() {} } : lines(label, total)
}

function bar(label: string, total: number): Progress {
  const format =
    total > 0
      ? `  ${label} {bar} {percentage} % of ${(total / MEGABYTE).toFixed(0)} MB, {eta_formatted} left`
      : `  ${label} {value} MB`
  const single = new SingleBar(
    { format, hideCursor: true, etaBuffer: 50, stream: process.stderr },
    Presets.shades_classic,
  )
  single.start(Math.max(1, Math.round(total / MEGABYTE)), 0)
  return {
    update: done => single.update(Math.round(done / MEGABYTE)),
    stop: () => single.stop(),
  }
}

function lines(label: string, total: number): Progress {
  let next = 10
  return {
    update(done) {
      const percent = total > 0 ? Math.floor((done / total) * 100) : 0
      if (percent < next) return
      say(`${label}: ${percent} % of ${(total / MEGABYTE).toFixed(0)} MB`)
      next = percent - (percent % 10) + 10
    },
    stop() {},
  }
}
