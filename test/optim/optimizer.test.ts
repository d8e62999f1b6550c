import * as torch from 'torch-node'
import * as nn from 'torch-node/nn'
import * as optim from 'torch-node/optim'
import { describe, expect, it } from 'vitest'

const steps = (model: nn.Module, optimizer: optim.AnyOptimizer, n: number) => {
  for (let i = 0; i < n; i++) {
    optimizer.zero_grad()
    model(torch.ones([1, 2]))
      .sum()
      .backward()
    optimizer.step()
  }
}

describe('an optimizer', () => {
  it('goes on from a saved state as if it had never stopped', () => {
    const model = new nn.Linear(2, 2)
    const first = new optim.Adam(model.parameters(), { lr: 0.1 })
    steps(model, first, 3)
    const copy = nn.deepcopy(model)
    const second = new optim.Adam(copy.parameters(), { lr: 0.5 })
    second.load_state_dict(nn.deepcopy(first.state_dict()))
    expect(second.param_groups[0]!.lr).toBe(0.1)
    steps(model, first, 3)
    steps(copy, second, 3)
    expect(copy.weight.tolist()).toEqual(model.weight.tolist())
  })

  it('calls the closure with grad mode on and returns its loss', () => {
    const model = new nn.Linear(2, 1)
    const optimizer = new optim.SGD(model.parameters(), 0.1)
    const before = model.bias!.item() as number
    const loss = torch.no_grad(() =>
      optimizer.step(() => {
        const value = model(torch.ones([1, 2])).sum()
        value.backward()
        return value
      }),
    )
    expect(loss!.requires_grad).toBe(true)
    expect(model.bias!.item()).toBeCloseTo(before - 0.1, 6)
  })

  it('refuses what can not be optimized', () => {
    const p = new nn.Parameter(torch.ones([1]))
    expect(() => new optim.SGD([])).toThrow('empty parameter list')
    expect(() => new optim.SGD([p.mul(2)])).toThrow("can't optimize a non-leaf Tensor")
    expect(() => new optim.SGD([p], { lr: -1 })).toThrow('Invalid learning rate: -1')
    expect(() => new optim.SGD([{ params: [p] }, { params: [p] }])).toThrow('more than one parameter group')
    expect(() => new optim.Adam([p], { betas: [1, 0.9] })).toThrow('Invalid beta parameter at index 0')
  })
})
