import { typeName } from '../_C/args.js'
import { native } from '../_C/native.js'
import { runtimeError, valueError } from '../_C/raise.js'

/**
 * What an operator does for a dispatch key: called with the operator's arguments by position, all of them, and with one object
 * of the keyword-only ones behind them if the schema has any. Returns what the schema says, synchronously: a list for several
 * results, nothing for none.
 */
export type Kernel = (...args: never[]) => unknown

/** A kernel that hands the call on to the next dispatch key. */
export const fallthrough_kernel: unique symbol = Symbol('torch.library.fallthrough_kernel')

const kinds = ['DEF', 'IMPL', 'FRAGMENT'] as const
export type LibraryKind = (typeof kinds)[number]

/** One thing that a library has registered. */
interface Registration {
  name: string
  overload: string
  /** null for the definition. */
  dispatchKey: string | null
}

/** `add.Tensor` as name and overload. */
export function splitOverload(name: string): [string, string] {
  const point = name.indexOf('.')
  return point < 0 ? [name, ''] : [name.slice(0, point), name.slice(point + 1)]
}

/**
 * New operators in a namespace, or new kernels for operators that exist: everything that calls the operator then calls these,
 * `torch.ops` as well as LibTorch itself. A kernel belongs to the thread that registered it and goes with it; a worker that
 * calls the operator registers it too, with the same schema.
 *
 * ```ts
 * const lib = new torch.library.Library('mylib', 'DEF')
 * lib.define('double(Tensor x) -> Tensor')
 * lib.impl('double', (x: Tensor) => x.mul(2), 'CPU')
 * torch.ops.mylib.double(torch.ones(3))
 * ```
 *
 * https://docs.pytorch.org/docs/stable/library.html#torch.library.Library
 */
export class Library {
  readonly ns: string
  readonly kind: LibraryKind
  readonly dispatch_key: string
  readonly #registered: Registration[] = []

  constructor(ns: string, kind: LibraryKind, dispatch_key = '') {
    if (!kinds.includes(kind)) throw valueError(`Unsupported kind: ${String(kind)}`)
    if (typeof ns !== 'string' || !/^\w+$/.test(ns)) throw valueError(`${String(ns)} is not a namespace`)
    if (ns === 'prim' && kind !== 'IMPL')
      throw valueError('prim is a reserved namespace. Please try creating a library with another name.')
    this.ns = ns
    this.kind = kind
    this.dispatch_key = dispatch_key
  }

  /**
   * Defines an operator by its schema, such as `my_op(Tensor x, float scale=1.0) -> Tensor`; returns its name. Throws
   * `TorchError` for what is no schema, or is known already.
   */
  define(schema: string): string {
    if (this.kind === 'IMPL') throw runtimeError('define(): a library of kind IMPL has no operators of its own')
    if (typeof schema !== 'string') throw new TypeError(`define(): schema must be str, not ${typeName(schema)}`)
    const full = native.libraryDefine(`${this.ns}::${schema.trim()}`)
    const [name, overload] = splitOverload(full)
    this.#registered.push({ name, overload, dispatchKey: null })
    return full.slice(this.ns.length + 2)
  }

  /**
   * Makes `fn` what the operator does for `dispatch_key`: `'CPU'`, `'CUDA'`, `'Meta'`, `'Autograd'`,
   * `'CompositeExplicitAutograd'` (every device), …; by default the library's, else `'CompositeImplicitAutograd'`, for a
   * kernel that is made of differentiable operators.
   */
  impl(op_name: string, fn: Kernel | typeof fallthrough_kernel, dispatch_key = ''): void {
    if (fn !== fallthrough_kernel && typeof fn !== 'function')
      throw new TypeError(`Input function is required to be a callable but found type ${typeName(fn)}`)
    const [name, overload] = splitOverload(`${this.ns}::${op_name}`)
    const dispatchKey = dispatch_key || this.dispatch_key || 'CompositeImplicitAutograd'
    native.libraryImplement(
      name,
      overload,
      dispatchKey,
      fn === fallthrough_kernel ? null : (fn as (...args: unknown[]) => unknown),
    )
    this.#registered.push({ name, overload, dispatchKey })
  }

  /** Takes back all kernels, and the definitions: their names stay known, without kernels, and may be defined again. */
  _destroy(): void {
    for (const { name, overload, dispatchKey } of this.#registered.splice(0).reverse())
      native.libraryRemove(name, overload, dispatchKey)
  }
}
