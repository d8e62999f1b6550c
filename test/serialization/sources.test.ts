import { createHash } from 'node:crypto'
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bytesOf } from './forge.js'

const value = { x: torch.arange(2 ** 22).view(2, -1), text: 'ä', y: torch.ones(3) }
const bytes = bytesOf(value)
const hash = createHash('sha256').update(bytes).digest('hex')
let folder = ''
let server: Server
let address = ''
/** How many bytes of a file the server sends before it breaks off, once. */
let breakAt: number | null = null
const requests: (string | undefined)[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'torch-node-sources-'))
  server = createServer((request, response) => {
    if (request.url === '/missing.pt') return void response.writeHead(404).end()
    requests.push(request.headers.range)
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const body = bytes.subarray(start)
    response.writeHead(start > 0 ? 206 : 200, request.url === '/unsized.pt' ? {} : { 'content-length': body.length })
    if (breakAt === null) return void response.end(body)
    const part = body.subarray(0, breakAt)
    breakAt = null
    response.write(part, () => setTimeout(() => response.destroy(), 50))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
  rmSync(folder, { recursive: true })
})

function isValue(loaded: unknown): void {
  const { x, text, y } = loaded as typeof value
  expect([x.equal(value.x), text, y.tolist()]).toEqual([true, 'ä', [1, 1, 1]])
}

