/**
 * The guide's section 7.1: gradient accumulation, a large batch in the memory of a small one.
 *
 *     npm run example examples/guide_7_1_accumulation.ts
 */
import * as torch from 'torch-node'
import { colouredSquares } from './support/example_image.js'

const { nn, optim } = torch
const { DataLoader } = torch.utils.data

const dataset = (() => {
  torch.manual_seed(0)
  return colouredSquares(256, 16)
})()

/** Trains for one epoch; the weights change once in `accumulation_steps` batches. */
function train(batch_size: number, accumulation_steps: number): { updates: number; weights: torch.Tensor } {
  torch.manual_seed(1)
  const model = new nn.Sequential(
    new nn.Conv2d(3, 8, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.AdaptiveAvgPool2d(1),
    new nn.Flatten(),
    new nn.Linear(8, 2),
  )
  const criterion = new nn.CrossEntropyLoss()
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.5 })
  const dataloader = new DataLoader(dataset, { batch_size, shuffle: true })
  let updates = 0
  let i = 0
  for (const [inputs, labels] of dataloader) {
    const outputs = model(inputs)
    const loss = criterion(outputs, labels).div(accumulation_steps)
    loss.backward()
    if ((i + 1) % accumulation_steps === 0) {
      optimizer.step()
      optimizer.zero_grad()
      updates++
    }
    i++
  }
  return { updates, weights: torch.cat(model.parameters().map(parameter => parameter.detach().view(-1))) }
}

const large = train(64, 1)
const accumulated = train(16, 4)
const difference = large.weights.sub(accumulated.weights).abs().max().item() as number
console.log(`${large.updates} updates with batches of 64`)
console.log(`${accumulated.updates} updates with 4 batches of 16 each`)
console.log(`largest difference of a weight: ${difference.toExponential(1)}`)
