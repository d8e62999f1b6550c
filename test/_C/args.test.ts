import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'
import { typeName } from '#lib/_C/args.js'

describe('the name of a value in an error', () => {
  it("is Python's for what Python has", () => {
    const names = [null, undefined, true, 1, 1.5, 2n, 'a', {}, [], [1], [[1]], torch.ones(1)].map(typeName)
    expect(names).toEqual([
      'None',
      'None',
      'bool',
      'int',
      'float',
      'int',
      'str',
      'dict',
      'empty list',
      'list of int',
      'list of list',
      'Tensor',
    ])
  })

  it("is the class's otherwise", () => {
    expect(typeName(new Map())).toBe('Map')
    expect(typeName(new (class Own {})())).toBe('Own')
    expect(typeName(() => 1)).toBe('function')
  })

  it('runs none of its code', () => {
    const refuse = () => {
      throw new Error('was run')
    }
    const traps = { get: refuse, getPrototypeOf: refuse, getOwnPropertyDescriptor: refuse, has: refuse }
    expect(typeName(new Proxy({}, traps))).toBe('object')
    expect(typeName(new Proxy([], traps))).toBe('object')
    expect(typeName([new Proxy({}, traps)])).toBe('list of object')
    expect(typeName(Object.create(Object.defineProperty({}, 'constructor', { get: refuse })))).toBe('object')
    const named = class {
      static get name() {
        return refuse()
      }
    }
    expect(typeName(new named())).toBe('object')
    expect(typeName(Object.create(new Proxy({}, traps)))).toBe('object')
    expect(typeName(Object.defineProperty([0], 0, { get: refuse }))).toBe('list of None')
    const cyclic: unknown[] = []
    cyclic.push(cyclic)
    expect(typeName(cyclic)).toBe('list of list')
  })
})