describe('loadAsync', () => {
  test('reads files, bytes, streams and Blobs, telling how far it is', async () => {
    const path = join(folder, 'a.pt')
    writeFileSync(path, bytes)
    const sources = {
      path,
      url: pathToFileURL(path),
      'file: text': pathToFileURL(path).href,
      bytes,
      buffer: new Uint8Array(bytes).buffer,
      stream: createReadStream(path),
      'web stream': Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>,
      pieces: Readable.from([bytes.subarray(0, 5), bytes.subarray(5, 70), bytes.subarray(70)], { objectMode: false }),
      blob: new Blob([new Uint8Array(bytes)]),
    }
    for (const [name, source] of Object.entries(sources)) {
      const steps: torch.serialization.Progress[] = []
      isValue(await torch.loadAsync(source, { onProgress: step => steps.push(step) }))
      expect(steps.length, name).toBeGreaterThan(0)
      const last = steps.at(-1)!
      if (last.total !== null) expect(last.loaded, name).toBe(last.total)
      expect(last.loaded, name).toBeGreaterThan(value.x.nbytes)
    }
  })

  test('stops when it is told to', async () => {
    const stop = new AbortController()
    const path = join(folder, 'a.pt')
    const reading = torch.loadAsync(path, { signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) })
    await expect(reading).rejects.toThrow('enough')
    await expect(torch.loadAsync(path, { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before')
  })

  test('leaves the event loop free', async () => {
    const large = { x: torch.ones(2 ** 25) }
    const path = join(folder, 'large.pt')
    let turns = 0
    const counter = setInterval(() => turns++, 1)
    try {
      await torch.saveAsync(large, path)
      expect(turns).toBeGreaterThan(5)
      turns = 0
      const back = (await torch.loadAsync(path)) as typeof large
      // One long stop would leave a turn or two.
      expect(turns).toBeGreaterThan(5)
      expect(back.x.numel()).toBe(2 ** 25)
    } finally {
      clearInterval(counter)
    }
  })

  test('gives other work its turn while it builds the object, too', async () => {
    const many = bytesOf(Array.from({ length: 200_000 }, (_, i) => ({ name: `item ${i}` })))
    let turns = 0
    const count = () => {
      turns++
      counter = setImmediate(count)
    }
    let counter = setImmediate(count)
    const back = (await torch.loadAsync(many)) as { name: string }[]
    clearImmediate(counter)
    expect(turns).toBeGreaterThan(5)
    expect(back.at(-1)).toEqual({ name: 'item 199999' })
  })

  test('refuses what is no bytes, and sync what takes time', async () => {
    await expect(torch.loadAsync(Readable.from(['text']))).rejects.toThrow('must give bytes')
    await expect(torch.loadAsync(5 as never)).rejects.toThrow('f must be a path')
    expect(() => torch.load(Readable.from([bytes]) as never)).toThrow('a stream is read by torch.loadAsync')
    expect(() => torch.load(`${address}/a.pt`)).toThrow('use torch.loadAsync')
    await expect(torch.loadAsync(Readable.from([bytes]), { maxBytes: 100 })).rejects.toThrow('more than the 100 bytes')
  })

  test('reads from the web', async () => {
    const steps: torch.serialization.Progress[] = []
    isValue(await torch.loadAsync(`${address}/a.pt`, { onProgress: step => steps.push(step) }))
    expect(steps.at(-1)).toEqual({ loaded: bytes.length, total: bytes.length })
    isValue(await torch.loadAsync(new URL(`${address}/unsized.pt`), 'cpu'))
    await expect(torch.loadAsync(`${address}/missing.pt`)).rejects.toThrow('HTTP 404')
    await expect(torch.loadAsync(`${address}/a.pt`, { maxBytes: 1000 })).rejects.toThrow('more than the 1000 bytes')
    await expect(torch.loadAsync(`${address}/unsized.pt`, { maxBytes: 1000 })).rejects.toThrow('more than the 1000')
    breakAt = 1000
    await expect(torch.loadAsync(`${address}/a.pt`)).rejects.toThrow(Error)
  })
})

describe('saveAsync', () => {
  test('writes files and streams, telling how far it is', async () => {
    const steps: torch.serialization.Progress[] = []
    await torch.saveAsync(value, join(folder, 'b.pt'), { onProgress: step => steps.push(step) })
    const size = readFileSync(join(folder, 'b.pt')).length
    expect(steps.at(-1)).toEqual({ loaded: size, total: size })
    isValue(torch.load(join(folder, 'b.pt')))

    const file = createWriteStream(join(folder, 'c.pt'))
    await torch.saveAsync(value, file, { _use_new_zipfile_serialization: false })
    await new Promise<void>(resolve => file.end(resolve))
    isValue(torch.load(join(folder, 'c.pt')))

    const pieces: Uint8Array[] = []
    await torch.saveAsync(value, new WritableStream({ write: piece => void pieces.push(piece.slice()) }))
    isValue(torch.load(Buffer.concat(pieces)))

    const pipe = new PassThrough()
    const [loaded] = await Promise.all([torch.loadAsync(pipe), torch.saveAsync(value, pipe).then(() => pipe.end())])
    isValue(loaded)
  })

  test('stops when it is told to, and leaves the old file', async () => {
    const path = join(folder, 'kept.pt')
    torch.save('old', path)
    const before = readdirSync(folder)
    const stop = new AbortController()
    const saving = torch.saveAsync(value, path, {
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    })
    await expect(saving).rejects.toThrow('enough')
    expect(torch.load(path)).toBe('old')
    expect(readdirSync(folder)).toEqual(before)
    await expect(torch.saveAsync(1, path, { onprogress: 1 } as never)).rejects.toThrow("keyword argument 'onprogress'")
    const broken = new PassThrough()
    broken.destroy(new Error('broken pipe'))
    broken.on('error', () => {})
    await expect(torch.saveAsync(value, broken)).rejects.toThrow(/broken pipe|destroyed/)
  })
})

describe('torch.hub', () => {
  test('downloads a file, going on where it broke off', async () => {
    const path = join(folder, 'hub', 'a.pt')
    breakAt = 300_000
    requests.length = 0
    await torch.hub.download_url_to_file(`${address}/a.pt`, path, hash.slice(0, 8), { progress: false })
    expect(readFileSync(path).equals(bytes)).toBe(true)
    expect(requests.length).toBe(2)
    expect(requests[1]).toMatch(/^bytes=\d+-$/)
    expect(existsSync(`${path}.part`)).toBe(false)
  })

  test('refuses a file of another hash', async () => {
    const path = join(folder, 'other.pt')
    const download = torch.hub.download_url_to_file(`${address}/a.pt`, path, '00000000', false)
    await expect(download).rejects.toThrow(`its sha256 hash is ${hash}`)
    expect([existsSync(path), existsSync(`${path}.part`)]).toEqual([false, false])
    await expect(torch.hub.download_url_to_file('ftp://example/a.pt', path)).rejects.toThrow('no http or https URL')
  })

  test('loads state dicts, and keeps their files', async () => {
    const home = torch.hub.get_dir()
    torch.hub.set_dir(join(folder, 'home'))
    try {
      const name = `model-${hash.slice(0, 8)}.pth`
      requests.length = 0
      const options = { progress: false, check_hash: true }
      isValue(await torch.hub.load_state_dict_from_url(`${address}/${name}`, options))
      isValue(await torch.hub.load_state_dict_from_url(`${address}/${name}`, options))
      expect(requests.length).toBe(1)
      expect(existsSync(join(folder, 'home', 'checkpoints', name))).toBe(true)
      const wrong = torch.hub.load_state_dict_from_url(`${address}/model-12345678.pth`, options)
      await expect(wrong).rejects.toThrow('sha256 hash')
      const meta = await torch.hub.load_state_dict_from_url(`${address}/a.pt`, folder, 'meta', false, false, 'named.pt')
      expect((meta as typeof value).x.device.type).toBe('meta')
      expect(existsSync(join(folder, 'named.pt'))).toBe(true)
    } finally {
      torch.hub.set_dir(home)
    }
  })

  test('has its folder where TORCH_HOME says', () => {
    expect(torch.hub.get_dir()).toMatch(/hub$/)
  })
})
