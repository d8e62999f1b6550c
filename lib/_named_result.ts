import { inspect } from 'node:util'
import { native } from './_C/native.js'

/** A class of several results with names. */
type NamedClass<Result> = {
  /** From the results in order, or from one list of them. */
  new (values: Iterable<unknown>): Result
  new (...values: unknown[]): Result
  readonly name: string
}

/** By operator and names: libraries may have operators of one name. */
const classes = new Map<string, NamedClass<unknown[]>>()

/**
 * The class of an operator's several results: an array whose items also have the schema's names, so both
 * `const [values, indices] = x.max(1)` and `x.max(1).values` work. @internal
 */
export function makeNamed<Result = unknown[]>(names: readonly string[], operator: string): NamedClass<Result> {
  const key = `${operator}(${names.join()})`
  const made = classes.get(key) ?? newClass(names, operator)
  classes.set(key, made)
  return made as NamedClass<Result>
}

function newClass(names: readonly string[], operator: string): NamedClass<unknown[]> {
  const title = `torch.return_types.${operator}`
  class NamedResult extends Array<unknown> {
    static {
      Object.defineProperty(NamedResult, Symbol.species, { value: Array })
      Object.defineProperty(NamedResult, 'name', { value: title })
    }

    constructor(...given: unknown[]) {
      super(names.length)
      const values = given.length === 1 && isList(given[0]) ? [...given[0]] : given
      if (values.length !== names.length)
        throw new TypeError(`${title}() takes a ${names.length}-sequence (${values.length}-sequence given)`)
      for (let i = 0; i < values.length; i++) this[i] = values[i]
    }

    override toString(): string {
      const fields = names.map((name, i) => `${name}=${inspect(this[i])}`)
      return `${title}(\n${fields.join(',\n')})`
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

function isList(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value && !native.isTensor(value)
}
