/** A hundred steps of every scheduler, checkpoints both ways, and averaged models: equal to Python's to the last bit. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import * as nn from 'torch-node/nn'
import * as optim from 'torch-node/optim'
import { afterAll, describe, expect, it } from 'vitest'
import { packageRoot } from '#lib/_C/libtorch.js'
import { PythonDialogue, python } from './python.js'

const { lr_scheduler: lrs, swa_utils: swa } = optim

// As Python's side: the order of a sum depends on the threads.
torch.set_num_threads(1)

type Make = (o: optim.AnyOptimizer) => InstanceType<typeof lrs.LRScheduler>

/** Python's words, and the same here. */
const schedulers: [code: string, make: Make][] = [
  ['LambdaLR(o, lambda i: 0.95 ** i)', o => new lrs.LambdaLR(o, i => Number(torch.pow(0.95, double(i))))],
  [
    'LambdaLR(o, [lambda i: 1 / (i + 1), lambda i: i // 30])',
    o => new lrs.LambdaLR(o, [i => 1 / (i + 1), i => Math.floor(i / 30)]),
  ],
  ['MultiplicativeLR(o, lambda i: 0.95 + i % 7 / 100)', o => new lrs.MultiplicativeLR(o, i => 0.95 + (i % 7) / 100)],
  ['StepLR(o, 30)', o => new lrs.StepLR(o, 30)],
  ['StepLR(o, step_size=7, gamma=0.9)', o => new lrs.StepLR(o, { step_size: 7, gamma: 0.9 })],
  ['MultiStepLR(o, [5, 30, 30, 80], gamma=0.3)', o => new lrs.MultiStepLR(o, [5, 30, 30, 80], { gamma: 0.3 })],
  ['ConstantLR(o)', o => new lrs.ConstantLR(o)],
  ['ConstantLR(o, factor=0.7, total_iters=20)', o => new lrs.ConstantLR(o, { factor: 0.7, total_iters: 20 })],
  ['LinearLR(o)', o => new lrs.LinearLR(o)],
  ['LinearLR(o, 0.1, 0.7, 60)', o => new lrs.LinearLR(o, 0.1, 0.7, 60)],
  ['ExponentialLR(o, 0.97)', o => new lrs.ExponentialLR(o, 0.97)],
  ['PolynomialLR(o, total_iters=70, power=2.3)', o => new lrs.PolynomialLR(o, { total_iters: 70, power: 2.3 })],
  ['PolynomialLR(o)', o => new lrs.PolynomialLR(o)],
  ['CosineAnnealingLR(o, 17)', o => new lrs.CosineAnnealingLR(o, 17)],
  ['CosineAnnealingLR(o, T_max=100, eta_min=0.01)', o => new lrs.CosineAnnealingLR(o, { T_max: 100, eta_min: 0.01 })],
  ['CosineAnnealingWarmRestarts(o, 7, 2, 1e-3)', o => new lrs.CosineAnnealingWarmRestarts(o, 7, 2, 1e-3)],
  ['CosineAnnealingWarmRestarts(o, 13)', o => new lrs.CosineAnnealingWarmRestarts(o, 13)],
  ['CyclicLR(o, 0.01, 0.3, step_size_up=11)', o => new lrs.CyclicLR(o, 0.01, 0.3, { step_size_up: 11 })],
  [
    "CyclicLR(o, [0.01, 0.02], [0.3, 0.4], 11, 23, mode='triangular2', base_momentum=[0.7, 0.6])",
    o => new lrs.CyclicLR(o, [0.01, 0.02], [0.3, 0.4], 11, 23, { mode: 'triangular2', base_momentum: [0.7, 0.6] }),
  ],
  [
    "CyclicLR(o, 0.01, 0.3, 9, mode='exp_range', gamma=0.99, cycle_momentum=False)",
    o => new lrs.CyclicLR(o, 0.01, 0.3, 9, { mode: 'exp_range', gamma: 0.99, cycle_momentum: false }),
  ],
  [
    'CyclicLR(o, 0.01, 0.3, 9, scale_fn=lambda x: 1 / (5 * x))',
    o => new lrs.CyclicLR(o, 0.01, 0.3, 9, { scale_fn: x => 1 / (5 * x) }),
  ],
  ['OneCycleLR(o, max_lr=0.5, total_steps=101)', o => new lrs.OneCycleLR(o, { max_lr: 0.5, total_steps: 101 })],
  [
    "OneCycleLR(o, [0.5, 0.7], epochs=10, steps_per_epoch=12, pct_start=0.4, anneal_strategy='linear', three_phase=True)",
    o =>
      new lrs.OneCycleLR(o, [0.5, 0.7], {
        epochs: 10,
        steps_per_epoch: 12,
        pct_start: 0.4,
        anneal_strategy: 'linear',
        three_phase: true,
      }),
  ],
  ['OneCycleLR(o, 0.5, 120, cycle_momentum=False)', o => new lrs.OneCycleLR(o, 0.5, 120, { cycle_momentum: false })],
  ['ReduceLROnPlateau(o)', o => new lrs.ReduceLROnPlateau(o)],
  [
    "ReduceLROnPlateau(o, 'max', 0.7, 3, 0.01, 'abs', 4, [0.02, 0.001])",
    o => new lrs.ReduceLROnPlateau(o, 'max', 0.7, 3, 0.01, 'abs', 4, [0.02, 0.001]),
  ],
  [
    "ReduceLROnPlateau(o, threshold_mode='abs', patience=2)",
    o => new lrs.ReduceLROnPlateau(o, { threshold_mode: 'abs', patience: 2 }),
  ],
  [
    'SequentialLR(o, [ConstantLR(o, 0.1, 20), ExponentialLR(o, 0.9), CosineAnnealingLR(o, 30)], [20, 41])',
    o =>
      new lrs.SequentialLR(
        o,
        [new lrs.ConstantLR(o, 0.1, 20), new lrs.ExponentialLR(o, 0.9), new lrs.CosineAnnealingLR(o, 30)],
        [20, 41],
      ),
  ],
  [
    'SequentialLR(o, [LinearLR(o, 0.1, total_iters=10), ChainedScheduler([StepLR(o, 9, 0.5), ExponentialLR(o, 0.99)])], [200])',
    o =>
      new lrs.SequentialLR(
        o,
        [
          new lrs.LinearLR(o, 0.1, { total_iters: 10 }),
          new lrs.ChainedScheduler([new lrs.StepLR(o, 9, 0.5), new lrs.ExponentialLR(o, 0.99)]),
        ],
        [200],
      ),
  ],
  [
    'ChainedScheduler([ConstantLR(o, 0.1, 20), ExponentialLR(o, 0.9)])',
    o => new lrs.ChainedScheduler([new lrs.ConstantLR(o, 0.1, 20), new lrs.ExponentialLR(o, 0.9)]),
  ],
  ['SWALR(o, 0.05)', o => new swa.SWALR(o, 0.05)],
  [
    "SWALR(o, [0.05, 0.2], anneal_epochs=60, anneal_strategy='linear')",
    o => new swa.SWALR(o, [0.05, 0.2], { anneal_epochs: 60, anneal_strategy: 'linear' }),
  ],
]

