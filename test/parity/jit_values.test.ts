/** Every kind of value, into a module that Python scripted and out of it. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answers, writeScripts } from './jit_files.js'
import { python } from './python.js'

const { ScriptEnum, ScriptObject } = torch.jit
type Kinds = torch.jit.ScriptModule & Record<string, (...args: unknown[]) => unknown>

let folder = ''
let answers: Answers
let kinds: Kinds
beforeAll(() => {
  if (!python) return
  ;({ folder, answers } = writeScripts())
  kinds = torch.jit.load(join(folder, 'kinds.pt')) as Kinds
})
afterAll(() => {
  if (folder) rmSync(folder, { recursive: true })
})

/** A result as `jit.py` tells it. */
function plain(v: unknown): unknown {
  if (torch.is_tensor(v)) return { dtype: String(v.dtype), value: v.tolist() }
  if (v instanceof torch.Complex) return { re: v.re, im: v.im }
  if (v instanceof ScriptEnum || v instanceof torch.device || v instanceof torch.dtype) return String(v)
  if (v instanceof Map) return [...v].map(([key, value]) => [plain(key), plain(value)])
  if (Array.isArray(v)) {
    const fields = v.constructor.name === 'Out' ? ['a', 'n'] : []
    if (fields.length > 0)
      return Object.fromEntries(fields.map(name => [name, plain((v as unknown as Record<string, unknown>)[name])]))
    return v.map(plain)
  }
  if (typeof v === 'object' && v !== null) return Object.entries(v).map(([key, value]) => [key, plain(value)])
  return v
}

const t = torch.arange(4, { dtype: torch.float32 })
const withProto = Object.defineProperty({ a: t }, '__proto__', { value: t, enumerable: true })

/** The calls of `jit.py`, with each way of saying the arguments in JavaScript. */
const calls: Record<string, unknown[][]> = {
  forward: [[t], [{ x: t }]],
  numbers: [
    [3, 1.5, true, new torch.Complex(1, 2)],
    [3n, 1.5, true, new torch.Complex(1, 2)],
    [3, { f: 1.5, c: new torch.Complex(1, 2), b: true }],
  ],
  'scalar int': [[t, 3]],
  'scalar float': [[t, 3.5]],
  texts: [['ä', ['x', '🙂']]],
  nested: [
    [
      [[1, 2], []],
      [[t], [t, t]],
    ],
  ],
  by_name: [
    [withProto],
    [
      new Map([
        ['a', t],
        ['__proto__', t],
      ]),
    ],
  ],
  by_int: [
    [{ 1: 2, 3: 4.5 }],
    [
      new Map([
        [1, 2],
        [3, 4.5],
      ]),
    ],
    [
      new Map([
        [1n, 2],
        [3n, 4.5],
      ]),
    ],
  ],
  by_float: [
    [{ 0.5: 'a', '2': 'b' }].map(d => new Map([...Object.entries(d)].reverse())),
    [
      new Map([
        [0.5, 'a'],
        [2, 'b'],
      ]),
    ],
  ],
  by_bool: [[new Map([[true, 1]])]],
  deep: [[{ x: { list: [1, 2] } }], [new Map([['x', new Map([['list', [1, 2]]])]])]],
  pair: [
    [
      [4, 'q'],
      [t, [1.5, true]],
    ],
  ],
  named: [[t]],
  takes_named: [[[t, 2]], [{ a: t, n: 2 }]],
  'maybe none': [[], [null], [null, null], [undefined]],
  'maybe both': [
    [t, 4],
    [t, { n: 4 }],
  ],
  'union int': [[4]],
  'union str': [['4']],
  'union list': [[[4, 5]]],
  color: [['RED']],
  mood: [['BAD']],
  place: [['cuda:1'], [new torch.device('cuda', 1)]],
  kind: [[t, torch.int16]],
  'anything tensor': [[t]],
  'anything int': [[4], [4n]],
  'anything float': [[4.5]],
  'anything str': [['x']],
  'anything bool': [[true]],
  'anything ints': [[[1, 2]]],
  'anything floats': [[[1.5, 2]]],
  'anything tensors': [[[t, t]]],
  'anything names': [[{ a: 1 }]],
  'anything map': [[new Map([[1, 1]])]],
  'anything tuple': [[Object.freeze([1, 'x'])]],
  'anything none': [[null]],
  back: [[{ a: [1, 2] }]],
  defaults: [[t], [t, 2.5], [t, 2.5, 1]],
  nothing: [[]],
  forks: [[t]],
}

