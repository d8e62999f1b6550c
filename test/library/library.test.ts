import { Worker } from 'node:worker_threads'
import * as torch from 'torch-node'
import { afterEach, describe, expect, it } from 'vitest'

type Tensor = torch.Tensor
const { library, ops } = torch
const { Library } = library

let count = 0
const open: InstanceType<typeof Library>[] = []

/** A library with a namespace that no other test has. */
function fresh(): InstanceType<typeof Library> {
  const lib = new Library(`test${count++}`, 'DEF')
  open.push(lib)
  return lib
}

afterEach(() => {
  for (const lib of open.splice(0)) lib._destroy()
})

describe('Library', () => {
  it('defines operators with kernels in JavaScript', () => {
    const lib = fresh()
    expect(ops[lib.ns]!.double).toBeUndefined()
    expect(lib.define('double(Tensor x) -> Tensor')).toBe('double')
    lib.impl('double', (x: Tensor) => x.mul(2), 'CPU')
    expect(ops[lib.ns]!.double!(torch.ones(2)).tolist()).toEqual([2, 2])
    expect(ops[lib.ns]!.double!.default!.schema).toBe(`${lib.ns}::double(Tensor x) -> Tensor`)
    expect(() => ops[lib.ns]!.double!(3)).toThrow(TypeError)
    expect(() => ops[lib.ns]!.double!(torch.empty([2], { device: 'meta' }))).toThrow(torch.NotImplementedError)
  })

  it('hands over every kind of argument, and defaults', () => {
    const lib = fresh()
    let seen: unknown[] = []
    lib.define(
      'take(Tensor x, int n, float f=0.5, bool b=True, str s="word", int[] ns=[1, 2], Tensor[]? ts=None, ' +
        'float? maybe=None, Tensor? t=None, ScalarType? dtype=None, Device? device=None, Scalar sc=2, *, str mode="a", int[]? dims=None) -> ()',
    )
    const keep = (...args: unknown[]) => {
      seen = args
    }
    lib.impl('take', keep, 'CPU')
    const x = torch.ones(1)
    expect(ops[lib.ns]!.take!(x, 3)).toBeUndefined()
    expect((seen[0] as Tensor).isSame(x)).toBe(true)
    expect(seen.slice(1)).toEqual([
      3,
      0.5,
      true,
      'word',
      [1, 2],
      null,
      null,
      null,
      null,
      null,
      2,
      { mode: 'a', dims: null },
    ])
    ops[lib.ns]!.take!(x, 2n ** 60n, 1, false, 'é', [7], [x], 0.25, null, torch.int8, 'meta', new torch.Complex(1, 2), {
      mode: 'b',
      dims: [4],
    })
    expect(seen.slice(1, 6)).toEqual([2n ** 60n, 1, false, 'é', [7]])
    expect((seen[6] as Tensor[])[0]!.isSame(x)).toBe(true)
    expect(seen[9]).toBe(torch.int8)
    expect(String(seen[10])).toBe('meta')
    expect(seen.slice(7, 9).concat(seen.slice(11))).toEqual([
      0.25,
      null,
      new torch.Complex(1, 2),
      { mode: 'b', dims: [4] },
    ])
  })

  it('hands back every kind of result', () => {
    const lib = fresh()
    lib.define(
      'many(Tensor x) -> (Tensor values, int n, float f, str s, bool b, Tensor[] parts, int[] ns, Tensor? none)',
    )
    lib.impl('many', (x: Tensor) => [x.neg(), 3, 2, 'é', true, [x, x], [1, 2], null], 'CPU')
    const result = ops[lib.ns]!.many!<unknown[]>(torch.ones(1))
    expect((result[0] as Tensor).item()).toBe(-1)
    expect(result.slice(1, 5)).toEqual([3, 2, 'é', true])
    expect((result[5] as Tensor[]).map(part => part.item())).toEqual([1, 1])
    expect(result.slice(6)).toEqual([[1, 2], null])
    expect((result as unknown as { values: Tensor }).values.item()).toBe(-1)
  })

  it('hands objects of custom classes on', () => {
    const { linear_prepack, linear_unpack } = ops.quantized!
    const weight = torch.quantize_per_tensor(torch.eye(2), 0.1, 0, torch.qint8)
    const packed = linear_prepack!<object>(weight, null)
    expect(linear_unpack!<[Tensor]>(packed)[0].int_repr().tolist()).toEqual(weight.int_repr().tolist())
    const conv = ops.quantized!.conv2d_prepack!(weight.view(1, 1, 2, 2), null, [1, 1], [0, 0], [1, 1], 1)
    expect(() => linear_unpack!(conv)).toThrow('to custom class type __torch__.torch.classes.quantized.Linear')
    expect(() => ops.quantized!.linear!(weight, weight, 0.1, 0)).toThrow('must be torch.ScriptObject, not Tensor')
    expect(() => torch.add(weight, packed as Tensor)).toThrow('not torch.ScriptObject')
  })

  it('refuses results of another kind, and passes errors on', () => {
    const lib = fresh()
    lib.define('wrong(Tensor x, int which) -> (Tensor, int)')
    const results = [undefined, torch.ones(1), [torch.ones(1)], [1, 1], [torch.ones(1), 1.5], [torch.ones(1), 'a'], []]
    lib.impl('wrong', (_: Tensor, which: number) => results[which], 'CPU')
    const wrong = (which: number) => () => ops[lib.ns]!.wrong!(torch.ones(1), which)
    for (const which of results.keys()) expect(wrong(which), String(which)).toThrow(TypeError)
    expect(wrong(3)).toThrow(`${lib.ns}::wrong(): result 0 of its kernel must be Tensor, not int`)
    const thrown = new RangeError('mine')
    lib.define('fails(Tensor x) -> Tensor')
    lib.impl(
      'fails',
      () => {
        throw thrown
      },
      'CPU',
    )
    let caught: unknown
    try {
      ops[lib.ns]!.fails!(torch.ones(1))
    } catch (error) {
      caught = error
    }
    expect(caught).toBe(thrown)
    lib.define('promises(Tensor x) -> Tensor')
    lib.impl('promises', (async (x: Tensor) => x) as (x: Tensor) => unknown, 'CPU')
    expect(() => ops[lib.ns]!.promises!(torch.ones(1))).toThrow('its kernel must be Tensor')
    const block = torch.ones(1)
    block.dispose()
    lib.define('disposed(Tensor x) -> Tensor')
    lib.impl('disposed', () => block, 'CPU')
    expect(() => ops[lib.ns]!.disposed!(torch.ones(1))).toThrow('disposed')
  })

  it('refuses what is no definition, kernel or key', () => {
    const lib = fresh()
    lib.define('op(Tensor x) -> Tensor')
    lib.define('op.two(Tensor x, Tensor y) -> Tensor')
    expect(() => lib.define('op(Tensor x) -> Tensor')).toThrow('multiple times')
    expect(() => lib.define('op(Tensor x, int y) -> Tensor')).toThrow('this process knows it as')
    for (const schema of ['', 'op', 'op(Tensor', 'op(Nothing x) -> Tensor', '(Tensor x) -> Tensor'])
      expect(() => lib.define(schema), schema).toThrow()
    expect(() => lib.impl('op', 3 as never, 'CPU')).toThrow(TypeError)
    expect(() => lib.impl('op', () => 0, 'NoSuchKey')).toThrow(torch.TorchError)
    expect(() => lib.impl('nothing', () => 0, 'CPU')).toThrow('define it before its kernels')
    lib.impl('op', (x: Tensor) => x.clone(), 'CPU')
    expect(() => lib.impl('op', (x: Tensor) => x, 'CPU')).toThrow("there's already a kernel")
    lib.impl('op.two', (x: Tensor, y: Tensor) => x.add(y), 'CPU')
    expect(ops[lib.ns]!.op!(torch.ones(1), torch.ones(1)).item()).toBe(2)
    expect(() => new Library('x', 'OTHER' as never)).toThrow('Unsupported kind')
    expect(() => new Library('prim', 'DEF')).toThrow('reserved')
    expect(() => new Library(lib.ns, 'IMPL').define('x() -> ()')).toThrow('IMPL')
  })

  it('overrides operators of LibTorch until it is destroyed', () => {
    const lib = new Library('aten', 'IMPL', 'CPU')
    const calls: unknown[] = []
    lib.impl('hypot', (x: Tensor, y: Tensor) => {
      calls.push([x, y])
      return x.add(y)
    })
    expect(torch.hypot(torch.tensor([3]), torch.tensor([4])).item()).toBe(7)
    expect(calls).toHaveLength(1)
    lib._destroy()
    expect(torch.hypot(torch.tensor([3]), torch.tensor([4])).item()).toBe(5)
    expect(calls).toHaveLength(1)
  })

  it('can be destroyed and made again', () => {
    const make = (factor: number) => {
      const lib = new Library('again', 'FRAGMENT')
      lib.define('op(Tensor x) -> Tensor')
      lib.impl('op', (x: Tensor) => x.mul(factor), 'CPU')
      return lib
    }
    const first = make(2)
    const op = ops.again!.op!
    expect(op(torch.ones(1)).item()).toBe(2)
    first._destroy()
    expect(() => op(torch.ones(1))).toThrow(torch.NotImplementedError)
    const second = make(3)
    expect(op(torch.ones(1)).item()).toBe(3)
    second._destroy()
  })

  it('falls through to the next key', () => {
    const lib = fresh()
    lib.define('op(Tensor x) -> Tensor')
    lib.impl('op', library.fallthrough_kernel, 'Autograd')
    lib.impl('op', (x: Tensor) => x.mul(2), 'CompositeExplicitAutograd')
    expect(ops[lib.ns]!.op!(torch.ones(1, { requires_grad: true })).item()).toBe(2)
  })

  it('is differentiable when made of operators that are', () => {
    const lib = fresh()
    lib.define('square(Tensor x) -> Tensor')
    lib.impl('square', (x: Tensor) => x.mul(x))
    const x = torch.tensor([3], { requires_grad: true })
    ops[lib.ns]!.square!(x).sum().backward()
    expect(x.grad!.item()).toBe(6)
  })

  it('writes into arguments', () => {
    const lib = fresh()
    lib.define('bump_(Tensor(a!) x) -> Tensor(a!)')
    lib.impl('bump_', (x: Tensor) => x.add_(1), 'CPU')
    const x = torch.ones(1)
    expect(ops[lib.ns]!.bump_!(x)).toBe(x)
    expect(x.item()).toBe(2)
  })

  it('keeps its memory level over 10,000 calls', async () => {
    const lib = fresh()
    lib.define('op(Tensor x, Tensor[] more) -> (Tensor, Tensor)')
    lib.impl('op', (x: Tensor, more: Tensor[]) => [x.add(1), more[0]!.mul(2)], 'CPU')
    const x = torch.ones(10_000)
    const run = (times: number) => {
      for (let i = 0; i < times; i++) ops[lib.ns]!.op!(x, [x])
    }
    run(2000)
    const before = process.memoryUsage().rss
    run(8000)
    await new Promise(resolve => setImmediate(resolve))
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6)
  })
})

