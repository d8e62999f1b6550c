import * as torch from 'torch-node'
import * as nn from 'torch-node/nn'
import * as optim from 'torch-node/optim'
import { describe, expect, it } from 'vitest'

const { lr_scheduler: lrs, swa_utils } = optim

const sgd = (lr: number | torch.Tensor = 1) => new optim.SGD([new nn.Parameter(torch.ones([2]))], { lr, momentum: 0.9 })

describe('a scheduler', () => {
  it('sets the learning rate when it is made, and at every step', () => {
    const optimizer = sgd()
    const scheduler = new lrs.LinearLR(optimizer, { start_factor: 0.5, total_iters: 2 })
    expect(optimizer.param_groups[0]!.lr).toBe(0.5)
    optimizer.step()
    scheduler.step()
    expect(scheduler.get_last_lr()).toEqual([0.75])
    expect(scheduler.last_epoch).toBe(1)
  })

  it('changes a learning rate that is a tensor in place', () => {
    const lr = torch.tensor(1)
    const optimizer = sgd(lr)
    const scheduler = new lrs.ExponentialLR(optimizer, 0.5)
    optimizer.step()
    scheduler.step()
    expect(lr.item()).toBe(0.5)
    expect(scheduler.base_lrs.map(Number)).toEqual([1])
  })

  it('can be written by anyone', () => {
    class Halving extends lrs.LRScheduler {
      declare every: number
      constructor(optimizer: optim.AnyOptimizer, every: number, last_epoch = -1) {
        super(optimizer, last_epoch, { every })
      }
      override get_lr() {
        return this.base_lrs.map(lr => Number(lr) / 2 ** Math.floor(this.last_epoch / this.every))
      }
    }
    const optimizer = sgd()
    const scheduler = new Halving(optimizer, 2)
    optimizer.step()
    const rates = [1, 2, 3, 4].map(() => {
      scheduler.step()
      return optimizer.param_groups[0]!.lr
    })
    expect(rates).toEqual([1, 0.5, 0.5, 0.25])
    expect(scheduler.state_dict()).toMatchObject({ every: 2, last_epoch: 4, base_lrs: [1], _last_lr: [0.25] })
  })

  it('goes on from a saved state', () => {
    const optimizer = sgd()
    const first = new lrs.MultiStepLR(optimizer, [2, 4], 0.1)
    optimizer.step()
    for (let i = 0; i < 3; i++) first.step()
    const again = sgd()
    const second = new lrs.MultiStepLR(again, [2, 4], 0.1)
    again.load_state_dict(nn.deepcopy(optimizer.state_dict()))
    second.load_state_dict(first.state_dict())
    second.step()
    expect(Number(again.param_groups[0]!.lr)).toBeCloseTo(0.01, 12)
  })

  it('takes an epoch where there is a closed form', () => {
    const optimizer = sgd()
    const scheduler = new lrs.StepLR(optimizer, 10, 0.5)
    optimizer.step()
    scheduler.step(25)
    expect(scheduler.get_last_lr()).toEqual([0.25])
  })

  it('refuses what makes no sense', () => {
    const optimizer = sgd()
    expect(() => new lrs.StepLR({} as unknown as optim.AnyOptimizer, 3)).toThrow(TypeError)
    expect(() => new lrs.StepLR(optimizer, 3, 0.1, 5)).toThrow("param 'initial_lr' is not specified")
    expect(() => new lrs.ReduceLROnPlateau(optimizer, { factor: 1 })).toThrow('Factor should be < 1.0')
    expect(() => new lrs.ReduceLROnPlateau(optimizer).step()).toThrow("'metrics'")
    expect(() => new lrs.LambdaLR(optimizer, [])).toThrow('Expected 1 lr_lambdas, but got 0')
    expect(() => new lrs.SequentialLR(optimizer, [new lrs.ConstantLR(optimizer)], [3])).toThrow('milestone points')
    expect(() => new lrs.ChainedScheduler([new lrs.ReduceLROnPlateau(optimizer)])).toThrow('ReduceLROnPlateau')
    expect(() => new lrs.ChainedScheduler([new lrs.ConstantLR(sgd())], optimizer)).toThrow('same optimizer')
    const plain = new optim.Adagrad([new nn.Parameter(torch.ones([1]))])
    expect(() => new lrs.CyclicLR(plain, 0.1, 0.2)).toThrow('momentum or beta1')
    expect(() => new lrs.OneCycleLR(optimizer, 0.1)).toThrow('You must define either total_steps')
    const cycle = new lrs.OneCycleLR(optimizer, 0.1, 2)
    expect(() => [1, 2, 3].map(() => cycle.step())).toThrow('Tried to step 3 times')
  })
})

describe('an averaged model', () => {
  it('is a copy at first, then the mean', () => {
    const model = new nn.Linear(1, 1, { bias: false })
    const averaged = new swa_utils.AveragedModel(model)
    for (const value of [1, 2, 6]) {
      torch.no_grad(() => model.weight.fill_(value))
      averaged.update_parameters(model)
    }
    expect(averaged.module.weight.item()).toBe(3)
    const y: torch.Tensor = averaged(torch.ones([1, 1]))
    expect(y.item()).toBe(3)
    expect(Object.keys(averaged.state_dict())).toEqual(['n_averaged', 'module.weight'])
    expect(averaged.n_averaged.item()).toBe(3)
  })

  it('takes its batch statistics from a loader', async () => {
    const bn = new nn.BatchNorm1d(1, { momentum: 0.3 })
    bn.eval()
    await swa_utils.update_bn([torch.tensor([[1], [3]]), [torch.tensor([[5], [7]])]], bn)
    expect(bn.running_mean!.tolist()).toEqual([4])
    expect(bn.momentum).toBe(0.3)
    expect(bn.training).toBe(false)
  })

  it('refuses a decay that is none', () => {
    expect(() => swa_utils.get_ema_avg_fn(2)).toThrow('Invalid decay value 2')
  })
})
