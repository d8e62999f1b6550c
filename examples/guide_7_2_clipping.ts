/**
 * The guide's section 7.2: gradient clipping, which keeps a training with a far too large learning rate from blowing up.
 *
 *     npm run example examples/guide_7_2_clipping.ts
 */
import * as torch from 'torch-node'

const { nn, optim } = torch

/** Fits y = 100 x with steps that are too long; returns the last loss. */
function train(max_norm: number | null): number {
  torch.manual_seed(0)
  const x = torch.randn(64, 1)
  const y = x.mul(100)
  const model = new nn.Sequential(new nn.Linear(1, 32), new nn.ReLU(), new nn.Linear(32, 1))
  const criterion = new nn.MSELoss()
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 })
  let last = Number.NaN
  for (let step = 0; step < 200; step++) {
    optimizer.zero_grad()
    const loss = criterion(model(x), y)
    loss.backward()
    if (max_norm !== null) {
      const norm = torch.nn.utils.clip_grad_norm_(model.parameters(), { max_norm })
      if (step % 50 === 0) console.log(`step ${step}: loss ${loss.item()}, gradient norm ${norm.item()}`)
    }
    optimizer.step()
    last = loss.item() as number
  }
  return last
}

console.log(`without clipping the loss ends at ${train(null)}`)
console.log(`with max_norm=1.0 it ends at ${train(1)}`)
