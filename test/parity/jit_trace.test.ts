/** Modules of ours, traced and saved: Python runs the files with equal outputs. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { python, runPython } from './python.js'

const { nn } = torch
const F = nn.functional
type Tensor = torch.Tensor

const threads = torch.get_num_threads()
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-node-parity-trace-'))
  torch.set_num_threads(1)
})
afterAll(() => {
  rmSync(folder, { recursive: true })
  torch.set_num_threads(threads)
})

/** What Python gets from each traced file, `{name}.pt`, with the arguments saved in `{name}.in`. */
function inPython(names: readonly string[]): Record<string, unknown> {
  runPython(
    `import sys, torch
torch.set_num_threads(1)
folder, names = sys.argv[1], sys.argv[2:]
for name in names:
    m = torch.jit.load(f'{folder}/{name}.pt')
    with torch.no_grad():
        out = m(*torch.load(f'{folder}/{name}.in'))
    torch.save({'out': out, 'state': dict(m.state_dict())}, f'{folder}/{name}.out')`,
    { args: [folder, ...names] },
  )
  return Object.fromEntries(names.map(name => [name, torch.load(join(folder, `${name}.out`))]))
}

class ConvNet extends nn.Module {
  conv = new nn.Conv2d(3, 8, 3, { padding: 1 })
  bn = new nn.BatchNorm2d(8)
  pool = new nn.MaxPool2d(2)
  head = new nn.Sequential(new nn.Flatten(), new nn.Linear(8 * 16, 10))
  forward(x: Tensor): Tensor {
    return this.head(this.pool(F.relu(this.bn(this.conv(x)))))
  }
}

class Reader extends nn.Module {
  lstm = new nn.LSTM(5, 7, { num_layers: 2, batch_first: true })
  fc = new nn.Linear(7, 2)
  forward(x: Tensor): [Tensor, [Tensor, Tensor]] {
    const [out, state] = this.lstm(x) as [Tensor, [Tensor, Tensor]]
    return [this.fc(out), state]
  }
}

class Counted extends nn.Module {
  seen!: Tensor
  constructor() {
    super()
    this.register_buffer('seen', torch.zeros(3))
  }
  forward(x: Tensor): Tensor {
    this.seen.add_(x.detach().mean(0))
    return x.sub(this.seen)
  }
}

class Both extends nn.Module {
  a = new nn.Linear(3, 3)
  b = new nn.Linear(3, 3)
  constructor() {
    super()
    // One parameter under two names stays one.
    this.b.weight = this.a.weight
  }
  forward(x: Tensor, y: Tensor): Record<string, Tensor> {
    return { sum: this.a(x).add(y), product: this.b(y).mul(x) }
  }
}

