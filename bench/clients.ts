/** Many HTTP clients at once, each of which asks again as soon as it is answered. */
import { Agent, request } from 'node:http'
import { median } from './report.js'

export interface Picture {
  bytes: Buffer
  /** What the model says about it. */
  label: string
}

export interface Load {
  requestsPerSecond: number
  /** Milliseconds from a request to the end of its answer. */
  p50: number
  p99: number
  answers: number
  /** Answers other than the model's. */
  wrong: number
  /** Connections that broke before the answer; refused ones do not count. */
  lost: number
}

interface Reply {
  status: number
  body: string
}

function post(url: string, body: Buffer, agent: Agent): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'image/png', 'content-length': body.length }
    const sent = request(url, { method: 'POST', agent, headers }, response => {
      const chunks: Buffer[] = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode!, body: Buffer.concat(chunks).toString() }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** Keeps `clients` requests in flight until the time is over or the service refuses connections. */
export async function load(
  address: string,
  pictures: readonly Picture[],
  clients: number,
  seconds: number,
): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const times: number[] = []
  let wrong = 0
  let lost = 0
  let next = 0
  let refused = false
  const begin = performance.now()
  const until = begin + seconds * 1000
  const client = async (): Promise<void> => {
    while (performance.now() < until && !refused) {
      const { bytes, label } = pictures[next++ % pictures.length]!
      const start = performance.now()
      try {
        const { status, body } = await post(`${address}/classify`, bytes, agent)
        times.push(performance.now() - start)
        if (status !== 200 || JSON.parse(body).guesses[0].label !== label) wrong++
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') refused = true
        else lost++
      }
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  const took = (performance.now() - begin) / 1000
  agent.destroy()
  const sorted = times.toSorted((a, b) => a - b)
  return {
    requestsPerSecond: times.length / took,
    p50: times.length > 0 ? median(sorted) : Number.NaN,
    p99: quantile(sorted, 0.99),
    answers: times.length,
    wrong,
    lost,
  }
}