describe('custom_op', () => {
  it('has gradients by register_autograd', () => {
    const scaled = library.custom_op(
      'custom::scaled',
      (x: Tensor, by: number) =>
        torch.fromTypedArray((x.detach().typedArray() as Float64Array).map(value => value * by)),
      {
        schema: '(Tensor x, float by) -> Tensor',
      },
    )
    let by = 0
    scaled.register_autograd((_, grad: Tensor) => [grad.mul(by), null], {
      setup_context: (_, inputs: [Tensor, number]) => {
        by = inputs[1]
      },
    })
    scaled.register_fake((x: Tensor) => torch.empty_like(x))
    const x = torch.tensor([1, 2], { dtype: torch.float64, requires_grad: true })
    const y = scaled(x, 3)
    expect(y.grad_fn!.name()).toBe('scaledBackward')
    y.sum().backward()
    expect(x.grad!.tolist()).toEqual([3, 3])
    expect(ops.custom!.scaled!(x, 2).tolist()).toEqual([2, 4])
    expect(torch.no_grad(() => scaled(x, 2)).requires_grad).toBe(false)
    expect(torch.autograd.gradcheck((t: Tensor) => scaled(t, 1.5), [x])).toBe(true)
    expect(scaled(torch.empty([2, 3], { device: 'meta' }), 1).shape).toEqual(torch.empty(2, 3).shape)
    expect(scaled._qualname).toBe('custom::scaled')
  })

  it('has gradients for lists of tensors, and second derivatives', () => {
    const total = library.custom_op(
      'custom::total',
      (parts: Tensor[], weight: Tensor) => parts.reduce((sum, part) => sum.add(part.mul(part))).mul(weight),
      { schema: '(Tensor[] parts, Tensor weight) -> Tensor', device_types: 'cpu' },
    )
    total.register_autograd(
      (ctx, grad: Tensor) => {
        const [weight, ...parts] = ctx.saved_tensors as Tensor[]
        return [parts.map((part, i) => (i === 0 ? grad.mul(weight!) : grad.mul(weight!).mul(part).mul(2))), null]
      },
      {
        setup_context: (ctx, [parts, weight]: [Tensor[], Tensor]) => ctx.save_for_backward(weight, ...parts),
      },
    )
    const f64 = { dtype: torch.float64, requires_grad: true }
    const [a, b] = [torch.tensor([1, 2], f64), torch.tensor([3, 4], f64)]
    const weight = torch.tensor([2, 2], { dtype: torch.float64 })
    expect(torch.autograd.gradcheck((x: Tensor, y: Tensor) => total([x, y], weight), [a, b])).toBe(true)
    expect(torch.autograd.gradgradcheck((x: Tensor, y: Tensor) => total([x, y], weight), [a, b])).toBe(true)
    const [grad] = torch.autograd.grad(total([a, b], weight).sum(), [b])
    expect(grad!.tolist()).toEqual([12, 16])
  })

  it('says what is wrong', () => {
    const fn = (x: Tensor) => x
    expect(() => library.custom_op('noname', fn, { schema: '(Tensor x) -> Tensor' })).toThrow('"namespace::name"')
    expect(() => library.custom_op('a::b', fn, {} as never)).toThrow("missing required argument: 'schema'")
    expect(() => library.custom_op('a::b', fn, { schema: 'Tensor x' })).toThrow('expected schema')
    expect(() => library.custom_op('a::b.c', fn, { schema: '() -> ()' })).toThrow('no overload')
  })

  it('is registered function by function too', () => {
    library.define('functions::twice', '(Tensor x) -> Tensor')
    library.impl('functions::twice', ['cpu'], (x: Tensor) => x.mul(2))
    library.register_fake('functions::twice', (x: Tensor) => x.clone())
    library.register_autograd('functions::twice', (_, grad: Tensor) => grad.mul(2))
    const x = torch.ones(2, { requires_grad: true })
    ops.functions!.twice!(x).sum().backward()
    expect(x.grad!.tolist()).toEqual([2, 2])
    library.define('functions::other', '(Tensor x) -> Tensor')
    library.register_kernel('functions::other', null, (x: Tensor) => x.neg())
    expect(ops.functions!.other!(torch.ones(1)).item()).toBe(-1)
  })
})

