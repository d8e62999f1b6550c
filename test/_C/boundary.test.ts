import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { native } from '#lib/_C/native.js'

describe('the boundary', () => {
  it('declares exactly what the addon exports', () => {
    const source = readFileSync(new URL('../../lib/_C/native.ts', import.meta.url), 'utf8')
    const body = source.slice(
      source.indexOf('export interface Native {'),
      source.indexOf('/** The high part of a tag. */'),
    )
    const declared = [...body.matchAll(/^ {2}(?:readonly )?(\w+)[(:]/gm)].map(match => match[1]!)
    expect(declared.length).toBeGreaterThan(50)
    expect(Object.keys(native).sort()).toEqual([...new Set(declared)].sort())
  })

  it('refuses every kind of wrong argument with a JavaScript error', () => {
    const throwing = {
      get dtype(): never {
        throw new RangeError('a getter of the user')
      },
    }
    const wrong = [undefined, null, 1, 1n, 'x', Symbol('s'), {}, [], () => 0, new Date(), throwing, NaN, -1]
    const harmless = new Set(['setup', 'registerOps', 'setNumThreads', 'setNumInteropThreads', 'setDefaultDtype'])
    for (const [name, value] of Object.entries(native)) {
      if (typeof value !== 'function' || harmless.has(name)) continue
      for (const argument of wrong) {
        try {
          const result: unknown = Reflect.apply(value, native, [argument, argument, argument])
          if (result instanceof Promise) result.catch(() => {})
        } catch (error) {
          expect(error, `${name}(${String(argument)})`).toBeInstanceOf(Error)
        }
      }
    }
  })
})
