/** A request that waits for its batch, or runs in one. */
export interface Request {
  readonly args: readonly unknown[]
  /** When it was made, in milliseconds of `performance.now()`. */
  readonly since: number
  /** Takes the result of the batch, and the request's place in it. */
  resolve(result: unknown, place: number): void
  reject(reason: unknown): void
  settled: boolean
}

/** The waiting requests of one kind. */
class Line {
  readonly requests: Request[] = []
  timer: NodeJS.Timeout | null = null
}

/** The waiting requests of a batcher by kind: those of one kind can become one batch. */
export class Queue {
  readonly #maxBatch: number
  readonly #maxWait: number
  /** Told that a batch may have become ready. */
  readonly #onReady: () => void
  readonly #lines = new Map<string, Line>()
  #size = 0
  #hurried = false

  constructor(maxBatch: number, maxWait: number, onReady: () => void) {
    this.#maxBatch = maxBatch
    this.#maxWait = maxWait
    this.#onReady = onReady
  }

  /** Requests that wait. */
  get size(): number {
    return this.#size
  }

  add(kind: string, request: Request): void {
    const line = this.#lines.get(kind) ?? new Line()
    this.#lines.set(kind, line)
    line.requests.push(request)
    this.#size++
    if (line.requests.length >= this.#maxBatch) this.#onReady()
    else this.#arm(line)
  }

  remove(kind: string, request: Request): void {
    const line = this.#lines.get(kind)
    const place = line?.requests.indexOf(request) ?? -1
    if (place < 0) return
    line!.requests.splice(place, 1)
    this.#taken(kind, line!, 1)
  }

  /** The next batch, of the kind that has waited longest among those that are ready; null where none is. */
  take(): Request[] | null {
    let chosen: [kind: string, line: Line] | null = null
    for (const [kind, line] of this.#lines)
      if (this.#isReady(line) && (!chosen || line.requests[0]!.since < chosen[1].requests[0]!.since))
        chosen = [kind, line]
    if (chosen === null) return null
    const [kind, line] = chosen
    const batch = line.requests.splice(0, this.#maxBatch)
    this.#taken(kind, line, batch.length)
    return batch
  }

  /** From now on nobody waits for others. */
  hurry(): void {
    this.#hurried = true
    this.#onReady()
  }

  #isReady(line: Line): boolean {
    if (this.#hurried || line.requests.length >= this.#maxBatch) return true
    return performance.now() - line.requests[0]!.since >= this.#maxWait
  }

  #taken(kind: string, line: Line, count: number): void {
    this.#size -= count
    if (line.timer !== null) clearTimeout(line.timer)
    line.timer = null
    if (line.requests.length === 0) this.#lines.delete(kind)
    else this.#arm(line)
  }

  /** Tells when the first of a line has waited long enough. */
  #arm(line: Line): void {
    if (line.timer !== null) return
    const left = Math.max(0, line.requests[0]!.since + this.#maxWait - performance.now())
    line.timer = setTimeout(() => {
      line.timer = null
      // Timers count from the begin of the event loop's turn: this one may come before its time.
      if (this.#isReady(line)) this.#onReady()
      else this.#arm(line)
    }, left)
  }
}
