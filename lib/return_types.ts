import { inspect } from 'node:util'

/**
 * Makes the class of an operator's several results: an array whose items also have the schema's names, so both
 * `const [values, indices] = x.max(1)` and `x.max(1).values` work. @internal
 */
export function makeNamed(names: readonly string[], operator: string): new (...values: unknown[]) => unknown[] {
  class NamedResult extends Array<unknown> {
    static {
      Object.defineProperty(NamedResult, Symbol.species, { value: Array })
    }

    constructor(...values: unknown[]) {
      super(values.length)
      for (let i = 0; i < values.length; i++) this[i] = values[i]
    }

    override toString(): string {
      const fields = names.map((name, i) => `${name}=${inspect(this[i])}`)
      return `torch.return_types.${operator}(\n${fields.join(',\n')})`
    }

    [inspect.custom](): string {
      return this.toString()
    }
  }
  for (const [i, name] of names.entries()) {
    Object.defineProperty(NamedResult.prototype, name, {
      get(this: NamedResult) {
        return this[i]
      },
    })
  }
  return NamedResult
}
