/**
 * Trains the convolutional network of the guide's section 4.1 on the 60,000 images of MNIST and tests it on 10,000 others.
 *
 *     npm start
 *     npm start -- --epochs 1 --limit 6000
 *
 * Writes a checkpoint that Python reads, and a picture of what the network says about test images.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Tensor } from 'torch-node'
import * as torch from 'torch-node'
import { loadMnist, normalized } from './support/mnist_data.js'
import { savePredictions } from './support/predictions.js'

const { nn, optim } = torch
const F = nn.functional
const { DataLoader } = torch.utils.data

const { values } = parseArgs({
  options: {
    epochs: { type: 'string', default: '3' },
    'batch-size': { type: 'string', default: '64' },
    lr: { type: 'string', default: '0.001' },
    seed: { type: 'string', default: '0' },
    /** Train on the first so many images, and test on a sixth as many. */
    limit: { type: 'string' },
    out: { type: 'string', default: join('runs', 'mnist') },
    /** Write every step's loss to this file, one a line. */
    losses: { type: 'string' },
    /** End after so many steps. */
    steps: { type: 'string' },
  },
})
const epochs = Number(values.epochs)
const batchSize = Number(values['batch-size'])
const limit = values.limit === undefined ? Number.POSITIVE_INFINITY : Number(values.limit)
const maxSteps = values.steps === undefined ? Number.POSITIVE_INFINITY : Number(values.steps)

class SimpleCNN extends nn.Module {
  conv1 = new nn.Conv2d(1, 16, { kernel_size: 3, stride: 1, padding: 1 })
  conv2 = new nn.Conv2d(16, 32, { kernel_size: 3, stride: 1, padding: 1 })
  pool = new nn.MaxPool2d(2, 2)
  fc1 = new nn.Linear(32 * 7 * 7, 128)
  fc2 = new nn.Linear(128, 10)

  override forward(x: Tensor): Tensor {
    x = this.pool(F.relu(this.conv1(x)))
    x = this.pool(F.relu(this.conv2(x)))
    x = x.view(-1, 32 * 7 * 7)
    x = F.relu(this.fc1(x))
    return this.fc2(x)
  }
}

const train = loadMnist(true, limit)
const test = loadMnist(false, Math.ceil(limit / 6))

torch.manual_seed(Number(values.seed))
const model = new SimpleCNN()
const optimizer = new optim.Adam(model.parameters(), { lr: Number(values.lr) })
const loader = new DataLoader(train, { batch_size: batchSize, shuffle: true })
const losses: number[] = []

function trainEpoch(epoch: number): void {
  model.train()
  const bar = torch.utils.progress(loader, {
    desc: `epoch ${epoch}/${epochs}`,
    total: train.length,
    unit: 'images',
    weigh: ([images]) => images.size(0),
  })
  for (const [images, labels] of bar) {
    optimizer.zero_grad()
    // Freed at the end of the scope rather than some collections later: memory stays as it is in Python.
    const loss = torch.scope(() => {
      const loss = F.cross_entropy(model(normalized(images)), labels)
      loss.backward()
      return loss.item() as number
    })
    optimizer.step()
    losses.push(loss)
    if (losses.length % 20 === 0) bar.setPostfix({ loss: mean(losses.slice(-20)).toFixed(4) })
    if (losses.length >= maxSteps) break
  }
}

/** What the model says about each image. */
function predict(images: Tensor): Tensor {
  model.eval()
  return torch.no_grad(() => {
    const parts = images.split(250)
    return torch.cat(parts.map(part => torch.scope(() => model(normalized(part)).argmax(1))))
  })
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}

console.log(model)
console.log(`${train.length} images to learn from, ${test.length} to test with, ${torch.get_num_threads()} threads`)

const [images, targets] = test.tensors
let accuracy = 0
for (let epoch = 1; epoch <= epochs && losses.length < maxSteps; epoch++) {
  // Short steps at the end settle what long ones have found.
  if (epoch > 1 && epoch === epochs) for (const group of optimizer.param_groups) group.lr = Number(values.lr) / 10
  trainEpoch(epoch)
  accuracy = predict(images).eq(targets).to(torch.float64).mean().item() as number
  const resident = process.memoryUsage.rss() / 2 ** 20
  const peak = process.resourceUsage().maxRSS / 1024
  const accurate = (100 * accuracy).toFixed(2)
  console.log(`epoch ${epoch}: test accuracy ${accurate} %, RSS ${resident.toFixed(0)} MB, peak ${peak.toFixed(0)} MB`)
}

mkdirSync(values.out, { recursive: true })
const checkpoint = join(values.out, 'model.pt')
torch.save({ model: model.state_dict(), optimizer: optimizer.state_dict(), epochs, accuracy }, checkpoint)

// The first test images, then those that the model got wrong.
const predicted = predict(images)
const wrong = predicted.ne(targets).nonzero().view(-1).tolist() as number[]
const shown = [...Array(Math.min(72, test.length)).keys(), ...wrong.slice(0, 24)]
const rows = torch.tensor(shown, { dtype: torch.int64 })
const pick = (t: Tensor) => t.index_select(0, rows)
const picture = join(values.out, 'predictions.png')
await savePredictions(picture, pick(images), pick(predicted).tolist() as number[], pick(targets).tolist() as number[])

if (values.losses) writeFileSync(values.losses, losses.map(loss => `${loss}\n`).join(''))
console.log(`test accuracy: ${(100 * accuracy).toFixed(2)} %`)
console.log(`checkpoint: ${checkpoint}`)
console.log(`predictions: ${picture} (green: right, red: wrong, in the corner what the network said)`)
