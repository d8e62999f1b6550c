import * as torch from 'torch-node'
import * as nn from 'torch-node/nn'
import * as optim from 'torch-node/optim'
import { describe, expect, it } from 'vitest'

const makers: Record<string, (p: torch.Tensor[]) => optim.AnyOptimizer> = {
  Adadelta: p => new optim.Adadelta(p, { lr: 20 }),
  Adafactor: p => new optim.Adafactor(p, { lr: 0.1 }),
  Adagrad: p => new optim.Adagrad(p, { lr: 0.3 }),
  Adam: p => new optim.Adam(p, { lr: 0.1 }),
  AdamW: p => new optim.AdamW(p, { lr: 0.1 }),
  Adamax: p => new optim.Adamax(p, { lr: 0.1 }),
  ASGD: p => new optim.ASGD(p, { lr: 0.1 }),
  LBFGS: p => new optim.LBFGS(p, { line_search_fn: 'strong_wolfe' }),
  Muon: p => new optim.Muon(p, { lr: 0.1 }),
  NAdam: p => new optim.NAdam(p, { lr: 0.1 }),
  RAdam: p => new optim.RAdam(p, { lr: 0.3 }),
  RMSprop: p => new optim.RMSprop(p, { lr: 0.05 }),
  Rprop: p => new optim.Rprop(p),
  SGD: p => new optim.SGD(p, { lr: 0.1 }),
}

describe('every optimizer', () => {
  for (const [name, make] of Object.entries(makers)) {
    it(`${name} comes nearer to the least loss`, () => {
      torch.manual_seed(0)
      const param = new nn.Parameter(torch.randn(3, 3))
      const target = torch.eye(3)
      const optimizer = make([param])
      const closure = () => {
        optimizer.zero_grad()
        const loss = nn.functional.mse_loss(param, target)
        loss.backward()
        return loss
      }
      const first = Number(closure().item())
      for (let i = 0; i < 60; i++) optimizer.step(closure)
      expect(Number(closure().item())).toBeLessThan(first / 4)
    })
  }

  it('can maximize', () => {
    const param = new nn.Parameter(torch.zeros([2]))
    const optimizer = new optim.NAdam([param], { lr: 0.1, maximize: true })
    optimizer.step(() => {
      const sum = param.sum()
      sum.backward()
      return sum
    })
    expect(param.gt(0).all().item()).toBe(true)
  })

  it('refuses capturable steps on the CPU', () => {
    const param = new nn.Parameter(torch.zeros([2]))
    param.grad = torch.ones([2])
    const optimizer = new optim.RMSprop([param], { capturable: true })
    expect(() => optimizer.step()).toThrow('If capturable=True, params and state_steps must be on supported devices')
  })
})

describe('SparseAdam', () => {
  it('changes only the rows that were looked up', () => {
    const table = new nn.Embedding(4, 2, { sparse: true })
    const before = table.weight.detach().clone()
    const optimizer = new optim.SparseAdam(table.parameters(), { lr: 0.1 })
    table(torch.tensor([1n, 3n, 1n]))
      .sum()
      .backward()
    optimizer.step()
    const changed = table.weight.ne(before).any(1)
    expect(changed.tolist()).toEqual([false, true, false, true])
  })

  it('refuses a dense gradient', () => {
    const param = new nn.Parameter(torch.ones([2]))
    param.grad = torch.ones([2])
    expect(() => new optim.SparseAdam([param]).step()).toThrow('does not support dense gradients')
  })
})

describe('LBFGS', () => {
  it('needs a closure, and one group', () => {
    const param = new nn.Parameter(torch.ones([2]))
    expect(() => new optim.LBFGS([param]).step()).toThrow("missing 1 required positional argument: 'closure'")
    const other = new nn.Parameter(torch.ones([2]))
    expect(() => new optim.LBFGS([{ params: [param] }, { params: [other] }])).toThrow('per-parameter options')
  })

  it('finds the least point of the Rosenbrock function', () => {
    const p = new nn.Parameter(torch.tensor([-1.5, 2], { dtype: torch.float64 }))
    const optimizer = new optim.LBFGS([p], { line_search_fn: 'strong_wolfe', max_iter: 100 })
    optimizer.step(() => {
      optimizer.zero_grad()
      const [x, y] = p.unbind() as [torch.Tensor, torch.Tensor]
      const loss = x.neg().add(1).square().add(y.sub(x.square()).square().mul(100))
      loss.backward()
      return loss
    })
    expect(p.sub(1).abs().max().item()).toBeLessThan(1e-5)
  })
})

describe('hooks common to all optimizers', () => {
  it('run around every step until they are taken off', () => {
    const calls: string[] = []
    const before = optim.register_optimizer_step_pre_hook(optimizer => void calls.push(optimizer.constructor.name))
    const after = optim.register_optimizer_step_post_hook(() => void calls.push('after'))
    const param = new nn.Parameter(torch.ones([2]))
    new optim.Rprop([param]).step()
    before.remove()
    after.remove()
    new optim.Rprop([param]).step()
    expect(calls).toEqual(['Rprop', 'after'])
  })
})

describe('swap_in_optimizer_params_and_state', () => {
  it('steps other parameters for the time of a function', () => {
    const param = new nn.Parameter(torch.ones([2]))
    const optimizer = new optim.SGD([param], { lr: 0.5, momentum: 0.9 })
    param.grad = torch.ones([2])
    optimizer.step()
    const other = new nn.Parameter(torch.zeros([2]))
    other.grad = torch.ones([2])
    const state = nn.deepcopy(optimizer.state_dict())
    optim.swap_in_optimizer_params_and_state(optimizer, { other }, state, () => optimizer.step())
    expect(other.tolist()).toEqual([-0.95, -0.95].map(value => Math.fround(value)))
    expect(param.tolist()).toEqual([0.5, 0.5])
    expect(optimizer.param_groups[0]!.params[0]).toBe(param)
    expect(() => optim.swap_in_optimizer_params_and_state(optimizer, {}, state)).toThrow('param_groups ordering')
  })
})
