/** Instances of Python's classes as plain data: no code of theirs ever runs. */
import { Allowed, type Containers, Stateful } from './containers.js'
import { UnpicklingError } from './errors.js'

/** What builds the value for a name that a program has declared safe: a class, or a function. */
// biome-ignore lint/suspicious/noExplicitAny: anything that can be called or constructed
export type SafeGlobal = ((...args: any[]) => unknown) | (new (...args: any[]) => unknown)

/** An instance of a class, or the result of a function, that is not known here. */
export class PythonRecord extends Stateful {
  readonly states: unknown[] = []
  /** What a subclass of dict holds. */
  readonly entries: unknown[] = []
  /** What a subclass of list or set holds. */
  readonly items: unknown[] = []

  /** @param build makes the value; null for a plain record */
  constructor(
    readonly name: string,
    readonly args: readonly unknown[],
    readonly keywords: unknown,
    readonly build: SafeGlobal | null,
  ) {
    super()
  }

  setState(state: unknown, containers: Containers): void {
    this.states.push(state)
    for (const part of statesOf(state)) containers.spend(part instanceof Map ? part.size + 1 : 1)
  }
}

/** A state's parts: an object with slots has a tuple of two, its dict and that of its slots. */
export function statesOf(state: unknown): readonly unknown[] {
  const isPair = Array.isArray(state) && state.length === 2 && state.every(part => part === null || part instanceof Map)
  return isPair ? state : [state]
}

/** The class or function of this name: calling it makes a record. */
export function recordOf(name: string, build: SafeGlobal | null = null): Allowed {
  return new Allowed(name, (args, containers, keywords) => {
    containers.spend(args.length)
    if (name === 'copyreg._reconstructor') return reconstructed(args)
    return new PythonRecord(name, args, keywords ?? null, build)
  })
}

/** Protocols 0 and 1 make objects by this function: of a class, from a base class and its state. */
function reconstructed([type, , state]: readonly unknown[]): PythonRecord {
  if (!(type instanceof Allowed)) throw new UnpicklingError('the pickle is damaged: a class is missing')
  return new PythonRecord(type.name, state === null ? [] : [state], null, null)
}
