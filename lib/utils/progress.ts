import { createRequire } from 'node:module'
import type { SingleBar } from 'cli-progress'

// Loaded when the first bar is drawn, which most programs never do.
const require = createRequire(import.meta.url)

/** Keywords of `progress`. */
export interface ProgressOptions<T = unknown> {
  /** What stands before the bar. */
  desc?: string
  /** How many units there are; default the iterable's `length` or `size`, where it has one and each step counts 1. */
  total?: number | null
  /** What is counted. Default `it`. */
  unit?: string
  /** How many units a step stands for, such as the images of a batch. Default 1. */
  weigh?: (step: T) => number
  /** Where to write. Default `process.stderr`. */
  stream?: NodeJS.WriteStream | NodeJS.WritableStream
  /** Write nothing. */
  disable?: boolean
  /** Seconds between lines where the stream is no terminal. Default 10. */
  interval?: number
}

/** What may be looped over: at once, with waiting, or both. */
type AnyIterable<T> = Iterable<T> | AsyncIterable<T>

/**
 * A bar that counts the steps of a loop. On a terminal it is drawn in place; elsewhere (a log file, CI) it writes a plain
 * line every few seconds and one at the end.
 */
export class Progress<T> {
  readonly #source: AnyIterable<T>
  readonly #options: ProgressOptions<T>
  readonly #stream: NodeJS.WritableStream
  readonly total: number | null
  #bar: SingleBar | null = null
  #count = 0
  #started = 0
  #lastLine = 0
  /** What the last line said. */
  #written = -1
  #desc: string
  #postfix = ''
  #open = false

  constructor(source: AnyIterable<T>, options: ProgressOptions<T> = {}) {
    this.#source = source
    this.#options = options
    this.#stream = options.stream ?? process.stderr
    this.#desc = options.desc ?? ''
    this.total = options.total ?? (options.weigh ? null : lengthOf(source))
  }

  /** Units done so far. */
  get count(): number {
    return this.#count
  }

  /** Units a second since the loop began. */
  get rate(): number {
    const seconds = (performance.now() - this.#started) / 1000
    return seconds > 0 ? this.#count / seconds : 0
  }

  /** Text before the bar. */
  setDescription(desc: string): void {
    this.#desc = desc
    this.#draw()
  }

  /** Text after the bar: `setPostfix({ loss: 0.25, lr: '1e-3' })`. Numbers get three significant digits. */
  setPostfix(values: Record<string, string | number>): void {
    this.#postfix = Object.entries(values)
      .map(([name, value]) => `${name}=${typeof value === 'number' ? short(value) : value}`)
      .join(', ')
    this.#draw()
  }

  *[Symbol.iterator](): Iterator<T> {
    const source = this.#source as Iterable<T>
    if (typeof source[Symbol.iterator] !== 'function')
      throw new TypeError("progress: the iterable is asynchronous: write 'for await'")
    this.#begin()
    try {
      for (const step of source) {
        yield step
        this.#advance(step)
      }
    } finally {
      this.#end()
    }
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    this.#begin()
    try {
      for await (const step of this.#source) {
        yield step
        this.#advance(step)
      }
    } finally {
      this.#end()
    }
  }

  #begin(): void {
    this.#count = 0
    this.#written = -1
    this.#started = performance.now()
    this.#lastLine = this.#started
    this.#open = true
    if (this.#options.disable || !(this.#stream as NodeJS.WriteStream).isTTY) return
    const { SingleBar } = require('cli-progress') as typeof import('cli-progress')
    this.#bar = new SingleBar({
      stream: this.#stream,
      format: (_options, params) => this.#text(bar(params.progress, this.total)),
      hideCursor: true,
      clearOnComplete: false,
      etaBuffer: 50,
      fps: 10,
    })
    this.#bar.start(this.total ?? 0, 0)
  }

  #advance(step: T): void {
    this.#count += this.#options.weigh?.(step) ?? 1
    this.#draw()
  }

  #draw(): void {
    if (!this.#open || this.#options.disable) return
    if (this.#bar) {
      this.#bar.update(this.#count)
      return
    }
    const now = performance.now()
    if (now - this.#lastLine < (this.#options.interval ?? 10) * 1000) return
    this.#lastLine = now
    this.#line()
  }

  #end(): void {
    if (!this.#open) return
    this.#open = false
    if (this.#bar) {
      this.#bar.update(this.#count)
      this.#bar.stop()
      this.#bar = null
    } else if (!this.#options.disable && this.#written !== this.#count) {
      this.#line()
    }
  }

  #line(): void {
    this.#written = this.#count
    this.#stream.write(`${this.#text('')}\n`)
  }

  /** `train: 45% |███   | 420/938 [00:03<00:04, 8941 img/s, loss=0.213]` */
  #text(bar: string): string {
    const { total } = this
    const elapsed = (performance.now() - this.#started) / 1000
    const done = total ? `${Math.floor((100 * this.#count) / total)}% ${bar}` : ''
    const left = total && this.#count > 0 ? `<${clock((elapsed / this.#count) * (total - this.#count))}` : ''
    const rate = `${short(this.rate)} ${this.#options.unit ?? 'it'}/s`
    const detail = [`${clock(elapsed)}${left}`, rate, this.#postfix].filter(Boolean).join(', ')
    const desc = this.#desc ? `${this.#desc}: ` : ''
    return `${desc}${done}${short(this.#count)}${total === null ? '' : `/${short(total)}`} [${detail}]`
  }
}

/**
 * Loops over `iterable` with a progress bar:
 *
 * ```ts
 * const bar = torch.utils.progress(loader, { desc: 'epoch 1' })
 * for await (const [images, labels] of bar) {
 *   …
 *   bar.setPostfix({ loss: loss.item() })
 * }
 * ```
 *
 * The loop ends the bar, also when it is left early or throws. Works with `for…of` where the iterable does.
 */
export function progress<T>(iterable: AnyIterable<T>, options: ProgressOptions<T> = {}): Progress<T> {
  return new Progress(iterable, options)
}

function lengthOf(source: object): number | null {
  try {
    const { length, size } = source as { length?: unknown; size?: unknown }
    if (typeof length === 'number') return length
    return typeof size === 'number' ? size : null
  } catch (error) {
    // A loader over a stream of unknown length says so by a TypeError, as Python's len() does.
    if (error instanceof TypeError) return null
    throw error
  }
}

const barWidth = 24

function bar(progress: number, total: number | null): string {
  if (!total) return ''
  const filled = Math.round(Math.min(1, progress) * barWidth)
  return `|${'█'.repeat(filled)}${' '.repeat(barWidth - filled)}| `
}

/** Three significant digits, whole from a hundred on. */
function short(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value)) return String(value)
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)))
}

/** `mm:ss`, with hours from an hour on. */
function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const two = (n: number) => String(n).padStart(2, '0')
  const tail = `${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${tail}` : tail
}