const double = (value: number) => torch.tensor([value], { dtype: torch.float64 })

type Params = nn.Parameter[]

const optimizers: [code: string, make: (p: Params) => optim.AnyOptimizer][] = [
  [
    "SGD([{'params': p[:1]}, {'params': p[1:], 'lr': 0.05}], lr=0.3, momentum=0.9)",
    p => new optim.SGD([{ params: p.slice(0, 1) }, { params: p.slice(1), lr: 0.05 }], { lr: 0.3, momentum: 0.9 }),
  ],
  [
    "Adam([{'params': p[:1]}, {'params': p[1:], 'lr': 0.07}], lr=torch.tensor(0.3))",
    p => new optim.Adam([{ params: p.slice(0, 1) }, { params: p.slice(1), lr: 0.07 }], { lr: torch.tensor(0.3) }),
  ],
]

interface Recorded {
  cases: { rates: unknown[]; state: Record<string, unknown>; last: unknown }[]
  averages: Record<string, unknown[]>
}

function plain(value: unknown): unknown {
  if (value instanceof torch.Tensor) return value.detach().to(torch.float64).tolist()
  if (Array.isArray(value)) return value.map(plain)
  if (value === Number.POSITIVE_INFINITY) return 'inf'
  if (value === Number.NEGATIVE_INFINITY) return '-inf'
  return typeof value === 'object' && value
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
    : value
}

const metric = (i: number) => (i < 60 ? Math.abs(((i * 37) % 101) / 101 - 0.5) : 0.25)

function ratesOf(o: optim.AnyOptimizer): unknown {
  const groups = o.param_groups as unknown as Record<string, unknown>[]
  return plain(groups.map(group => [group.lr, group.momentum ?? group.betas]))
}

function steps(o: optim.AnyOptimizer, s: ReturnType<Make>, begin: number, end: number): unknown[] {
  const found: unknown[] = []
  for (let i = begin; i < end; i++) {
    o.step()
    if (s instanceof lrs.ReduceLROnPlateau) s.step(metric(i))
    else s.step()
    found.push(ratesOf(o))
  }
  return found
}

