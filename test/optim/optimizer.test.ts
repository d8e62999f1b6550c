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

  it('runs its hooks around the step in order, and lets one change the arguments', () => {
    const param = new nn.Parameter(torch.ones(1))
    const optimizer = new optim.SGD([param], 0.1)
    const order: string[] = []
    const handles = [
      optim.register_optimizer_step_pre_hook(() => order.push('global before') && null),
      optim.register_optimizer_step_post_hook(() => order.push('global after')),
      optimizer.register_step_pre_hook((hooked, args) => {
        expect(hooked).toBe(optimizer)
        expect(args).toEqual([null])
        order.push('before')
        return [() => order.push('closure') && 7]
      }),
      optimizer.register_step_post_hook(() => order.push('after')),
    ]
    expect(optimizer.step()).toBe(7)
    expect(order).toEqual(['global before', 'before', 'closure', 'after', 'global after'])
    for (const handle of handles) handle.remove()
    expect(optimizer.step()).toBe(null)
    expect(order).toHaveLength(5)
  })

  it('lets hooks change what is saved and what is loaded', () => {
    const make = (lr: number) => new optim.SGD([new nn.Parameter(torch.ones(1))], lr)
    const saving = make(0.1)
    const order: string[] = []
    saving.register_state_dict_pre_hook(() => void order.push('second'))
    saving.register_state_dict_pre_hook(() => void order.push('first'), true)
    saving.register_state_dict_post_hook((_, saved) => ({ ...saved, extra: 1 }))
    const saved = saving.state_dict()
    expect(saved).toHaveProperty('extra', 1)
    expect(order).toEqual(['first', 'second'])
    const loading = make(0.5)
    loading.register_load_state_dict_pre_hook((_, given) => {
      expect(given).not.toBe(saved)
      return { ...given, param_groups: given.param_groups.map(group => ({ ...group, lr: 0.25 })) }
    })
    loading.register_load_state_dict_post_hook(loaded => void order.push(`lr ${loaded.param_groups[0]!.lr}`))
    loading.load_state_dict(saved)
    expect(order.at(-1)).toBe('lr 0.25')
    expect(saved.param_groups[0]!.lr).toBe(0.1)
  })

  it('steps each group by its own options, and one that is added later', () => {
    const [a, b, c] = [1, 1, 1].map(value => new nn.Parameter(torch.full([2], value))) as nn.Parameter[]
    const optimizer = new optim.SGD([{ params: [a!], lr: 0.5 }], { lr: 0.25 })
    optimizer.add_param_group({ params: [b!] })
    optimizer.add_param_group({ params: c!, lr: 1, maximize: true })
    for (const param of [a, b, c]) param!.grad = torch.ones(2)
    optimizer.step()
    expect([a, b, c].map(param => param!.tolist())).toEqual([
      [0.5, 0.5],
      [0.75, 0.75],
      [2, 2],
    ])
    optimizer.zero_grad(false)
    expect(a!.grad!.tolist()).toEqual([0, 0])
    optimizer.zero_grad()
    expect(a!.grad).toBe(null)
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
