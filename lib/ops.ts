/** `torch.ops`: every registered operator by name. https://docs.pytorch.org/docs/stable/library.html */
import { callByName } from './_C/call.js'
import { native } from './_C/native.js'
import type { Tensor } from './tensor.js'

/** One overload of an operator. */
export interface OpOverload {
  <Result = Tensor>(...args: unknown[]): Result
  /** `aten::add.Tensor` */
  name(): string
  /** The schema, as text. */
  readonly schema: string
}

/** An operator with all its overloads, of which a call chooses the one that takes the arguments. */
export type OpOverloadPacket = (<Result = Tensor>(...args: unknown[]) => Result) & {
  /** The names of the overloads, `default` for the one without a name. */
  overloads(): string[]
} & { readonly [overload: string]: OpOverload }

/** The operators of one library, such as `aten`. */
export type OpNamespace = { readonly [operator: string]: OpOverloadPacket }

/** The `.overload` of a schema; `default` where it has none. */
function overloadOf(schema: string): string {
  return /^[^(]*?\.(\w+)\(/.exec(schema)?.[1] ?? 'default'
}

function makeOverload(operator: string, overload: string, schema: string): OpOverload {
  const run = (...args: unknown[]) => callByName(operator, overload === 'default' ? '' : overload, ...args)
  const full = overload === 'default' ? operator : `${operator}.${overload}`
  Object.defineProperties(run, { name: { value: () => full }, schema: { value: schema } })
  return run as unknown as OpOverload
}

function makePacket(namespace: string, name: string): OpOverloadPacket | undefined {
  const operator = `${namespace}::${name}`
  const schemas = native.schemas(operator)
  if (schemas.length === 0) return undefined
  const run = (...args: unknown[]) => callByName(operator, null, ...args)
  Object.defineProperty(run, 'name', { value: operator })
  for (const schema of schemas) {
    const overload = overloadOf(schema)
    Object.defineProperty(run, overload, { value: makeOverload(operator, overload, schema), enumerable: true })
  }
  Object.defineProperty(run, 'overloads', { value: () => schemas.map(overloadOf) })
  return run as unknown as OpOverloadPacket
}

/** An object whose properties are made when first asked for, and are undefined where `make` says so. */
function lazily<T>(target: object, make: (name: string) => unknown): T {
  return new Proxy(target, {
    get(cache: Record<string | symbol, unknown>, name) {
      if (typeof name === 'symbol' || name in cache) return cache[name]
      const made = make(name)
      // What is not there yet may be registered later.
      if (made !== undefined) cache[name] = made
      return made
    },
  }) as T
}

const loaded = new Set<string>()

function makeNamespace(namespace: string): OpNamespace {
  return lazily(Object.create(null) as object, name => makePacket(namespace, name))
}

/** What `torch.ops` has beside the libraries of operators. */
interface Loading {
  /** Loads a library of custom operators (`.so`), which register themselves. */
  load_library(path: string): void
  /** The paths that `load_library` has loaded. */
  readonly loaded_libraries: ReadonlySet<string>
}

const loading: Loading = {
  load_library(path) {
    native.loadLibrary(path)
    loaded.add(path)
  },
  loaded_libraries: loaded,
}

/**
 * `ops.aten.add(a, b)` chooses the overload by the arguments, `ops.aten.add.Tensor(a, b)` calls that one. Results are typed
 * `Tensor`; give another type where there is one: `ops.aten.sort<[Tensor, Tensor]>(x)`.
 */
export const ops: Loading & { readonly [namespace: string]: OpNamespace } = lazily(
  Object.assign(Object.create(null) as object, loading),
  // A promise that resolves with `ops` asks for `then`.
  name => (name === 'then' ? undefined : makeNamespace(name)),
)
