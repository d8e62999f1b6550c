/** The example service, as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageRoot } from '#lib/_C/libtorch.js'
import { mnistFolder } from '../../examples/support/mnist_data.js'

const { Image, datasets } = torch.vision

interface Service {
  address: string
  process: ChildProcess
}

interface Answer {
  guesses: { label: string; probability: number }[]
  message?: string
}

let folder = ''
const services: Service[] = []

/** The first one to start in the folder learns the digits, the others find its model. */
async function start(...options: string[]): Promise<Service> {
  const program = join(packageRoot, '.cache', 'programs', 'examples', 'serve', 'index.js')
  const child = spawn(process.execPath, [program, '--port', '0', '--images', '4000', ...options], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout! })) {
    const address = /^listening on (\S+)$/.exec(line)?.[1]
    if (address === undefined) continue
    const service = { address, process: child }
    services.push(service)
    return service
  }
  throw new Error(`the service ended with ${child.exitCode}`)
}

async function end(service: Service): Promise<number | null> {
  service.process.kill('SIGTERM')
  const [code] = (await once(service.process, 'exit')) as [number | null]
  return code
}

/** A picture of each of the first digits of MNIST's test set. */
async function digits(count: number): Promise<{ png: Buffer; label: string }[]> {
  const set = new datasets.MNIST(mnistFolder(), { train: false })
  return await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const [image, label] = set.getItem(i) as [torch.vision.Image, number]
      return { png: await image.encode('png'), label: String(label) }
    }),
  )
}

function post(service: Service, body: Buffer | FormData, signal: AbortSignal | null = null): Promise<Response> {
  return fetch(`${service.address}/classify`, { method: 'POST', body, signal })
}

async function text(service: Service, path: string): Promise<string> {
  return await (await fetch(service.address + path)).text()
}

async function figure(service: Service, name: string): Promise<number> {
  const line = (await text(service, '/metrics')).split('\n').find(line => line.startsWith(`${name} `))
  return Number(line?.split(' ')[1])
}

let shown: { png: Buffer; label: string }[] = []
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'torch-node-serve-'))
  shown = await digits(64)
})
afterAll(() => {
  for (const { process: child } of services) if (child.exitCode === null) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

describe('a service', () => {
  let service: Service
  beforeAll(async () => {
    service = await start('--body-limit', '100000')
  })

  test('says what is in a picture, sent as the body or in a form', async () => {
    const { png, label } = shown[0]!
    const form = new FormData()
    form.append('picture', new Blob([png]), 'digit.png')
    for (const body of [png, form]) {
      const response = await post(service, body)
      expect(response.status).toBe(200)
      const { guesses } = (await response.json()) as Answer
      expect(guesses).toHaveLength(5)
      expect(guesses[0]!.label).toBe(label)
      const chances = guesses.map(({ probability }) => probability)
      expect(chances).toEqual([...chances].sort((a, b) => b - a))
      expect(chances.reduce((sum, chance) => sum + chance)).toBeGreaterThan(0.9)
    }
  })

  test('takes pictures of any size and kind', async () => {
    const digit = await Image.open(shown[0]!.png)
    for (const format of ['jpeg', 'webp']) {
      const file = await digit.convert('RGB').resize([90, 60]).encode(format)
      expect((await post(service, file)).status).toBe(200)
    }
  })

  test('answers many at once, each with its own, in batches', async () => {
    const answers = await Promise.all(
      shown.map(async ({ png }) => ((await (await post(service, png)).json()) as Answer).guesses[0]!.label),
    )
    const right = answers.filter((label, i) => label === shown[i]!.label)
    expect(right.length).toBeGreaterThan(55)
    const samples = await figure(service, 'model_batch_size_sum')
    expect(await figure(service, 'model_batch_size_count')).toBeLessThan(samples)
  })

  test('refuses what is no picture, too large, or not there', async () => {
    const cut = shown[0]!.png.subarray(0, 100)
    for (const bad of [Buffer.from('hello'), Buffer.alloc(0), cut]) {
      const response = await post(service, bad)
      expect(response.status).toBe(400)
      expect(((await response.json()) as Answer).message).toMatch(/cannot identify or read image file|send the picture/)
    }
    const form = new FormData()
    form.append('picture', new Blob([Buffer.alloc(100_001)]), 'large.png')
    expect((await post(service, Buffer.alloc(100_001))).status).toBe(413)
    expect((await post(service, form)).status).toBe(413)
    const empty = new FormData()
    empty.append('a', 'b')
    expect((await post(service, empty)).status).toBe(400)
    expect((await fetch(`${service.address}/nothing`)).status).toBe(404)
  })

  test('refuses a small file that holds a huge picture', async () => {
    const huge = await Image.new('L', [9000, 9000]).encode('png')
    expect(huge.length).toBeLessThan(100_000)
    const response = await post(service, huge)
    expect([response.status, ((await response.json()) as Answer).message]).toEqual([
      400,
      'cannot identify or read image file from memory: Input image exceeds pixel limit',
    ])
  })

  test('has a page, health and metrics', async () => {
    expect(await text(service, '/')).toContain('Drop a picture here')
    expect(JSON.parse(await text(service, '/health'))).toEqual({ status: 'ok' })
    expect(JSON.parse(await text(service, '/ready'))).toEqual({ status: 'ready' })
    const metrics = await text(service, '/metrics')
    // Every line is a comment or a sample.
    for (const line of metrics.trimEnd().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{.+\})? [\d.e+-]+)$/)
    expect(metrics).toMatch(/http_requests_total\{method="POST",route="\/classify",status="400"\} \d/)
    expect(await figure(service, 'process_resident_memory_bytes')).toBeGreaterThan(1e7)
    expect(await figure(service, 'model_waiting')).toBe(0)
  })

  test('ends at SIGTERM', async () => {
    expect(await end(service)).toBe(0)
  })
})

describe('a service that waits long', () => {
  let service: Service
  beforeAll(async () => {
    service = await start('--max-wait-ms', '1000', '--max-queue', '8')
  })

  const waiting = async (count: number) => {
    while ((await figure(service, 'model_waiting')) !== count) await sleep(20)
  }

  test('forgets clients that leave', async () => {
    const controller = new AbortController()
    const request = post(service, shown[0]!.png, controller.signal)
    await waiting(1)
    controller.abort()
    await expect(request).rejects.toThrow()
    await waiting(0)
    expect(await figure(service, 'model_failures_total')).toBe(1)
    expect(await figure(service, 'model_batch_size_count')).toBe(0)
  })

  test('refuses what is too much, and answers the rest', async () => {
    const responses = await Promise.all(shown.slice(0, 20).map(({ png }) => post(service, png)))
    const statuses = responses.map(({ status }) => status)
    expect(statuses.filter(status => status === 200)).toHaveLength(8)
    expect(statuses.filter(status => status === 503)).toHaveLength(12)
    expect(responses.find(({ status }) => status === 503)!.headers.get('retry-after')).toBe('1')
  })

  test('answers at SIGTERM what it has accepted', async () => {
    const requests = shown.slice(0, 6).map(async ({ png }) => await (await post(service, png)).json())
    await waiting(6)
    const ended = end(service)
    for (const answer of (await Promise.all(requests)) as Answer[]) expect(answer.guesses).toHaveLength(5)
    expect(await ended).toBe(0)
  })
})
