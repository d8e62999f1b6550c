/** The model for who has none at hand: it learns MNIST's digits in some seconds, and is written as a TorchScript file. */
import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import * as torch from 'torch-node'
import { loadMnist, normalized } from '../support/mnist_data.js'
import type { Preprocessing } from './classifier.js'

const { nn, optim } = torch

export const digitLabels = [...'0123456789']

export const digitPreprocessing: Preprocessing = { size: 28, crop: 1, mean: [0.1307], std: [0.3081] }

function train(images: number): torch.jit.ScriptModule {
  torch.manual_seed(0)
  const model = new nn.Sequential(
    new nn.Conv2d(1, 16, 5, { padding: 2 }),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(16, 32, 5, { padding: 2 }),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(32 * 7 * 7, 10),
  )
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.002 })
  const criterion = new nn.CrossEntropyLoss()
  const loader = new torch.utils.data.DataLoader(loadMnist(true, images), { batch_size: 64, shuffle: true })
  for (const [inputs, targets] of loader) {
    optimizer.zero_grad()
    torch.scope(() => {
      criterion(model(normalized(inputs)), targets).backward()
    })
    optimizer.step()
  }
  model.eval()
  return torch.no_grad(() => torch.jit.trace(model, torch.randn(1, 1, 28, 28)))
}

/** The path of the digits model, which is made first where it is not there. */
export function digitsModel(path: string, images: number): string {
  if (!existsSync(path)) {
    console.log(`learning digits from ${images} images …`)
    mkdirSync(dirname(path), { recursive: true })
    train(images).save(path)
  }
  return path
}