describe('kernels and threads', () => {
  /** Runs code in a worker; what it posts. */
  function inWorker(code: string): Promise<unknown> {
    const body = `const torch = await import('torch-node')
const { Library } = torch.library
const post = value => require('node:worker_threads').parentPort.postMessage(value)
${code}`
    const worker = new Worker(`(async () => {${body}})()`, { eval: true })
    return new Promise((resolve, reject) => {
      let posted: unknown
      worker.on('message', value => {
        posted = value
      })
      worker.on('error', reject)
      worker.on('exit', () => resolve(posted))
    })
  }

  it('belong to the thread that registered them', { timeout: 60_000 }, async () => {
    const lib = fresh()
    lib.define('op(Tensor x) -> Tensor')
    lib.impl('op', (x: Tensor) => x.mul(2), 'CPU')
    const posted = await inWorker(`
      const op = torch.ops.${lib.ns}.op
      let message = ''
      try { op(torch.ones(1)) } catch (error) { message = error.message }
      const lib = new Library('${lib.ns}', 'FRAGMENT')
      lib.define('op(Tensor x) -> Tensor')
      lib.impl('op', x => x.mul(5), 'CPU')
      post([message, op(torch.ones(1)).item()])`)
    expect(posted).toEqual([expect.stringContaining('a function of another thread'), 5])
    // The worker's kernel has gone with it, ours has not.
    expect(ops[lib.ns]!.op!(torch.ones(1)).item()).toBe(2)
  })

  it('go when a worker ends', { timeout: 60_000 }, async () => {
    const code = `
      const lib = new Library('aten', 'IMPL', 'CPU')
      lib.impl('hypot', (x, y) => x.add(y))
      const own = new Library('ended', 'DEF')
      own.define('op(Tensor x) -> Tensor')
      own.impl('op', x => x.mul(3), 'CPU')
      post([torch.hypot(torch.tensor([3]), torch.tensor([4])).item(), torch.ops.ended.op(torch.ones(1)).item()])`
    expect(await inWorker(code)).toEqual([7, 3])
    expect(torch.hypot(torch.tensor([3]), torch.tensor([4])).item()).toBe(5)
    expect(() => ops.ended!.op!(torch.ones(1))).toThrow(torch.NotImplementedError)
    // The next one may register the same.
    expect(await inWorker(code)).toEqual([7, 3])
  })

  it('are called from backward passes of another thread', async () => {
    const lib = fresh()
    lib.define('op(Tensor x) -> Tensor')
    lib.impl('op', (x: Tensor) => x.mul(2), 'CPU')
    const x = torch.ones(2, { requires_grad: true })
    const y = x.mul(3)
    y.register_hook((grad: Tensor) => ops[lib.ns]!.op!(grad))
    await y.sum().backwardAsync()
    expect(x.grad!.tolist()).toEqual([6, 6])
  })

  it('are called by LibTorch from a thread without JavaScript', async () => {
    const lib = new Library('aten', 'IMPL', 'CPU')
    open.push(lib)
    const modes: boolean[] = []
    // The gradient of cosh calls it on a thread of the engine.
    lib.impl('sinh', (x: Tensor) => {
      modes.push(torch.is_grad_enabled())
      return x.exp().sub(x.neg().exp()).div(2)
    })
    const x = torch.tensor([0.5], { dtype: torch.float64, requires_grad: true })
    const y = x.cosh().sum()
    await y.backwardAsync()
    expect(x.grad!.item()).toBeCloseTo(Math.sinh(0.5), 12)
    expect(x.grad!.requires_grad).toBe(false)
    expect(modes).toHaveLength(1)
  })
})
