/** A ResNet-18's training goes from Python to Node and back, and its losses are those of Python alone. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { python, runPythonFile } from './python.js'

const { nn, optim } = torch
const F = nn.functional
const program = fileURLToPath(new URL('checkpoint_resume.py', import.meta.url))
const threads = torch.get_num_threads()
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-node-checkpoint-resume-'))
  torch.set_num_threads(1)
})
afterAll(() => {
  rmSync(folder, { recursive: true })
  torch.set_num_threads(threads)
})

class BasicBlock extends nn.Module<(x: torch.Tensor) => torch.Tensor> {
  conv1: torch.nn.Conv2d
  bn1: torch.nn.BatchNorm2d
  conv2: torch.nn.Conv2d
  bn2: torch.nn.BatchNorm2d
  downsample: torch.nn.Sequential | null = null

  constructor(cin: number, cout: number, stride: number) {
    super()
    this.conv1 = new nn.Conv2d(cin, cout, 3, stride, 1, { bias: false })
    this.bn1 = new nn.BatchNorm2d(cout)
    this.conv2 = new nn.Conv2d(cout, cout, 3, 1, 1, { bias: false })
    this.bn2 = new nn.BatchNorm2d(cout)
    if (stride !== 1 || cin !== cout)
      this.downsample = new nn.Sequential(
        new nn.Conv2d(cin, cout, 1, stride, { bias: false }),
        new nn.BatchNorm2d(cout),
      )
  }

  override forward(x: torch.Tensor): torch.Tensor {
    const out = this.bn2(this.conv2(torch.relu(this.bn1(this.conv1(x)))))
    return torch.relu(out.add(this.downsample ? (this.downsample(x) as torch.Tensor) : x))
  }
}

class ResNet18 extends nn.Module<(x: torch.Tensor) => torch.Tensor> {
  conv1 = new nn.Conv2d(3, 64, 7, 2, 3, { bias: false })
  bn1 = new nn.BatchNorm2d(64)
  maxpool = new nn.MaxPool2d(3, 2, 1)
  layer1 = ResNet18.layer(64, 64, 1)
  layer2 = ResNet18.layer(64, 128, 2)
  layer3 = ResNet18.layer(128, 256, 2)
  layer4 = ResNet18.layer(256, 512, 2)
  fc = new nn.Linear(512, 10)

  static layer(cin: number, cout: number, stride: number): torch.nn.Sequential {
    return new nn.Sequential(new BasicBlock(cin, cout, stride), new BasicBlock(cout, cout, 1))
  }

  override forward(x: torch.Tensor): torch.Tensor {
    let y = this.maxpool(torch.relu(this.bn1(this.conv1(x))))
    for (const layer of [this.layer1, this.layer2, this.layer3, this.layer4]) y = layer(y) as torch.Tensor
    return this.fc(F.adaptive_avg_pool2d(y, 1).flatten(1))
  }
}

class Training {
  readonly model = new ResNet18()
  readonly sgd: torch.optim.SGD
  readonly adam: torch.optim.Adam
  readonly scheduler: torch.optim.lr_scheduler.StepLR

  constructor() {
    const named = [...this.model.named_parameters()]
    const ofHead = (isHead: boolean) => named.filter(([name]) => name.startsWith('fc.') === isHead).map(([, p]) => p)
    this.sgd = new optim.SGD(ofHead(false), { lr: 0.01, momentum: 0.9, weight_decay: 1e-4 })
    this.adam = new optim.Adam(ofHead(true), { lr: 0.001 })
    this.scheduler = new optim.lr_scheduler.StepLR(this.sgd, { step_size: 1, gamma: 0.5 })
  }

  step(): number {
    const [x, y] = [torch.randn(4, 3, 64, 64), torch.randint(10, [4])]
    this.sgd.zero_grad()
    this.adam.zero_grad()
    const loss = F.cross_entropy(F.dropout(this.model(x), 0.1), y)
    loss.backward()
    this.sgd.step()
    this.adam.step()
    this.scheduler.step()
    return loss.item() as number
  }

  async save(path: string): Promise<void> {
    const { model, sgd, adam, scheduler } = this
    const states = { model: model.state_dict(), sgd: sgd.state_dict(), adam: adam.state_dict() }
    await torch.saveAsync({ rng: torch.get_rng_state(), ...states, scheduler: scheduler.state_dict() }, path)
  }

  async load(path: string): Promise<void> {
    const state = (await torch.loadAsync(path)) as Record<string, never>
    this.model.load_state_dict(state.model!)
    this.sgd.load_state_dict(state.sgd!)
    this.adam.load_state_dict(state.adam!)
    this.scheduler.load_state_dict(state.scheduler!)
    torch.set_rng_state(state.rng!)
  }
}

describe.skipIf(!python)('a training state', () => {
  test('goes from Python to Node and back with the very losses of Python alone', async () => {
    const [first, second, third] = ['first', 'second', 'third'].map(name => join(folder, `${name}.pt`)) as [
      string,
      string,
      string,
    ]
    const alone = JSON.parse(runPythonFile(program, ['alone', first, '6'])) as number[]
    const training = new Training()
    await training.load(first)
    const here = [training.step(), training.step()]
    await training.save(second)
    const back = JSON.parse(runPythonFile(program, ['go', second, third, '2'])) as number[]
    expect([...here, ...back]).toEqual(alone.slice(2))
    expect(new Set(alone).size).toBe(6)
  })
})
