/**
 * What is timed, the same work as in cases of the same name in bench.py. Each case is a function that makes its data once
 * and returns the work of one iteration.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { nn, optim } from 'torch-node'
import type { Tensor } from '#lib/tensor.js'

export type Case = () => () => unknown

function step(model: (x: Tensor) => Tensor, optimizer: torch.optim.Optimizer, x: Tensor, y: Tensor): () => void {
  const criterion = new nn.CrossEntropyLoss()
  return () => {
    optimizer.zero_grad()
    const loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
  }
}

/** Three layers, 64-64-10 wide, batch 32. */
function mlpStep(makeOptimizer: (parameters: Iterable<Tensor>) => torch.optim.Optimizer): () => void {
  torch.manual_seed(0)
  const model = new nn.Sequential(
    new nn.Linear(64, 64),
    new nn.ReLU(),
    new nn.Linear(64, 64),
    new nn.ReLU(),
    new nn.Linear(64, 10),
  )
  const x = torch.randn([32, 64])
  const y = torch.randint(0, 10, [32])
  return step(model, makeOptimizer(model.parameters()), x, y)
}

/** The guide's CNN, sized for 28×28. */
class MnistCnn extends nn.Module {
  conv1 = new nn.Conv2d(1, 16, 3, { padding: 1 })
  conv2 = new nn.Conv2d(16, 32, 3, { padding: 1 })
  pool = new nn.MaxPool2d(2, 2)
  fc1 = new nn.Linear(32 * 7 * 7, 128)
  fc2 = new nn.Linear(128, 10)

  override forward(input: Tensor): Tensor {
    let x = this.pool(nn.functional.relu(this.conv1(input)))
    x = this.pool(nn.functional.relu(this.conv2(x)))
    x = x.view([-1, 32 * 7 * 7])
    return this.fc2(nn.functional.relu(this.fc1(x)))
  }
}

function small(work: (a: Tensor, b: Tensor) => unknown): Case {
  return () => {
    torch.manual_seed(0)
    const a = torch.randn([2, 2])
    const b = torch.randn([2, 2])
    return () => work(a, b)
  }
}

const imagesFolder = process.env.TORCH_NODE_BENCH_IMAGES

/** ImageNet's usual augmentation. */
function trainTransform() {
  const T = torch.vision.transforms
  return new T.Compose([
    new T.RandomResizedCrop(224),
    new T.RandomHorizontalFlip(),
    new T.ToTensor(),
    new T.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
  ])
}

/** One JPEG file after the other: opened, decoded and made a tensor. */
function images<T>(use: (image: torch.vision.Image) => T): Case {
  return () => {
    const files = readdirSync(imagesFolder!).sort()
    const paths = files.map(file => join(imagesFolder!, file))
    let next = 0
    return async () => use((await torch.vision.Image.open(paths[next++ % paths.length]!)).convert('RGB'))
  }
}

const imageCases: Record<string, Case> = {
  'image: decode': images(image => image.data),
  'image: pipeline': () => {
    torch.manual_seed(0)
    return images(trainTransform())()
  },
}

export const cases: Record<string, Case> = {
  add: small((a, b) => torch.add(a, b)),
  mul: small((a, b) => torch.mul(a, b)),
  relu: small(a => torch.relu(a)),
  view: small(a => a.view([4])),
  mm: small((a, b) => torch.mm(a, b)),
  sum: small(a => a.sum()),
  item: () => {
    const scalar = torch.ones([])
    return () => scalar.item()
  },
  zeros: () => () => torch.zeros([2, 2]),
  'tensor from list': () => () =>
    torch.tensor([
      [1.5, 2.5],
      [3.5, 4.5],
    ]),
  'autograd, 3 operators': () => {
    const x = torch.ones([2, 2], { requires_grad: true })
    return () => {
      x.grad = null
      x.mul(2).add(1).sum().backward()
    }
  },
  'MLP step, SGD': () => mlpStep(parameters => new optim.SGD(parameters, { lr: 0.01 })),
  'MLP step, Adam': () => mlpStep(parameters => new optim.Adam(parameters, { lr: 0.001 })),
  'MNIST CNN step, 256 images': () => {
    torch.manual_seed(0)
    const model = new MnistCnn()
    const x = torch.randn([256, 1, 28, 28])
    const y = torch.randint(0, 10, [256])
    return step(model, new optim.Adam(model.parameters(), { lr: 0.001 }), x, y)
  },
  ...(imagesFolder ? imageCases : {}),
}
