/** TorchScript from source text, and modules of ours with methods in it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { describe, expect, test } from 'vitest'

const { jit, nn } = torch
type Tensor = torch.Tensor

describe('jit.script', () => {
  test('control flow, loops, lists and dictionaries', () => {
    const collatz = jit.script(`
      def collatz(n: int) -> List[int]:
        """Until one."""
        steps: List[int] = [n]
        while n != 1:
          if n % 2 == 0:
            n = n // 2
          else:
            n = 3 * n + 1
          steps.append(n)
        return steps
    `)
    expect(collatz(6)).toEqual([6, 3, 10, 5, 16, 8, 4, 2, 1])
    const count = jit.script(`
      def count(words: List[str]) -> Dict[str, int]:
        found: Dict[str, int] = {}
        for word in words:
          found[word] = found.get(word, 0) + 1
        return found
    `)
    expect(count(['a', 'b', 'a'])).toEqual({ a: 2, b: 1 })
    const twice = jit.script('def twice(xs: List[Tensor]) -> List[Tensor]:\n  return [x * 2 for x in xs]')
    expect((twice([torch.ones(1), torch.ones(2)]) as unknown as Tensor[]).map(t => t.tolist())).toEqual([[2], [2, 2]])
  })

  test('defaults, keywords and the text that it keeps', () => {
    const scale = jit.script(
      'def scale(x: Tensor, by: float = 2.0, *, shift: int = 0) -> Tensor:\n  return x * by + shift',
    )
    expect(scale(torch.ones(2)).tolist()).toEqual([2, 2])
    expect(scale(torch.ones(2), 3, { shift: 1 }).tolist()).toEqual([4, 4])
    expect(scale({ x: torch.ones(1), by: 0.5 }).tolist()).toEqual([0.5])
    expect(() => scale(torch.ones(2), 3, 1)).toThrow(/takes 2 positional arguments but 3/)
    expect(scale.name).toBe('scale')
    expect(scale.schema).toBe('scale(Tensor x, float by=2., *, int shift=0) -> Tensor')
    expect(scale.code).toContain('def scale(x: Tensor,')
    expect(scale.graph).toContain('aten::mul')
    expect(scale.inlined_graph).toContain('aten::mul')
    expect(String(scale)).toBe("<torch.jit.ScriptFunction 'scale'>")
  })

  test('dtypes, mathematics, operators by namespace and exceptions', () => {
    const make = jit.script(
      'def make(n: int):\n  return torch.zeros(n, dtype=torch.float64), torch.ones(n, dtype=torch.long)',
    )
    const [zeros, ones] = make(2) as unknown as [Tensor, Tensor]
    expect([zeros.dtype, ones.dtype]).toEqual([torch.float64, torch.int64])
    expect(jit.script('def f(x: float):\n  return math.sqrt(x) + math.pi')(4)).toBeCloseTo(2 + Math.PI)
    expect(jit.script('def f(x):\n  return torch.ops.aten.add(x, x)')(torch.ones(1)).item()).toBe(2)
    const check = jit.script('def check(n: int):\n  if n > 2:\n    raise ValueError("too large: ", n)\n  return n')
    expect(check(1)).toBe(1)
    try {
      check(3)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(torch.JITException)
      expect((error as torch.JITException).pythonClassName).toBe('builtins.ValueError')
      expect((error as Error).message).toMatch(
        /line 3, in check[\s\S]*<--- HERE[\s\S]*builtins\.ValueError: too large: 3/,
      )
    }
    expect(() => jit.script('def f(x: int):\n  assert x > 2, "small"\n  return x')(1)).toThrow(/small/)
    expect(() => jit.script('def f(x: int):\n  raise RuntimeError')(1)).toThrow(torch.JITException)
  })

  test('fork and wait inside a script, and outside', async () => {
    const unit = new jit.CompilationUnit(`
      def part(x: Tensor) -> Tensor:
        return x.sin()
      def both(x: Tensor) -> Tensor:
        future = torch.jit.fork(part, x)
        return part(x) + torch.jit.wait(future)
    `)
    const both = unit.both as torch.jit.ScriptFunction<(x: Tensor) => Tensor>
    const x = torch.randn(4)
    expect(both(x).allclose(x.sin().mul(2))).toBe(true)
    const futures = [1, 2, 3].map(n => jit.fork<Tensor>(both, x.mul(n)))
    for (const [i, future] of futures.entries())
      expect(
        (await jit.wait(future)).allclose(
          x
            .mul(i + 1)
            .sin()
            .mul(2),
        ),
      ).toBe(true)
    expect(torch.fork).toBe(jit.fork)
    expect(torch.wait).toBe(jit.wait)
  })

  test('what TorchScript does not take shows the place', () => {
    const wrong: [source: string, message: RegExp][] = [
      ['def f(x):\n  return y', /undefined value y[\s\S]*line 2[\s\S]*<--- HERE/],
      ['def f(x):\n  return x +', /expected ident/],
      ['def f(x: Nothing):\n  return x', /Unknown type name 'Nothing'/],
      ['def f(x: int) -> str:\n  return x', /type str.*but.*int|expected.*str/],
      ['def f(x):\n  return x.nothing_like_it()', /nothing_like_it/],
      ['def f(x):\n  return torch.nothing_like_it(x)', /Unknown builtin op: aten::nothing_like_it/],
      ['def f(x):\n return [1, "a"][0] + 1', /./],
      ['x = 1', /./],
      ['', /one function, got 0|./],
      ['def f(x):\n  return x\ndef g(x):\n  return x', /one function, got 2/],
      ['def f(x):\n  return "\\xff', /./],
    ]
    for (const [source, message] of wrong) expect(() => jit.script(source), source.slice(0, 40)).toThrow(message)
    for (const value of [null, 5, () => 1, new nn.Linear(1, 1), {}])
      expect(() => jit.script(value as never)).toThrow(TypeError)
  })

  test('a list that holds itself is refused on its way out', () => {
    const endless = jit.script('def endless(n: int) -> List[Any]:\n  l: List[Any] = [n]\n  l.append(l)\n  return l')
    expect(() => endless(1)).toThrow(/too deep/)
  })

  test('what is TorchScript already comes back', () => {
    const f = jit.script('def f(x):\n  return x')
    expect(jit.script(f)).toBe(f)
  })
})

describe('CompilationUnit', () => {
  test('functions of one text call each other, and more can come', () => {
    const unit = new jit.CompilationUnit('def one(x):\n  return x + 1\ndef two(x):\n  return one(one(x))')
    const two = unit.two as torch.jit.ScriptFunction<(x: Tensor) => Tensor>
    expect(two(torch.zeros(1)).item()).toBe(2)
    const [three] = unit.define('def three(x: int):\n  return x * 3')
    expect(three!(2)).toBe(6)
    expect(unit.three).toBe(three)
    expect(() => unit.define('def four(x):\n  return five(x)')).toThrow(/five/)
  })
})

describe('a module of ours with methods in TorchScript', () => {
  class Net extends nn.Module {
    fc = new nn.Linear(3, 2)
    bn = new nn.BatchNorm1d(2)
    forward(x: Tensor): Tensor {
      return this.fc(x)
    }
  }

  test('shares parameters and buffers, compiles what refers to them, and saves', () => {
    const net = new Net()
    const scripted = jit.script<(x: Tensor) => Tensor>(
      net,
      `
      def forward(self, x: Tensor) -> Tensor:
        return self.affine(x).relu()
      def affine(self, x: Tensor) -> Tensor:
        return torch.addmm(self.fc.bias, x, self.fc.weight.t())
      `,
    )
    const x = torch.randn(4, 3)
    expect(scripted(x).allclose(net(x).relu())).toBe(true)
    expect(scripted.parameters().map(p => net.parameters().includes(p))).toEqual([true, true, true, true])
    torch.no_grad(() => net.fc.weight.zero_())
    expect(scripted(x).allclose(net(x).relu())).toBe(true)
    scripted.define('def twice(self, x: Tensor) -> Tensor:\n  return self.forward(x) * 2')
    const { twice } = scripted as unknown as { twice(x: Tensor): Tensor }
    expect(twice(x).equal(scripted(x).mul(2))).toBe(true)
    const folder = mkdtempSync(join(tmpdir(), 'torch-node-script-'))
    scripted.save(join(folder, 'net.pt'))
    const loaded = jit.load<(x: Tensor) => Tensor>(join(folder, 'net.pt'))
    rmSync(folder, { recursive: true })
    expect(loaded(x).equal(scripted(x))).toBe(true)
    expect(Object.keys(loaded.state_dict())).toEqual(Object.keys(net.state_dict()))
  })

  test('errors show the place', () => {
    expect(() => jit.script(new Net(), 'def forward(self, x):\n  return self.nothing(x)')).toThrow(
      /nothing[\s\S]*<--- HERE/,
    )
  })

  test('Attribute gives numbers, texts and collections their types', () => {
    class WithData extends nn.Module {
      scale = new jit.Attribute(2, 'float')
      names = new jit.Attribute(['a'], 'List[str]')
      table = new jit.Attribute({}, 'Dict[str, int]')
      nothing = new jit.Attribute(null, 'Optional[Tensor]')
      forward(x: Tensor): Tensor {
        return x
      }
    }
    const scripted = jit.script<(x: Tensor) => Tensor>(
      new WithData(),
      `def forward(self, x: Tensor) -> Tensor:
         self.table["calls"] = self.table.get("calls", 0) + 1
         if self.nothing is not None:
           return x
         return x * self.scale + len(self.names)`,
    )
    expect(scripted(torch.ones(1)).item()).toBe(3)
    const { scale, table } = scripted as unknown as { scale: number; table: object }
    expect([scale, table]).toEqual([2, { calls: 1 }])
    class Wrong extends nn.Module {
      scale = new jit.Attribute('x', 'float')
      forward(): void {}
    }
    expect(() => jit.script(new Wrong(), 'def forward(self, x):\n  return x')).toThrow(/'float'/)
  })
})
