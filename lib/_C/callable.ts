/** Hand-written functions that are called as Python's are, with the fast way for calls that are all positional. */
import { type Args, isPlainObject, type Parameter, signature } from './args.js'
import { call } from './call.js'

/** Parameter names in order; `name?` has a default, `'*'` makes the following ones keyword-only. */
type Names = readonly string[]

type Bare<N> = N extends `${infer Name}?` ? Name : N
type BeforeStar<N extends Names> = N extends readonly [infer Head extends string, ...infer Rest extends Names]
  ? Head extends '*'
    ? []
    : [Head, ...BeforeStar<Rest>]
  : []
type WithoutStar<N extends Names> = N extends readonly [infer Head extends string, ...infer Rest extends Names]
  ? Head extends '*'
    ? WithoutStar<Rest>
    : [Head, ...WithoutStar<Rest>]
  : []
type RequiredOnly<N extends Names> = N extends readonly [infer Head extends string, ...infer Rest extends Names]
  ? Head extends `${string}?`
    ? []
    : [Head, ...RequiredOnly<Rest>]
  : []

/** `P` and every shorter beginning of it. */
export type Prefix<P extends unknown[]> = P extends [...infer Head, unknown] ? P | Prefix<Head> : []

/** The first `Count['length']` elements of `P`, with their labels. */
type Take<P extends unknown[], Count extends unknown[]> = P extends [...infer Head, unknown]
  ? P['length'] extends Count['length']
    ? P
    : Take<Head, Count>
  : []
/** What `Take` leaves, with labels. */
type Drop<P extends unknown[], Count extends unknown[]> = Count extends [unknown, ...infer Fewer]
  ? P extends [unknown, ...infer Rest]
    ? Drop<Rest, Fewer>
    : []
  : P

/** Every parameter by its name. */
export type Keywords<P extends unknown[], N extends Names> = {
  [I in Extract<keyof N, `${number}`> as Bare<N[I] & string> & string]: I extends keyof P ? P[I] : never
}

/** `Body`, callable by position and by keyword. */
export type Callable<Body extends (...args: never[]) => unknown, N extends Names> = (
  ...args: Args<
    Take<Required<Parameters<Body>>, RequiredOnly<BeforeStar<N>>>,
    Drop<Take<Required<Parameters<Body>>, BeforeStar<N>>, RequiredOnly<BeforeStar<N>>>,
    Keywords<Required<Parameters<Body>>, WithoutStar<N>>
  >
) => ReturnType<Body>

/**
 * Makes a function that takes its arguments as Python does. `body` has one positional parameter for each name, in order, and
 * states the defaults; `define('relu', ['input', 'inplace?'], (input: Tensor, inplace = false) => …)`.
 */
export function define<Body extends (...args: never[]) => unknown, const N extends Names>(
  name: string,
  parameters: N,
  body: Body,
): Callable<Body, N> {
  const names = parameters.filter(p => p !== '*').map(p => p.replace('?', ''))
  const star = parameters.indexOf('*')
  const positional = star < 0 ? names.length : star
  const required = parameters.filter(p => p !== '*' && !p.endsWith('?')).length
  const bind = signature<Record<string, unknown>>(
    name,
    ...parameters.map((p): Parameter => (p.endsWith('?') ? [p.slice(0, -1), undefined] : p)),
  )
  const run = body as unknown as (...args: unknown[]) => unknown
  const callable = (...args: unknown[]): unknown => {
    const given = args.length
    // The usual call of a training loop: nothing by keyword, so nothing to bind.
    if (given >= required && given <= positional && args[0] !== undefined && !isPlainObject(args[given - 1]))
      return run(...args)
    const bound = bind(args)
    return run(...names.map(parameter => bound[parameter]))
  }
  Object.defineProperty(callable, 'name', { value: name })
  return callable as Callable<Body, N>
}

/** A function that is the operator: the addon reads positions and keywords itself. */
export function forward<Body extends (...args: never[]) => unknown, N extends Names>(op: number): Callable<Body, N> {
  return ((...args: unknown[]) => call(op, ...args)) as Callable<Body, N>
}