describe.skipIf(!python)('values of TorchScript', () => {
  test('every kind of argument and result is Python’s, waited for or not', async () => {
    expect(Object.keys(calls).sort()).toEqual(Object.keys(answers.calls).sort())
    for (const [name, ways] of Object.entries(calls)) {
      const method = name.split(' ')[0]!
      for (const args of ways) {
        expect(plain(kinds[method]!(...args)), name).toEqual(answers.calls[name])
        expect(plain(await kinds.callAsync(method, ...args)), `${name}, async`).toEqual(answers.calls[name])
      }
    }
    expect(plain(kinds.defaults!(t, { shift: 3, scale: 0.5 }))).toEqual(answers['defaults by keyword'])
  })

  test('dictionaries are plain objects where keys are names, and Maps otherwise', () => {
    const named = kinds.by_name!(withProto) as object
    expect(Object.getPrototypeOf(named)).toBe(Object.prototype)
    expect(Object.keys(named)).toEqual(['a2', '__proto__2'])
    const same = kinds.back!(withProto) as object
    expect(Object.getPrototypeOf(same)).toBe(Object.prototype)
    expect(Object.keys(same)).toEqual(['a', '__proto__'])
    expect(kinds.by_int!({ 1: 2 })).toBeInstanceOf(Map)
  })

  test('named tuples have their fields, and go back in', () => {
    const out = kinds.named!(t) as unknown[] & { a: torch.Tensor; n: number }
    expect(out[0]).toBe(out.a)
    expect([out.length, out[1], out.n]).toEqual([2, 7, 7])
    expect(String(out)).toBe('Out(a=tensor([0., 3., 6., 9.]), n=7)')
    expect((kinds.takes_named!(out) as typeof out).n).toBe(8)
    expect(kinds.named!(t)!.constructor).toBe(out.constructor)
  })

  test('enumerations come as objects that go back in', () => {
    const blue = kinds.color!('RED') as InstanceType<typeof ScriptEnum>
    expect(blue).toBeInstanceOf(ScriptEnum)
    expect([blue.name, blue.value, String(blue)]).toEqual(['BLUE', 2, 'Color.BLUE'])
    expect((kinds.color!(blue) as typeof blue).name).toBe('RED')
  })

  test('tensors keep their identity, and gradients flow through', () => {
    expect(kinds.back!(t)).toBe(t)
    const x = torch.ones(3, { requires_grad: true })
    ;(kinds.forward(x) as torch.Tensor).mul(3).sum().backward()
    expect(x.grad!.tolist()).toEqual([3, 3, 3])
    torch.no_grad(() => expect((kinds.forward(x) as torch.Tensor).requires_grad).toBe(false))
  })

  test('instances of script classes go out and in, with attributes and methods', () => {
    const counter = kinds.counter!(5) as InstanceType<typeof ScriptObject> & {
      count: number
      history: number[]
      add(n: number): number
    }
    expect(counter).toBeInstanceOf(ScriptObject)
    const same = kinds.bump!(counter, 3) as typeof counter
    expect([counter.count, counter.history]).toEqual(answers.counter)
    expect([same.count, same.history]).toEqual(answers.counter)
    expect(counter.add(2)).toBe(10)
    counter.count = 100
    expect(same.count).toBe(100)
    expect(() => {
      ;(counter as unknown as { count: string }).count = 'many'
    }).toThrow(TypeError)
  })

  test('modules are arguments of an interface', () => {
    const twice = torch.jit.load(join(folder, 'twice.pt'))
    const uses = torch.jit.load(join(folder, 'uses.pt'))
    expect((uses.forward(t) as torch.Tensor).tolist()).toEqual([1, 3, 5, 7])
    expect((kinds.through!(twice, t) as torch.Tensor).tolist()).toEqual([1, 3, 5, 7])
    expect((kinds.through!(uses, t) as torch.Tensor).tolist()).toEqual([2, 4, 6, 8])
    expect(() => kinds.through!(kinds.counter!(1), t)).toThrow(TypeError)
    expect(() => kinds.through!(new torch.nn.Linear(1, 1), t)).toThrow(TypeError)
  })

  test('schemas are Python’s', () => {
    for (const [name, schema] of Object.entries(answers.schemas)) expect(kinds.schemas[name]).toBe(schema)
  })

  test('errors have the stack of TorchScript and Python’s words', async () => {
    const caught = (call: () => unknown): torch.TorchError => {
      try {
        call()
      } catch (error) {
        return error as torch.TorchError
      }
      throw new Error('nothing was thrown')
    }
    const raised = caught(() => kinds.raises!(5)) as torch.JITException
    expect(raised).toBeInstanceOf(torch.JITException)
    expect(raised).toBeInstanceOf(torch.TorchError)
    expect(torch.jit.Error).toBe(torch.JITException)
    expect([raised.code, raised.pythonClassName]).toEqual(['ERR_TORCH_SCRIPT', 'builtins.ValueError'])
    expect(raised.message).toMatch(/Traceback of TorchScript[\s\S]*in raises[\s\S]*<--- HERE/)
    expect(raised.message.trim()).toBe(answers.errors.raises![1].trim())
    await expect(kinds.callAsync('raises', 5)).rejects.toThrow(torch.JITException)
    const failed = caught(() => kinds.fails!(t))
    expect(failed.code).toBe('ERR_TORCH_RUNTIME')
    expect(failed.message).toMatch(/self\.inner|in inner/)
    expect(failed.message.trim()).toBe(answers.errors.fails![1].trim())
    expect(kinds.raises!(2)).toBe(2)
  })

  test('wrong arguments are TypeErrors that name the argument', () => {
    const wrong: [method: string, args: unknown[], message: RegExp][] = [
      ['forward', [3], /argument 'x' \(position 1\).*'Tensor'.*'int'/],
      ['forward', [], /missing value for argument 'x'/],
      ['forward', [t, t], /at most 2 argument/],
      ['forward', [t, { zz: 1 }], /zz/],
      ['forward', [t, { x: t }], /x/],
      ['numbers', [1.5, 1, true, 1], /'i'.*'int'.*float/],
      ['numbers', [2 ** 60, 1, true, 1], /'i'/],
      ['numbers', ['1', 1, true, 1], /'i'/],
      ['numbers', [1, 1, 1, 1], /'b'.*'bool'/],
      ['texts', ['a', 'b'], /'many'/],
      ['texts', ['a', [1]], /'many'/],
      ['nested', [[1], []], /'n'/],
      ['by_name', [[]], /'d'/],
      ['by_name', [{ a: 1 }], /'d'/],
      ['by_int', [{ a: 1 }], /'d'/],
      ['by_int', [new Map([['x', 1]])], /'d'/],
      ['pair', [[1], [t, [1, true]]], /'t'/],
      ['takes_named', [{ a: t }], /'o'/],
      ['union', [1.5], /'u'/],
      ['color', ['GREEN'], /GREEN/],
      ['color', [1], /'c'/],
      ['place', ['nowhere'], /nowhere|'d'/],
      ['bump', [{}, 1], /'c'/],
      ['anything', [() => 1], /./],
      ['anything', [new Date()], /./],
      ['anything', [[1, 'x']], /one type/],
    ]
    for (const [method, args, message] of wrong) {
      expect(() => kinds[method]!(...args), `${method}(${args})`).toThrow(message)
      try {
        kinds[method]!(...args)
      } catch (error) {
        const kind = error instanceof TypeError || error instanceof torch.TorchError
        expect(kind, `${method}: ${String(error)}`).toBe(true)
      }
    }
    const endless: unknown[] = []
    endless.push(endless)
    expect(() => kinds.back!(endless)).toThrow(/too deep/)
    expect(() => kinds.callAsync).not.toThrow()
  })

  test('a wrong argument of an asynchronous call rejects', async () => {
    await expect(kinds.forwardAsync(3)).rejects.toThrow(TypeError)
    await expect(kinds.callAsync('nothing_like_it')).rejects.toThrow(/not defined/)
  })
})
