import { describe, expect, it } from 'vitest'
import { define } from '#lib/_C/callable.js'

const f = define('f', ['a', 'b?', '*', 'c?'], (a: number, b = 2, c: number | null = null) => [a, b, c])

describe('a function made by define', () => {
  it('takes arguments by position, by keyword and both', () => {
    expect(f(1)).toEqual([1, 2, null])
    expect(f(1, 5)).toEqual([1, 5, null])
    expect(f(1, { b: 5 })).toEqual([1, 5, null])
    expect(f(1, 5, { c: 7 })).toEqual([1, 5, 7])
    expect(f({ a: 1, c: 7 })).toEqual([1, 2, 7])
  })

  it('counts undefined as not given', () => {
    // @ts-expect-error: TypeScript's callers leave it away
    expect(f(1, undefined)).toEqual([1, 2, null])
    expect(f(1, { b: undefined })).toEqual([1, 2, null])
  })

  it('refuses what Python refuses', () => {
    // @ts-expect-error: a is required
    expect(() => f()).toThrow("f() missing required argument: 'a'")
    expect(() => f({ b: 1 })).toThrow("f() missing required argument: 'a'")
    // @ts-expect-error: c is keyword-only
    expect(() => f(1, 2, 3)).toThrow('f() takes 2 positional arguments but 3 were given')
    // @ts-expect-error: there is no d
    expect(() => f(1, { d: 1 })).toThrow("f() got an unexpected keyword argument 'd'; it accepts: a, b, c")
    expect(() => f(1, { a: 1 })).toThrow("f() got multiple values for argument 'a'")
  })

  it('has its name', () => {
    expect(f.name).toBe('f')
  })
})
