/** Functions that register with a library of their own: for code that does not keep a `Library`. */
import { define as callable } from '../_C/callable.js'
import { valueError } from '../_C/raise.js'
import { autogradKernel, type BackwardFormula, type SetupContext } from './_autograd.js'
import { type Kernel, Library, splitOverload } from './library.js'

/** `torch.library`'s libraries of this thread by namespace. */
const libraries = new Map<string, Library>()

/** The library that the functions below use for `mylib` of `mylib::my_op`. */
function libraryOf(qualname: string): [library: Library, name: string] {
  const parts = typeof qualname === 'string' ? qualname.split('::') : []
  if (parts.length !== 2 || !parts[0] || !parts[1])
    throw valueError(`Expected \`${String(qualname)}\` to be of the form "namespace::name"`)
  const [ns, name] = parts as [string, string]
  const library = libraries.get(ns) ?? new Library(ns, 'FRAGMENT')
  libraries.set(ns, library)
  return [library, name]
}

/** Dispatch keys of device types: `'cpu'` is `CPU`. */
function keyOf(deviceOrKey: string): string {
  const names: Record<string, string> = { cpu: 'CPU', cuda: 'CUDA', meta: 'Meta', mps: 'MPS', xpu: 'XPU' }
  return names[deviceOrKey] ?? deviceOrKey
}

/**
 * Defines operator `qualname` (`mylib::my_op`) by a schema without the name: `(Tensor x) -> Tensor`.
 * https://docs.pytorch.org/docs/stable/library.html#torch.library.define
 */
export const define = callable(
  'define',
  ['qualname', 'schema', '*', 'lib?'],
  (qualname: string, schema: string, lib: Library | null = null): void => {
    const [own, name] = libraryOf(qualname)
    if (typeof schema !== 'string' || !schema.trimStart().startsWith('('))
      throw valueError(`define(): expected schema to be of the form "(arguments) -> results", got ${String(schema)}`)
    ;(lib ?? own).define(name + schema.trim())
  },
)

/**
 * Makes `func` what operator `qualname` does for device types (`'cpu'`, `['cpu', 'cuda']`), dispatch keys, or by
 * `'default'` everywhere.
 * https://docs.pytorch.org/docs/stable/library.html#torch.library.impl
 */
export const impl = callable(
  'impl',
  ['qualname', 'types', 'func', '*', 'lib?'],
  (qualname: string, types: string | readonly string[], func: Kernel, lib: Library | null = null): void => {
    const [own, name] = libraryOf(qualname)
    const list = typeof types === 'string' ? [types] : types
    for (const type of list)
      (lib ?? own).impl(name, func, type === 'default' ? 'CompositeExplicitAutograd' : keyOf(type))
  },
)

/**
 * `impl` with `device_types` null for every device.
 * https://docs.pytorch.org/docs/stable/library.html#torch.library.register_kernel
 */
export const register_kernel = callable(
  'register_kernel',
  ['op', 'device_types', 'func', '*', 'lib?'],
  (op: string, device_types: string | readonly string[] | null, func: Kernel, lib: Library | null = null): void =>
    impl(op, device_types ?? 'default', func, { lib }),
)

/**
 * Registers what the operator does with tensors that have a shape but no data (device `meta`).
 * https://docs.pytorch.org/docs/stable/library.html#torch.library.register_fake
 */
export const register_fake = callable(
  'register_fake',
  ['op', 'func', '*', 'lib?'],
  (op: string, func: Kernel, lib: Library | null = null): void => impl(op, 'Meta', func, { lib }),
)

/**
 * Gives the operator a gradient: `setup_context(ctx, inputs, output)` saves what `backward(ctx, ...grads)` needs, which
 * returns a gradient or null for each argument.
 * https://docs.pytorch.org/docs/stable/library.html#torch.library.register_autograd
 */
export const register_autograd = callable(
  'register_autograd',
  ['op', 'backward', '*', 'setup_context?', 'lib?'],
  (
    op: string,
    backward: BackwardFormula,
    setup_context: SetupContext | null = null,
    lib: Library | null = null,
  ): void => {
    const [own, name] = libraryOf(op)
    if (typeof backward !== 'function') throw new TypeError('register_autograd(): backward must be a function')
    const [base, overload] = splitOverload(name)
    const library = lib ?? own
    library.impl(name, autogradKernel(`${library.ns}::${base}`, overload, backward, setup_context), 'Autograd')
  },
)