const folder = python ? mkdtempSync(join(tmpdir(), 'torch-node-schedulers-')) : ''
afterAll(() => {
  dialogue?.end()
  if (folder) rmSync(folder, { recursive: true })
})

const cases = optimizers.flatMap(([optimizer, makeOptimizer]) =>
  schedulers.map(([scheduler, makeScheduler]) => ({ optimizer, scheduler, makeOptimizer, makeScheduler })),
)

const told = cases.map(({ optimizer, scheduler }) => [optimizer, scheduler])
const dialogue = python ? new PythonDialogue(join(packageRoot, 'test', 'parity', 'lr_scheduler.py'), folder) : null
const nothing: Recorded = { cases: [], averages: {} }
const recorded = dialogue ? ((await dialogue.ask(['record', told])) as Recorded) : nothing

describe.skipIf(!python)('a hundred steps of a scheduler', () => {
  const make = ({ makeOptimizer, makeScheduler }: (typeof cases)[number]) => {
    const o = makeOptimizer([new nn.Parameter(torch.ones([1])), new nn.Parameter(torch.ones([1]))])
    return { o, s: makeScheduler(o) }
  }

  if (python)
    process.stdout.write(`lr_scheduler: ${cases.length} runs of 100 steps, ${cases.length} checkpoints each way\n`)

  it('is there for every one', () => {
    const names = Object.keys(lrs).filter(name => name !== 'LRScheduler')
    expect(names).toHaveLength(15)
    expect(names.filter(name => !schedulers.some(([code]) => code.includes(`${name}(`)))).toEqual([])
  })

  for (const [i, one] of cases.entries()) {
    it(`${one.scheduler} of ${one.optimizer}`, () => {
      const { o, s } = make(one)
      const rates = [ratesOf(o), ...steps(o, s, 0, 50)]
      const saved = { optimizer: o.state_dict(), scheduler: s.state_dict() }
      torch.save(saved, join(folder, `typescript${i}.pt`))
      rates.push(...steps(o, s, 50, 100))
      const expected = recorded.cases[i]!
      expect(rates).toEqual(expected.rates)
      expect(plain(s.get_last_lr())).toEqual(expected.last)
      expect(plain(s.state_dict())).toEqual(expected.state)
    })

    it(`${one.scheduler} of ${one.optimizer} from Python's checkpoint`, () => {
      const { o, s } = make(one)
      const saved = torch.load(join(folder, `python${i}.pt`)) as {
        optimizer: optim.OptimizerStateDict
        scheduler: Record<string, unknown>
      }
      o.load_state_dict(saved.optimizer)
      s.load_state_dict(saved.scheduler)
      expect(steps(o, s, 50, 100)).toEqual(recorded.cases[i]!.rates.slice(51))
    })
  }

  it('Python goes on from checkpoints of ours', async () => {
    expect(await dialogue!.ask(['resume', told])).toEqual(recorded.cases.map(({ rates }) => rates.slice(51)))
  })

  describe('an averaged model', () => {
    const options: Record<string, Partial<InstanceType<typeof swa.AveragedModel>>> = {
      default: {},
      ema: { avg_fn: swa.get_ema_avg_fn(0.9) },
      swa: { avg_fn: swa.get_swa_avg_fn() },
      'ema multi': { multi_avg_fn: swa.get_ema_multi_avg_fn(0.9) },
      'swa multi': { multi_avg_fn: swa.get_swa_multi_avg_fn() },
      buffers: { multi_avg_fn: swa.get_ema_multi_avg_fn(0.9), use_buffers: true },
      'buffers by mean': { use_buffers: true },
    }
    for (const [name, given] of Object.entries(options)) {
      it(name, async () => {
        torch.manual_seed(7)
        const model = new nn.Sequential(new nn.Linear(4, 3), new nn.BatchNorm1d(3), new nn.Linear(3, 2))
        const averaged = new swa.AveragedModel(model, given as Partial<optim.swa_utils.AveragedModelOptions>)
        const data = Array.from({ length: 5 }, () => torch.randn(8, 4))
        const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 })
        for (let i = 0; i < 20; i++) {
          optimizer.zero_grad()
          model(data[i % 5]!)
            .square()
            .mean()
            .backward()
          optimizer.step()
          averaged.update_parameters(model)
        }
        const before = plain({ ...averaged.state_dict() })
        await swa.update_bn(data, averaged)
        const after = plain({ ...averaged.state_dict() })
        expect([before, after, plain(averaged(data[0]!))]).toEqual(recorded.averages[name])
      })
    }
  })
})
