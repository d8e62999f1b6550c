/** A ResNet that Python scripted is fine-tuned here and there from the same file, and what comes out goes back. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, describe, expect, test } from 'vitest'
import { runTorchvision, whyNoTorchvision } from './torchvision.js'

type Tensor = torch.Tensor

const steps = 50
const folder = mkdtempSync(join(tmpdir(), 'torch-node-parity-finetune-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.skipIf(whyNoTorchvision)('fine-tuning a loaded ResNet', () => {
  test(`the losses of ${steps} steps are Python’s, and the result runs there`, () => {
    runTorchvision(
      `folder, steps = sys.argv[1], int(sys.argv[2])
from torchvision.models.resnet import ResNet, BasicBlock
torch.manual_seed(3)
torch.jit.script(ResNet(BasicBlock, [1, 1, 1, 1], num_classes=10)).save(f'{folder}/before.pt')
images = torch.randn(steps, 8, 3, 16, 16)
labels = torch.randint(0, 10, (steps, 8))
model = torch.jit.load(f'{folder}/before.pt').train()
optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9, weight_decay=1e-4)
losses = []
for x, y in zip(images, labels):
    optimizer.zero_grad()
    loss = torch.nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
torch.save({'images': images, 'labels': labels, 'losses': losses}, f'{folder}/data.pt')`,
      [folder, `${steps}`],
    )
    const { images, labels, losses } = torch.load(join(folder, 'data.pt')) as {
      images: Tensor
      labels: Tensor
      losses: number[]
    }
    const threads = torch.get_num_threads()
    torch.set_num_threads(1)
    const model = torch.jit.load<(x: Tensor) => Tensor>(join(folder, 'before.pt')).train()
    const optimizer = new torch.optim.SGD(model.parameters(), { lr: 0.02, momentum: 0.9, weight_decay: 1e-4 })
    const mine: number[] = []
    for (let i = 0; i < steps; i++) {
      optimizer.zero_grad()
      const loss = torch.nn.functional.cross_entropy(model(images.at(i)), labels.at(i))
      loss.backward()
      optimizer.step()
      mine.push(loss.item() as number)
    }
    expect(losses.some((loss, i) => i > 0 && loss !== losses[0])).toBe(true)
    const worst = Math.max(...mine.map((loss, i) => Math.abs(loss - losses[i]!)))
    console.log(`largest difference of ${steps} losses: ${worst}`)
    expect(worst).toBeLessThan(1e-5)

    model.eval().save(join(folder, 'after.pt'))
    const x = images.at(0)
    const y = torch.no_grad(() => model(x))
    torch.set_num_threads(threads)
    torch.save({ x, y }, join(folder, 'after.data'))
    const told = runTorchvision(
      `model, data = torch.jit.load(sys.argv[1]), torch.load(sys.argv[2])
with torch.no_grad():
    out = model(data['x'])
print(json.dumps([model.training, torch.equal(out, data['y']), (out - data['y']).abs().max().item()]))`,
      [join(folder, 'after.pt'), join(folder, 'after.data')],
    )
    expect(JSON.parse(told)).toEqual([false, true, 0])
  }, 240_000)
})
