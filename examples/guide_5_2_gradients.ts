/**
 * The guide's section 5.2: looking at gradients in a training loop.
 *
 *     npm run example examples/guide_5_2_gradients.ts
 */
import * as torch from 'torch-node'
import { colouredSquares } from './support/example_image.js'

const { nn, optim } = torch
const { DataLoader } = torch.utils.data

/** Prints the largest gradient of each parameter. */
function check_gradients(model: torch.nn.AnyModule): void {
  for (const [name, param] of model.named_parameters()) {
    if (param.grad !== null) {
      const grad_max = param.grad.abs().max().item() as number
      console.log(`${name}: grad_max=${grad_max.toFixed(4)}`)
    }
  }
}

torch.manual_seed(0)
const model = new nn.Sequential(
  new nn.Conv2d(3, 8, 3, { padding: 1 }),
  new nn.ReLU(),
  new nn.AdaptiveAvgPool2d(1),
  new nn.Flatten(),
  new nn.Linear(8, 2),
)
const criterion = new nn.CrossEntropyLoss()
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 })
const dataloader = new DataLoader(colouredSquares(96, 16), { batch_size: 32, shuffle: true })

let step = 0
for (const [inputs, labels] of dataloader) {
  optimizer.zero_grad()
  const loss = criterion(model(inputs), labels)
  loss.backward()
  console.log(`step ${++step}: loss=${(loss.item() as number).toFixed(4)}`)
  check_gradients(model)
  optimizer.step()
}
