/**
 * Puts a DataLoader's workers under stress and prints what is left afterwards: threads, tensors, memory.
 *
 * node scripts/run.mjs test/stress/dataloader.ts [BREAKS KILLED CORRUPT]
 */
import { readdirSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread } from 'node:worker_threads'
import * as torch from 'torch-node'

const { DataLoader, Dataset } = torch.utils.data

/** Batches of 48 kB. */
export class Rows extends Dataset<torch.Tensor> {
  readonly length = 64
  getItem(index: number): torch.Tensor {
    return torch.full([3, 32, 32], index)
  }
}

/** Its worker ends in the middle of the work. */
export class Deadly extends Rows {
  override getItem(index: number): torch.Tensor {
    if (index === 5) process.exit(1)
    return super.getItem(index)
  }
}

/** Pictures of which all but the first are damaged. */
export class Damaged extends Dataset<torch.Tensor> {
  readonly length: number
  constructor(
    readonly jpeg: Uint8Array,
    count: number,
  ) {
    super()
    this.length = count
  }
  async getItem(index: number): Promise<torch.Tensor> {
    const bytes = Buffer.from(this.jpeg)
    for (let i = 2; index > 0 && i < bytes.length; i += 1 + (index % 7)) bytes[i] = (bytes[i]! * 31 + index) & 255
    const image = await torch.vision.Image.open(bytes)
    return new torch.vision.transforms.ToTensor()(image) as torch.Tensor
  }
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

interface Figures {
  threads: number
  tensors: number
  rss: number
}

async function figures(): Promise<Figures> {
  for (let i = 0; i < 5; i++) {
    collect()
    await wait(20)
  }
  return {
    threads: readdirSync('/proc/self/task').length,
    tensors: torch.liveTensors(),
    rss: Math.round(process.memoryUsage().rss / 2 ** 20),
  }
}

async function stage(name: string, run: () => Promise<unknown>): Promise<void> {
  const before = await figures()
  const start = performance.now()
  const result = await run()
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  const after = await figures()
  const change = (key: keyof Figures) => `${before[key]} → ${after[key]}`
  console.log(
    `${name}: ${String(result)} in ${seconds} s; threads ${change('threads')}, live tensors ${change('tensors')}, ` +
      `RSS ${change('rss')} MB`,
  )
}

async function breaks(loader: AsyncIterable<torch.Tensor>, count: number, batches = 1): Promise<void> {
  for (let i = 0; i < count; i++) {
    let seen = 0
    for await (const batch of loader) {
      batch.dispose()
      if (++seen === batches) break
    }
  }
}

async function main(): Promise<void> {
  const [breakCount = 10_000, kills = 200, corrupt = 1000] = process.argv.slice(2).map(Number)
  const options = { batch_size: 4, num_workers: 2 }
  torch.ones(300, 300).mm(torch.ones(300, 300))
  await breaks(new DataLoader(new Rows(), options), 2)

  await stage('memory of 4 workers', async () => {
    const base = (await figures()).rss
    const loader = new DataLoader(new Rows(), { ...options, num_workers: 4, persistent_workers: true })
    await breaks(loader, 1, 16)
    const each = ((await figures()).rss - base) / 4
    await loader.closeWorkers()
    return `${each.toFixed(0)} MB a worker`
  })
  await stage('breaks, persistent workers', async () => {
    const loader = new DataLoader(new Rows(), { ...options, persistent_workers: true })
    await breaks(loader, breakCount)
    await loader.closeWorkers()
    return breakCount
  })
  await stage('breaks, new workers each time', async () => {
    await breaks(new DataLoader(new Rows(), options), Math.ceil(breakCount / 100))
    return Math.ceil(breakCount / 100)
  })
  await stage('killed workers', async () => {
    let reported = 0
    for (let i = 0; i < kills; i++)
      await breaks(new DataLoader(new Deadly(), options), 1, 99).catch((error: Error) => {
        if (!error.message.includes('exited unexpectedly')) throw error
        reported++
      })
    return `${reported} of ${kills} reported`
  })
  await stage('corrupt images', async () => {
    const pixels = torch.randint(0, 256, [3, 64, 64]).to(torch.uint8)
    const image = new torch.vision.transforms.ToPILImage()(pixels) as torch.vision.Image
    const jpeg = new Uint8Array(await image.encode('jpeg'))
    const batch_sampler = [[0]]
    const loader = new DataLoader(new Damaged(jpeg, corrupt + 1), {
      batch_sampler,
      num_workers: 2,
      persistent_workers: true,
    })
    let refused = 0
    for (let i = 0; i <= corrupt; i++) {
      batch_sampler[0] = [i]
      await breaks(loader, 1).catch((error: Error) => {
        if (!error.message.startsWith('Caught ')) throw error
        refused++
      })
    }
    await loader.closeWorkers()
    return `${refused} of ${corrupt} refused, the others decoded`
  })
}

if (isMainThread) await main()
