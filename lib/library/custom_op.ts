import { signature } from '../_C/args.js'
import { callByName } from '../_C/call.js'
import { valueError } from '../_C/raise.js'
import type { BackwardFormula, SetupContext } from './_autograd.js'
import type { Kernel } from './library.js'
import { define, register_autograd, register_fake, register_kernel } from './registrations.js'

/** What `custom_op` makes: the operator, to be called, with ways to say more about it. */
export interface CustomOpDef<F extends Kernel> {
  (...args: Parameters<F>): ReturnType<F>
  /** Another kernel for some device types, null for all. */
  register_kernel(device_types: string | readonly string[] | null, fn: F): CustomOpDef<F>
  /** For tensors without data. */
  register_fake(fn: F): CustomOpDef<F>
  register_autograd(backward: BackwardFormula, keywords?: { setup_context?: SetupContext | null }): void
  /** `mylib::my_op` */
  readonly _qualname: string
}

interface Options {
  /** Arguments and results, such as `(Tensor x, float scale=1.0) -> Tensor`; written arguments are `Tensor(a!)`. */
  schema: string
  /** Device types that the kernel is for; null for all. */
  device_types?: string | readonly string[] | null
}

const bind = signature<Required<Options> & { name: string; fn: Kernel }>('custom_op', 'name', 'fn', '*', 'schema', [
  'device_types',
  null,
])

/**
 * Wraps a function as operator `name` (`mylib::my_op`), which `torch.ops` and LibTorch then know. `schema` says what it
 * takes and returns; it must not return one of its arguments.
 *
 * ```ts
 * const scaled = torch.library.custom_op('mylib::scaled', (x: Tensor, by: number) => x.mul(by), {
 *   schema: '(Tensor x, float by) -> Tensor',
 * })
 * scaled.register_autograd((ctx, grad: Tensor) => [grad.mul(ctx.by), null], {
 *   setup_context: (ctx, inputs) => { ctx.by = inputs[1] },
 * })
 * ```
 *
 * https://docs.pytorch.org/docs/stable/library.html#torch.library.custom_op
 */
export function custom_op<F extends Kernel>(name: string, fn: F, options: Options): CustomOpDef<F>
export function custom_op(...args: unknown[]): CustomOpDef<Kernel> {
  const { name, fn, schema, device_types } = bind(args)
  if (typeof fn !== 'function') throw new TypeError('custom_op(): fn must be a function')
  if (name.includes('.')) throw valueError(`custom_op(): expected name to have no overload, got ${name}`)
  define(name, schema)
  register_kernel(name, device_types, fn)
  const op = (...inputs: unknown[]): unknown => callByName(name, '', ...inputs)
  const made = Object.assign(op as unknown as CustomOpDef<Kernel>, {
    _qualname: name,
    register_kernel(types: string | readonly string[] | null, kernel: Kernel) {
      register_kernel(name, types, kernel)
      return made
    },
    register_fake(kernel: Kernel) {
      register_fake(name, kernel)
      return made
    },
    register_autograd: (backward: BackwardFormula, keywords?: { setup_context?: SetupContext | null }) =>
      register_autograd(name, backward, { setup_context: keywords?.setup_context ?? null }),
  })
  return made
}
