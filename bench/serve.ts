/**
 * `npm run example bench/serve.ts [-- --clients 64 --soak 60]`: examples/serve against the same model behind Python's FastAPI
 * and uvicorn, round by round in turns; then the service alone for a while, and its end under load.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import * as torch from 'torch-node'
import { packageRoot } from '#lib/_C/libtorch.js'
import { loadMnist, normalized } from '../examples/support/mnist_data.js'
import { type Python, python, whyNoPython } from '../test/parity/python.js'
import { type Load, load, type Picture } from './clients.js'
import { median } from './report.js'

interface Options {
  clients: number
  rounds: number
  seconds: number
  soak: number
  threads: number
}

const options = new Command('bench/serve')
  .description('Measures examples/serve under load, beside FastAPI.')
  .option('--clients <n>', 'at once', Number, 64)
  .option('--rounds <n>', 'of each side', Number, 5)
  .option('--seconds <s>', 'of a round', Number, 4)
  .option('--soak <s>', 'that the service then runs alone', Number, 60)
  .option('--threads <n>', 'of LibTorch, for both sides', Number, 1)
  .parse()
  .opts<Options>()

interface Side {
  address: string
  process: ChildProcess
}

const folder = mkdtempSync(join(tmpdir(), 'torch-node-bench-'))
const env = { OMP_NUM_THREADS: String(options.threads) }

async function startNode(): Promise<Side> {
  const program = join(packageRoot, '.cache', 'programs', 'examples', 'serve', 'index.js')
  const child = spawn(process.execPath, [program, '--port', '0'], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout! })) {
    const address = /^listening on (\S+)$/.exec(line)?.[1]
    if (address !== undefined) return { address, process: child }
  }
  throw new Error('the service did not start')
}

/** The Python with what the twin imports beside its torch, or why there is none. */
function servingPython(): Python | string {
  if (!python) return whyNoPython
  const modules = join(packageRoot, '.cache', 'serve-python')
  const path = [python.env.PYTHONPATH, modules].join(':')
  const found = { ...python, env: { ...python.env, PYTHONPATH: path } }
  const isThere = () =>
    spawnSync(found.command, ['-c', 'import fastapi, uvicorn, PIL'], { env: found.env }).status === 0
  if (isThere()) return found
  spawnSync(found.command, [
    '-m',
    'pip',
    'install',
    '-q',
    '--target',
    modules,
    'fastapi',
    'uvicorn[standard]',
    'pillow',
  ])
  return isThere() ? found : 'pip could not install fastapi, uvicorn and pillow'
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

async function startPython({ command, env: own }: Python, model: string): Promise<Side> {
  const port = await freePort()
  const child = spawn(command, [join(packageRoot, 'bench', 'serve.py'), model, String(port)], {
    env: { ...own, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const address = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < 300; tries++) {
    await sleep(100)
    if (child.exitCode !== null) break
    const response = await fetch(`${address}/health`).catch(() => null)
    if (response?.ok) return { address, process: child }
  }
  throw new Error("Python's service did not start")
}

/** Digits of the test set, with what the model says about each when it is asked directly. */
async function picturesFor(model: string, count: number): Promise<Picture[]> {
  const [images] = loadMnist(false, count).tensors
  const labels = torch.no_grad(() => torch.jit.load(model)(normalized(images)).argmax(1).tolist()) as number[]
  return await Promise.all(
    labels.map(async (label, i) => {
      const pixels = images.select(0, i).contiguous().typedArray() as Uint8Array
      const bytes = await torch.vision.Image.frombytes('L', [28, 28], pixels).encode('png')
      return { bytes, label: String(label) }
    }),
  )
}

async function figures({ address }: Side): Promise<(name: string) => number> {
  const text = await (await fetch(`${address}/metrics`)).text()
  return name => Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1])
}

function describe(name: string, loads: readonly Load[]): string {
  const middle = (key: 'requestsPerSecond' | 'p50' | 'p99') => median(loads.map(load => load[key]))
  const wrong = loads.reduce((sum, load) => sum + load.wrong + load.lost, 0)
  const rate = middle('requestsPerSecond').toFixed(0)
  return `${name}: ${rate} requests/s, p50 ${middle('p50').toFixed(1)} ms, p99 ${middle('p99').toFixed(1)} ms, ${wrong} wrong`
}

async function compare(node: Side, py: Side, pictures: readonly Picture[]): Promise<void> {
  const { clients, rounds, seconds } = options
  const sides = [node, py]
  const loads: Load[][] = [[], []]
  for (const { address } of sides) await load(address, pictures, clients, 2)
  for (let round = 0; round < rounds; round++)
    for (const i of round % 2 === 0 ? [0, 1] : [1, 0])
      loads[i]!.push(await load(sides[i]!.address, pictures, clients, seconds))
  const [here, there] = loads as [Load[], Load[]]
  const ratios = here.map(({ requestsPerSecond }, i) => requestsPerSecond / there[i]!.requestsPerSecond)
  console.log(
    `${clients} clients, ${options.threads} thread(s) of LibTorch, medians of ${rounds} rounds of ${seconds} s`,
  )
  console.log(describe('torch-node, fastify', here))
  console.log(describe('Python, FastAPI   ', there))
  const range = `${Math.min(...ratios).toFixed(2)} … ${Math.max(...ratios).toFixed(2)}`
  console.log(`throughput: ${median(ratios).toFixed(2)} × Python's (${range})`)
}

async function soak(node: Side, pictures: readonly Picture[]): Promise<void> {
  const rss: number[] = []
  const watch = setInterval(async () => {
    const figure = await figures(node).catch(() => null)
    if (figure) rss.push(figure('process_resident_memory_bytes') / 2 ** 20)
  }, 2000)
  const before = await figures(node)
  const { answers, wrong, lost, p99 } = await load(node.address, pictures, options.clients, options.soak)
  clearInterval(watch)
  const after = await figures(node)
  const of = (name: string) => after(name) - before(name)
  const size = of('model_batch_size_sum') / of('model_batch_size_count')
  console.log(`\n${options.soak} s alone: ${answers} answers, ${wrong} wrong, ${lost} lost, p99 ${p99.toFixed(1)} ms`)
  console.log(`event loop's delay, p99: ${(1000 * after('nodejs_eventloop_delay_p99_seconds')).toFixed(1)} ms`)
  console.log(`samples in a batch, mean: ${size.toFixed(1)}`)
  console.log(`RSS in MB, every 2 s: ${rss.map(mb => mb.toFixed(0)).join(' ')}`)
}

/** SIGTERM in the middle of the load: whoever got through must get an answer. */
async function endUnderLoad(node: Side, pictures: readonly Picture[]): Promise<void> {
  const exit = once(node.process, 'exit')
  const running = load(node.address, pictures, options.clients, 30)
  await sleep(1000)
  node.process.kill('SIGTERM')
  const { answers, wrong, lost } = await running
  const [code] = (await exit) as [number | null]
  console.log(`\nSIGTERM under load: ${answers} answers, ${wrong} wrong, ${lost} lost, exit code ${code}`)
}

const node = await startNode()
try {
  const model = join(folder, 'runs', 'serve', 'digits-12000.pt')
  const pictures = await picturesFor(model, 500)
  const asked = servingPython()
  if (typeof asked === 'string') console.log(`no Python to compare with: ${asked}`)
  else {
    const py = await startPython(asked, model)
    try {
      await compare(node, py, pictures)
    } finally {
      py.process.kill()
    }
  }
  await soak(node, pictures)
  await endUnderLoad(node, pictures)
} finally {
  node.process.kill('SIGKILL')
  rmSync(folder, { recursive: true })
}
