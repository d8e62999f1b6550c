/** A server on the loopback interface that behaves, or misbehaves, as a test asks. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

export interface ToyServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:40000`. */
  readonly url: string
  /** Method, path and Range of every request so far. */
  readonly log: string[]
}

export async function serve(handler: Handler): Promise<ToyServer> {
  const log: string[] = []
  const server = createServer((request, response) => {
    log.push([request.url, request.headers.range].filter(Boolean).join(' '))
    handler(request, response)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(done => server.close(done))
    },
  }
}

/** Answers with `data`, or the part of it that is asked for. */
export function sendRange(request: IncomingMessage, response: ServerResponse, data: Buffer): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? Number.NaN)
  if (Number.isNaN(start)) {
    response.writeHead(200, { 'content-length': data.length }).end(data)
  } else if (start >= data.length) {
    response.writeHead(416).end()
  } else {
    response.writeHead(206, {
      'content-length': data.length - start,
      'content-range': `bytes ${start}-${data.length - 1}/${data.length}`,
    })
    response.end(data.subarray(start))
  }
}

/** A Python package index with these wheels, by file name. */
export function packageIndex(wheels: Readonly<Record<string, Buffer>>): Handler {
  return (request, response) => {
    const path = decodeURIComponent(request.url ?? '')
    const project = /^\/simple\/([^/]+)\/$/.exec(path)?.[1]
    const file = /^\/files\/(.+)$/.exec(path)?.[1]
    const data = file ? wheels[file] : undefined
    if (data) return sendRange(request, response, data)
    const links = Object.entries(wheels)
      .filter(([name]) => project && name.toLowerCase().replaceAll('_', '-').startsWith(`${project}-`))
      .map(([name, bytes]) => {
        const hash = createHash('sha256').update(bytes).digest('hex')
        return `<a href="../../files/${encodeURIComponent(name)}#sha256=${hash}">${name}</a><br>`
      })
    if (links.length === 0) response.writeHead(404).end()
    else
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(`<!DOCTYPE html><html><body>${links.join('\n')}</body></html>`)
  }
}
