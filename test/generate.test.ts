import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as torch from 'torch-node'
import { channels_last, type Tensor } from 'torch-node'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { call } from '#lib/_C/call.js'
import { native } from '#lib/_C/native.js'
import * as ops from '#lib/_generated/ops.js'
import type * as return_types from '#lib/_generated/return_types.js'

const root = fileURLToPath(new URL('..', import.meta.url))

function generate(...options: string[]) {
  const script = join(root, 'scripts', 'generate', 'index.mjs')
  return spawnSync(process.execPath, [script, ...options], { encoding: 'utf8' })
}

describe('the committed files', () => {
  test('are what the generator writes', context => {
    const { status, stderr } = generate('--check')
    if (stderr.includes('SKIPPED')) context.skip(stderr)
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })

  test('an unknown option is refused', () => {
    expect(generate('--chekc')).toMatchObject({ status: 2, stderr: expect.stringContaining('--chekc') })
  })
})

describe('the operators', () => {
  const { names, ...numbers } = ops

  test('have their place in the list as their number', () => {
    expect(names.length).toBeGreaterThan(1500)
    expect(Object.keys(numbers)).toHaveLength(names.length)
    for (const [name, number] of Object.entries(numbers)) expect(names[number]).toBe(`aten::${name}`)
  })

  test('exist in LibTorch', () => {
    const known = new Set(native.operatorNames())
    expect(names.filter(name => !known.has(name))).toEqual([])
  })
})

describe('the facade', () => {
  const x = torch.arange(6).reshape(2, 3)

  test('takes arguments by position and by keyword', () => {
    const expected = x.add(2, { alpha: 3 }).tolist()
    expect(torch.add(x, { other: 2, alpha: 3 }).tolist()).toEqual(expected)
    expect(torch.add({ input: x, other: 2, alpha: 3 }).tolist()).toEqual(expected)
    expect(x.add({ other: 2, alpha: 3 }).tolist()).toEqual(expected)
  })

  test('takes sizes as a list and one by one', () => {
    expect(torch.zeros(2, 3, { dtype: torch.int64 }).tolist()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ])
    expect(x.permute(1, 0).shape).toEqual(x.permute([1, 0]).shape)
    expect([...x.expand(4, 2, -1).shape]).toEqual([4, 2, 3])
  })

  test('calls the overload that the arguments mean', () => {
    expect(x.max().item()).toBe(5)
    expect(x.max(1).values.tolist()).toEqual([2, 5])
    const [, indices] = torch.max(x, { dim: 1, keepdim: true })
    expect(indices!.tolist()).toEqual([[2], [2]])
  })

  test('puts the tensor of a method where the operator wants it', () => {
    expect(x.where(x.gt(2), -1).tolist()).toEqual([
      [-1, -1, -1],
      [3, 4, 5],
    ])
    expect(torch.ones(1).polygamma(1).item()).toBeCloseTo(Math.PI ** 2 / 6)
  })

  test('gives the tensor itself back from an in-place method', () => {
    const y = torch.ones(2)
    expect(y.mul_(3)).toBe(y)
    expect(y.tolist()).toEqual([3, 3])
  })

  test("offers a name that is JavaScript's own word", () => {
    expect(torch.var(torch.tensor([1, 3])).item()).toBe(2)
  })

  test('nonzero: as_tuple gives one tensor for each dimension', () => {
    const mask = torch.eye(2)
    expect(mask.nonzero().tolist()).toEqual([
      [0, 0],
      [1, 1],
    ])
    expect(torch.nonzero(mask, { as_tuple: true }).map(t => t.tolist())).toEqual([
      [0, 1],
      [0, 1],
    ])
    expect(mask.nonzero({ as_tuple: false }).shape).toEqual(mask.nonzero().shape)
    expect(() => call(ops.nonzero, mask, { as_tuple: true })).toThrow(TypeError)
    expect(() => mask.nonzero({ as_tuple: 1 as unknown as true })).toThrow(TypeError)
  })

  test('contiguous: the memory format may stand by position', () => {
    const image = torch.zeros(1, 2, 3, 4)
    expect(image.contiguous(channels_last).stride()).toEqual(
      image.contiguous({ memory_format: channels_last }).stride(),
    )
    expect(image.contiguous(channels_last).stride()).not.toEqual(image.stride())
  })

  test('what makes tensors makes them on the default device', () => {
    torch.set_default_device('meta')
    try {
      expect(torch.zeros(2, 3).device.type).toBe('meta')
      expect(torch.arange(3, { dtype: torch.float64 }).device.type).toBe('meta')
      expect(torch.fft.fftfreq(4).device.type).toBe('meta')
      expect(torch.zeros(2, { device: 'cpu' }).device.type).toBe('cpu')
      expect(torch.zeros([2], { out: torch.ones(2, { device: 'cpu' }) }).tolist()).toEqual([0, 0])
    } finally {
      torch.set_default_device(null)
    }
    expect(torch.zeros(2).device.type).toBe('cpu')
  })

  test('an unknown keyword is a TypeError that names the signatures', () => {
    // @ts-expect-error no such keyword
    expect(() => x.sum(0, { keepdims_: true })).toThrow(/keepdim/)
  })
})

test('types follow the overloads', () => {
  const check = (x: Tensor, either: Tensor | number) => {
    expectTypeOf(x.max()).toEqualTypeOf<Tensor>()
    expectTypeOf(x.max(0)).toEqualTypeOf<return_types.max>()
    expectTypeOf(torch.sort(x).indices).toEqualTypeOf<Tensor>()
    expectTypeOf(x.nonzero({ as_tuple: true })).toEqualTypeOf<Tensor[]>()
    expectTypeOf(x.add_(1)).toEqualTypeOf<Tensor>()
    expectTypeOf(torch.is_floating_point(x)).toEqualTypeOf<boolean>()
    expectTypeOf(x.eq(either).mul(either)).toEqualTypeOf<Tensor>()
    x.std({ dim: 0, correction: 0 }).div(2, { rounding_mode: 'floor' })
    torch.trapezoid(x, { dx: 2 })
    // @ts-expect-error rounding_mode takes no other word
    x.div(2, { rounding_mode: 'up' })
    // @ts-expect-error `other` is missing
    x.add({ alpha: 2 })
    // @ts-expect-error a keyword-only parameter
    x.add(1, 2)
  }
  expect(check).toBeTypeOf('function')
})
