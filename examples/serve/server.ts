/** The HTTP side of the service. */
import { Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import multipart from '@fastify/multipart'
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { type Classifier, PictureError } from './classifier.js'
import { Metrics } from './metrics.js'
import { page } from './page.js'

export interface ServerOptions {
  /** Bytes that a request may have. */
  bodyLimit: number
  /** Of pino: `silent`, `error`, `info`, … */
  logLevel: string
}

/** The status of an error; what is neither the client's mistake nor overload is ours. */
function statusOf(error: FastifyError): number {
  if (error instanceof PictureError) return 400
  if (error.code === 'ERR_TORCH_OVERLOADED' || error.code === 'ERR_TORCH_CLOSED') return 503
  return error.statusCode ?? 500
}

/** The bytes of the picture: the whole body, or the first file of a form. */
async function pictureOf(request: FastifyRequest): Promise<Buffer> {
  if (request.isMultipart()) {
    const part = await request.file()
    if (!part) throw new PictureError('the form has no file')
    return await part.toBuffer()
  }
  if (!Buffer.isBuffer(request.body) || request.body.length === 0)
    throw new PictureError('send the picture as the body, or as a file of a form')
  return request.body
}

/** Aborts when the client goes before it has its answer. */
function signalOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}

export interface Service {
  app: FastifyInstance
  /**
   * Answers what was accepted, then ends. Clients have `grace` milliseconds to close their connections, as each answer tells
   * them; those that stay idle are closed after it.
   */
  shutDown(grace: number): Promise<void>
}

export async function createService(classifier: Classifier, options: ServerOptions): Promise<Service> {
  const { bodyLimit, logLevel } = options
  // Requests that come on open connections while the service closes are answered too.
  const app = fastify({ bodyLimit, logger: { level: logLevel }, return503OnClosing: false })
  const metrics = new Metrics(classifier.statistics)
  let leaving = false

  await app.register(multipart, { limits: { fileSize: bodyLimit, files: 1 } })
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body))

  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = statusOf(error)
    if (status >= 500 && status !== 503) request.log.error(error)
    if (status === 503) reply.header('retry-after', '1')
    return reply.code(status).send({ message: status === 500 ? 'internal error' : error.message })
  })
  // A connection that stays open after its answer would hold up the end.
  app.addHook('onSend', async (_, reply) => {
    if (leaving) reply.header('connection', 'close')
  })
  app.addHook('onResponse', async (request, reply) => {
    metrics.answered(request.method, request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000)
  })

  app.get('/', (_, reply) => reply.type('text/html; charset=utf-8').send(page))
  app.get('/health', () => ({ status: 'ok' }))
  app.get('/ready', (_, reply) => reply.code(leaving ? 503 : 200).send({ status: leaving ? 'leaving' : 'ready' }))
  app.get('/metrics', (_, reply) => reply.type('text/plain; version=0.0.4').send(`${metrics}`))
  app.post('/classify', async (request, reply) => {
    const signal = signalOf(reply)
    return { guesses: await classifier.classify(await pictureOf(request), signal) }
  })

  const connections = (): Promise<number> =>
    new Promise((resolve, reject) =>
      app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    )

  const shutDown = async (grace: number): Promise<void> => {
    leaving = true
    // Only the listening ends here: `app.close()` also closes idle connections, on which a request may be on its way.
    const until = performance.now() + grace
    Server.prototype.close.call(app.server)
    while (performance.now() < until && (await connections()) > 0) await sleep(10)
    await app.close()
    await classifier.close()
  }
  return { app, shutDown }
}