describe.skipIf(!python)('jit.trace', () => {
  test('traced modules of ours give in Python what they give here', () => {
    torch.manual_seed(1)
    const encoder = new nn.TransformerEncoder(new nn.TransformerEncoderLayer(8, 2, 16, { batch_first: true }), 2)
    const cases: Record<string, [torch.nn.Module<torch.nn.Forward>, Tensor[], torch.jit.TraceOptions?]> = {
      conv: [new ConvNet().eval(), [torch.randn(2, 3, 8, 8)]],
      lstm: [new Reader().eval(), [torch.randn(2, 4, 5)]],
      encoder: [encoder.eval(), [torch.randn(2, 5, 8)]],
      dictionary: [new Both(), [torch.ones(2, 3), torch.randn(2, 3)], { strict: false }],
      embedding: [new nn.Embedding(5, 3), [torch.tensor([1n, 4n])]],
    }
    const expected: Record<string, unknown> = {}
    for (const [name, [module, inputs, options]] of Object.entries(cases)) {
      const traced = torch.jit.trace_module(module, { forward: inputs }, options)
      expect(traced, name).toBeInstanceOf(torch.jit.ScriptModule)
      expected[name] = torch.no_grad(() => (module as unknown as (...args: unknown[]) => unknown)(...inputs))
      traced.save(join(folder, `${name}.pt`))
      torch.save(Object.freeze(inputs), join(folder, `${name}.in`))
    }
    const told = inPython(Object.keys(cases))
    for (const name of Object.keys(cases)) {
      const flat = (v: unknown): Tensor[] =>
        torch.is_tensor(v) ? [v] : (Array.isArray(v) ? v : Object.values(v as object)).flatMap(flat)
      const [mine, theirs] = [flat(expected[name]), flat((told[name] as { out: unknown }).out)]
      expect(theirs.length, name).toBe(mine.length)
      for (const [i, t] of mine.entries())
        expect(t.allclose(theirs[i]!, { rtol: 1e-5, atol: 1e-6 }), `${name} ${i}`).toBe(true)
    }
    const { state } = told.dictionary as { state: Record<string, Tensor> }
    expect(Object.keys(state)).toEqual(['a.weight', 'a.bias', 'b.weight', 'b.bias'])
    expect(state['a.weight']!.equal(state['b.weight']!)).toBe(true)
  })

  test('buffers of a module in training mode change in both languages alike', () => {
    torch.manual_seed(2)
    for (const [name, module, x] of [
      ['norm', new nn.Sequential(new nn.Linear(3, 3), new nn.BatchNorm1d(3)), torch.randn(4, 3)],
      ['counted', new Counted(), torch.randn(4, 3)],
    ] as const) {
      // What a check would add to the buffers, Python's adds too: without one both start from the same.
      const traced = torch.jit.trace_module<(x: Tensor) => Tensor>(module, { forward: x }, { check_trace: false })
      traced.save(join(folder, `${name}.pt`))
      torch.save(Object.freeze([x]), join(folder, `${name}.in`))
      const mine = torch.no_grad(() => traced(x))
      const { out, state } = inPython([name])[name] as { out: Tensor; state: Record<string, Tensor> }
      expect(mine.equal(out), name).toBe(true)
      for (const [key, value] of Object.entries(traced.state_dict())) expect(value.equal(state[key]!), key).toBe(true)
      // The traced module shares the buffers of the module that it was made of.
      for (const [key, value] of Object.entries(module.state_dict())) expect(value.equal(state[key]!), key).toBe(true)
    }
  })

  test('several methods are traced at once', () => {
    class Pair extends nn.Module {
      fc = new nn.Linear(3, 2)
      forward(x: Tensor): Tensor {
        return this.fc(x)
      }
      twice(x: Tensor, y: Tensor): Tensor {
        return this.fc(x).add(this.fc(y))
      }
    }
    const module = new Pair()
    const [x, y] = [torch.randn(2, 3), torch.randn(2, 3)]
    const traced = torch.jit.trace_module(module, { forward: x, twice: [x, y] })
    traced.save(join(folder, 'pair.pt'))
    torch.save([x, y], join(folder, 'pair.in'))
    runPython(
      `import sys, torch
folder = sys.argv[1]
m, (x, y) = torch.jit.load(f'{folder}/pair.pt'), torch.load(f'{folder}/pair.in')
torch.save([m(x), m.twice(x, y)], f'{folder}/pair.out')`,
      { args: [folder] },
    )
    const [a, b] = torch.load(join(folder, 'pair.out')) as [Tensor, Tensor]
    expect(a.allclose(module(x))).toBe(true)
    expect(b.allclose(module.twice(x, y))).toBe(true)
  })

  test('functions that were traced or scripted here are modules there', () => {
    const traced = torch.jit.trace((a: Tensor, b: Tensor) => a.mul(b).relu(), [torch.ones(2), torch.ones(2)])
    traced.save(join(folder, 'function.pt'))
    torch.save(Object.freeze([torch.tensor([1, -2]), torch.tensor([3, 4])]), join(folder, 'function.in'))
    torch.jit
      .script(`def f(x: Tensor, n: int = 3) -> Tensor:
        total = torch.zeros_like(x)
        for i in range(n):
            if i % 2 == 0:
                total += x * i
        return total`)
      .save(join(folder, 'script.pt'))
    torch.save(Object.freeze([torch.ones(2), 5]), join(folder, 'script.in'))
    const told = inPython(['function', 'script']) as Record<string, { out: Tensor }>
    expect(told.function!.out.tolist()).toEqual([3, 0])
    expect(told.script!.out.tolist()).toEqual([6, 6])
  })
})
