/** What the service does, in the text format that Prometheus reads. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import * as torch from 'torch-node'

type Histogram = torch.inference.Histogram

const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]

/** How often the event loop's delay is taken. What is reported includes this time. */
const RESOLUTION_MS = 10

/** `# HELP`, `# TYPE` and the samples of one metric. */
function metric(name: string, type: string, help: string, samples: readonly (readonly [string, number])[]): string {
  const lines = samples.map(([suffix, value]) => `${name}${suffix} ${value}`)
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines].join('\n')
}

/** Prometheus counts up to each bound all that is below it; `unit` is what one of the values is in the metric's unit. */
function histogram(name: string, help: string, { bounds, counts, count, sum }: Histogram, unit = 1): string {
  let below = 0
  const buckets = bounds.map((bound, i): [string, number] => {
    below += counts[i]!
    return [`_bucket{le="${Number((bound * unit).toPrecision(6))}"}`, below]
  })
  return metric(name, 'histogram', help, [
    ...buckets,
    ['_bucket{le="+Inf"}', count],
    ['_sum', sum * unit],
    ['_count', count],
  ])
}

export class Metrics {
  readonly #statistics: torch.inference.BatcherStatistics
  readonly #responses = new Map<string, number>()
  readonly #durations = new torch.inference.Histogram(SECONDS)
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })

  constructor(statistics: torch.inference.BatcherStatistics) {
    this.#statistics = statistics
    this.#delay.enable()
  }

  /** Notes an answered request. */
  answered(method: string, route: string, status: number, seconds: number): void {
    const labels = `{method="${method}",route="${route}",status="${status}"}`
    this.#responses.set(labels, (this.#responses.get(labels) ?? 0) + 1)
    if (route === '/classify') this.#durations.observe(seconds)
  }

  /** Seconds that a turn of the event loop came late. */
  #delayOf(percentile: number): number {
    return Math.max(0, this.#delay.percentile(percentile) / 1e9 - RESOLUTION_MS / 1000)
  }

  toString(): string {
    const { requests, failures, waiting, running, batchSizes, waits, calls } = this.#statistics
    const gauge = (name: string, help: string, value: number) => metric(name, 'gauge', help, [['', value]])
    const counter = (name: string, help: string, value: number) => metric(name, 'counter', help, [['', value]])
    const inMilliseconds = 0.001
    return `${[
      metric('http_requests_total', 'counter', 'Answered requests.', [...this.#responses]),
      histogram('classify_duration_seconds', 'From the request for a classification to its answer.', this.#durations),
      counter('model_requests_total', 'Samples that the model was asked for.', requests),
      counter('model_failures_total', 'Those that failed, were refused or aborted.', failures),
      gauge('model_waiting', 'Samples that wait for their batch.', waiting),
      gauge('model_running', 'Samples in the batches that run.', running),
      histogram('model_batch_size', 'Samples in one call of the model.', batchSizes),
      histogram('model_wait_seconds', 'Until the batch of a sample began.', waits, inMilliseconds),
      histogram('model_call_seconds', 'Calls of the model.', calls, inMilliseconds),
      gauge('torch_live_tensors', 'Tensors alive in the process thread.', torch.liveTensors()),
      gauge('process_resident_memory_bytes', 'Resident memory.', process.memoryUsage.rss()),
      gauge('nodejs_eventloop_delay_p99_seconds', 'Since the start.', this.#delayOf(99)),
    ].join('\n')}\n`
  }
}
