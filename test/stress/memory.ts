/** Loops whose memory must stay bounded without `await`, `dispose` or `scope`. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as torch from 'torch-node'
import { native } from '#lib/_C/native.js'

export interface LoopFigures {
  /** The most tensors seen alive at once. */
  maxLive: number
  /** MB of resident memory when the loop begins, after a warm-up. */
  rssBefore: number
  /** The most MB seen. */
  maxRss: number
}

const megabytes = () => process.memoryUsage.rss() / 1e6

/** Runs `work` so many times in one synchronous loop, and looks at memory every `every` times. */
function watched(count: number, every: number, work: () => void): LoopFigures {
  const rssBefore = megabytes()
  let maxLive = 0
  let maxRss = rssBefore
  for (let i = 1; i <= count; i++) {
    work()
    if (i % every !== 0) continue
    maxLive = Math.max(maxLive, native.liveCount())
    maxRss = Math.max(maxRss, megabytes())
  }
  return { maxLive, rssBefore, maxRss }
}

/** Additions of 2×2 tensors. */
export function smallOperators(count: number): LoopFigures {
  const a = torch.ones([2, 2])
  const b = torch.ones([2, 2])
  const work = () => {
    torch.add(a, b)
  }
  watched(20_000, 1_000, work)
  return watched(count, 500, work)
}

/** Additions whose results take 4 MB each. */
export function largeResults(count: number): LoopFigures {
  const a = torch.ones([1024, 1024])
  return watched(count, 10, () => {
    torch.add(a, 1)
  })
}

/** Collects garbage, and lets finalizers that wait for the event loop run. */
export async function collect(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  for (let i = 0; i < 3; i++) {
    gc()
    await new Promise(done => setImmediate(done))
  }
}

export interface TrainingFigures {
  /** Live tensors after the first epoch and after the last one, garbage collected. */
  first: number
  last: number
  /** Tensors that the model, its gradients, the optimizer and the data account for. */
  owned: number
}

/** Trains a small classifier; after every epoch only model, gradients, optimizer state and data may be left. */
export async function training(epochs: number, batches = 10): Promise<TrainingFigures> {
  const { nn, optim } = torch
  await collect()
  const before = native.liveCount()
  torch.manual_seed(0)
  const model = new nn.Sequential(new nn.Linear(16, 32), new nn.ReLU(), new nn.Linear(32, 4))
  const parameters = [...model.parameters()]
  const optimizer = new optim.Adam(parameters, { lr: 0.01 })
  const criterion = new nn.CrossEntropyLoss()
  const x = torch.randn([64, 16])
  const y = torch.randint(0, 4, [64])
  const epoch = () => {
    for (let batch = 0; batch < batches; batch++) {
      optimizer.zero_grad()
      const loss = criterion(model(x), y)
      loss.backward()
      optimizer.step()
      if (!Number.isFinite(loss.item() as number)) throw new Error('the loss is not finite')
    }
  }
  epoch()
  await collect()
  const first = native.liveCount() - before
  for (let i = 1; i < epochs; i++) epoch()
  await collect()
  const last = native.liveCount() - before
  // A parameter, its gradient, and Adam's step and two averages.
  const owned = parameters.length * 5 + [x, y].length
  return { first, last, owned }
}
