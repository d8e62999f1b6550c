/** Serving models: what PyTorch leaves to others. */
import { inFlight } from '../jit/_in_flight.js'

export {
  type Batcher,
  type BatcherOptions,
  type BatcherStatistics,
  type BatchModel,
  batcher,
  type RequestOptions,
  type Sample,
} from './batcher.js'
export { Histogram } from './histogram.js'

/** How many asynchronous calls of TorchScript run at once; the others wait in order. By default one for each core, at least 4. */
export function maxInFlight(): number {
  return inFlight.limit
}

/** Sets `maxInFlight`, from now on and for this JavaScript thread. @throws {ValueError} unless it is a whole number ≥ 1 */
export function setMaxInFlight(limit: number): void {
  inFlight.limit = limit
}

/** Calls that run, and those that wait their turn. */
export function inFlightCalls(): { running: number; waiting: number } {
  return { running: inFlight.running, waiting: inFlight.waiting }
}
