/**
 * An HTTP service that says what is in a picture.
 *
 *     npm run example examples/serve/index.ts
 *     npm run example examples/serve/index.ts -- --model resnet18.pt --labels imagenet.txt
 *     curl --data-binary @cat.jpg localhost:8080/classify
 *
 * Without a model it learns MNIST's digits first, in some seconds. A page is at /, figures for Prometheus at /metrics. Requests
 * of many clients become batches; SIGTERM ends it when all that were accepted are answered.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { Classifier } from './classifier.js'
import { digitLabels, digitPreprocessing, digitsModel } from './digits.js'
import { createService } from './server.js'

interface Options {
  model?: string
  labels?: string
  size: number
  crop: number
  mean: number[]
  std: number[]
  images: number
  host: string
  port: number
  maxBatch: number
  maxWaitMs: number
  maxQueue: number
  bodyLimit: number
  grace: number
  log: string
}

const numbers = (text: string): number[] => text.split(',').map(Number)

const options = new Command('serve')
  .description('Says over HTTP what is in a picture.')
  .option('--model <file>', 'a TorchScript file: images (N, C, H, W) in, scores (N, classes) out')
  .option('--labels <file>', 'the names of the classes, one a line')
  .option('--size <pixels>', "height and width of the model's input", Number, 224)
  .option('--crop <share>', "of the picture's shorter side that the model sees", Number, 0.875)
  .option('--mean <numbers>', 'of the channels, one or three', numbers, [0.485, 0.456, 0.406])
  .option('--std <numbers>', 'of the channels', numbers, [0.229, 0.224, 0.225])
  .option('--images <n>', 'of MNIST to learn from, where there is no model', Number, 12_000)
  .option('--host <address>', 'to listen on', '127.0.0.1')
  .option('--port <n>', 'to listen on, 0 for any', Number, 8080)
  .option('--max-batch <n>', 'pictures in one call of the model', Number, 32)
  .option('--max-wait-ms <ms>', 'that the first of a batch waits for others', Number, 2)
  .option('--max-queue <n>', 'pictures that may wait; others are answered 503', Number, 512)
  .option('--body-limit <bytes>', 'of an upload', Number, 10 * 2 ** 20)
  .option('--grace <ms>', 'after SIGTERM in which idle connections stay open', Number, 1000)
  .option('--log <level>', "fastify's: silent, error, info, …", 'error')
  .parse()
  .opts<Options>()

const { model, labels, size, crop, mean, std } = options
if ((model === undefined) !== (labels === undefined)) throw new Error('give --model and --labels together')
const source =
  model !== undefined && labels !== undefined
    ? { model, labels: readFileSync(labels, 'utf8').trim().split('\n'), size, crop, mean, std }
    : {
        model: digitsModel(join('runs', 'serve', `digits-${options.images}.pt`), options.images),
        labels: digitLabels,
        ...digitPreprocessing,
      }

const { maxBatch: max_batch, maxWaitMs: max_wait_ms, maxQueue: max_queue } = options
const classifier = await Classifier.load({ ...source, max_batch, max_wait_ms, max_queue })
const { app, shutDown } = await createService(classifier, { bodyLimit: options.bodyLimit, logLevel: options.log })
const address = await app.listen({ host: options.host, port: options.port })
console.log(`listening on ${address}`)

async function leave(signal: string): Promise<void> {
  await shutDown(options.grace)
  console.log(`${signal}: every request was answered`)
  process.exit(0)
}

let leaving: Promise<void> | null = null
const onSignal = (signal: string): Promise<void> => (leaving ??= leave(signal))
process.on('SIGTERM', onSignal)
process.on('SIGINT', onSignal)
