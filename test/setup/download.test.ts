import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { download, fetchText } from '#lib/cli/download.js'
import { sendRange, serve } from './toy_server.js'
import { temporaryFolder } from './toy_wheel.js'

const data = randomBytes(1_000_000)
const sha256 = createHash('sha256').update(data).digest('hex')
const patience = { timeout: 300, retries: 2 }

describe('download', () => {
  it('fetches a file and checks its hash', async () => {
    await using server = await serve((request, response) => sendRange(request, response, data))
    const path = join(temporaryFolder(), 'file')
    await download(server.url, path, sha256, patience)
    expect(readFileSync(path).equals(data)).toBe(true)
    expect(existsSync(`${path}.part`)).toBe(false)
  })

  it('does not fetch again what is there whole', async () => {
    await using server = await serve((request, response) => sendRange(request, response, data))
    const path = join(temporaryFolder(), 'file')
    await download(server.url, path, sha256, patience)
    await download(server.url, path, sha256, patience)
    expect(server.log).toHaveLength(1)
  })

  it('goes on where an earlier run was cut off', async () => {
    await using server = await serve((request, response) => sendRange(request, response, data))
    const path = join(temporaryFolder(), 'file')
    writeFileSync(`${path}.part`, data.subarray(0, 400_000))
    await download(server.url, path, sha256, patience)
    expect(server.log).toEqual(['/ bytes=400000-'])
    expect(readFileSync(path).equals(data)).toBe(true)
  })

  it('goes on when the connection breaks, as long as something arrives', async () => {
    await using server = await serve((request, response) => {
      const start = Number(/\d+/.exec(request.headers.range ?? '0')?.[0])
      const piece = data.subarray(start, start + 150_000)
      response.writeHead(start > 0 ? 206 : 200, { 'content-length': data.length - start })
      if (start + piece.length === data.length) response.end(piece)
      else response.write(piece, () => setTimeout(() => response.destroy(), 20))
    })
    const path = join(temporaryFolder(), 'file')
    await download(server.url, path, sha256, patience)
    expect(readFileSync(path).equals(data)).toBe(true)
    expect(server.log.length).toBeGreaterThan(4)
  })

  it('starts again with a server that knows no ranges', async () => {
    await using server = await serve((_, response) =>
      response.writeHead(200, { 'content-length': data.length }).end(data),
    )
    const path = join(temporaryFolder(), 'file')
    writeFileSync(`${path}.part`, 'something')
    await download(server.url, path, sha256, patience)
    expect(readFileSync(path).equals(data)).toBe(true)
  })

  it('takes a finished part as it is', async () => {
    await using server = await serve((request, response) => sendRange(request, response, data))
    const path = join(temporaryFolder(), 'file')
    writeFileSync(`${path}.part`, data)
    await download(server.url, path, sha256, patience)
    expect(readFileSync(path).equals(data)).toBe(true)
  })

  it('fetches a part of another file again from the start', async () => {
    await using server = await serve((request, response) => sendRange(request, response, data))
    const path = join(temporaryFolder(), 'file')
    writeFileSync(`${path}.part`, randomBytes(1000))
    await download(server.url, path, sha256, patience)
    expect(server.log).toEqual(['/ bytes=1000-', '/'])
    expect(readFileSync(path).equals(data)).toBe(true)
  })

  it('refuses a file with another hash and leaves nothing', async () => {
    await using server = await serve((request, response) => sendRange(request, response, data))
    const path = join(temporaryFolder(), 'file')
    await expect(download(server.url, path, '0'.repeat(64), patience)).rejects.toThrow(/has the hash .* instead of 000/)
    expect(existsSync(path)).toBe(false)
    expect(existsSync(`${path}.part`)).toBe(false)
  })

  it('gives up on a server that goes silent, and keeps the part', async () => {
    await using server = await serve((request, response) => {
      if (request.headers.range) return
      response.writeHead(200, { 'content-length': data.length }).write(data.subarray(0, 1000))
    })
    const path = join(temporaryFolder(), 'file')
    await expect(download(server.url, path, sha256, patience)).rejects.toThrow(
      /no answer for 0.3 s.*goes on from there/,
    )
    expect(readFileSync(`${path}.part`).equals(data.subarray(0, 1000))).toBe(true)
  })

  it('says what the server answered', async () => {
    await using server = await serve((_, response) => response.writeHead(404).end())
    await expect(download(`${server.url}/x`, join(temporaryFolder(), 'x'), null, patience)).rejects.toThrow(
      /\/x answers 404/,
    )
    await expect(fetchText(`${server.url}/x`, patience)).rejects.toThrow(/\/x answers 404/)
  })

  it('says that nobody is there', async () => {
    const server = await serve(() => {})
    await server[Symbol.asyncDispose]()
    await expect(fetchText(server.url, patience)).rejects.toThrow(/can't be reached \(ECONNREFUSED\)/)
  })

  it('does not wait for a page that never comes', async () => {
    await using server = await serve(() => {})
    await expect(fetchText(server.url, patience)).rejects.toThrow(/can't be reached \(no answer for 0.3 s\)/)
  })
})
