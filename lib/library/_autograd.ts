/** An autograd kernel out of a backward formula. */

import { traced } from '../_C/call.js'
import { currentModes } from '../_C/modes.js'
import { native } from '../_C/native.js'
import { Function, type FunctionCtx, type Gradients } from '../autograd/function.js'
import type { Tensor } from '../tensor.js'
import type { Kernel } from './library.js'

/** A gradient or null for each argument; a list of them for a list of tensors. */
export type BackwardFormula = (ctx: FunctionCtx, ...grads: never[]) => unknown

/** Saves on `ctx` what `BackwardFormula` needs: `inputs` are the operator's arguments, `output` what it returned. */
export type SetupContext = (ctx: FunctionCtx, inputs: never, output: never) => void

const isTensor = (value: unknown): value is Tensor => native.isTensor(value)
const isTensorList = (value: unknown): value is Tensor[] =>
  Array.isArray(value) && value.length > 0 && value.every(isTensor)

/** Arguments with the tensors of lists one by one, as autograd's functions see them; and the way back. */
class Flattened {
  readonly values: unknown[]
  readonly #lengths: (number | null)[]

  constructor(args: readonly unknown[]) {
    this.values = args.flatMap(arg => (isTensorList(arg) ? arg : [arg]))
    this.#lengths = args.map(arg => (isTensorList(arg) ? arg.length : null))
  }

  restore(values: readonly unknown[]): unknown[] {
    let next = 0
    return this.#lengths.map(length => {
      if (length === null) return values[next++]
      next += length
      return values.slice(next - length, next)
    })
  }

  /** What a formula returns, one for each value. */
  gradients(returned: unknown): Gradients {
    const list: readonly unknown[] = Array.isArray(returned) ? returned : [returned]
    return this.#lengths.flatMap((length, i) => {
      const grad = list[i] ?? null
      if (length === null) return [grad as Tensor | null]
      return Array.isArray(grad) ? (grad as (Tensor | null)[]) : Array<null>(length).fill(null)
    })
  }
}

/**
 * The kernel for `Autograd` of operator `name`: computes by the kernels below and notes `backward` as the way back. Without
 * `backward` gradients are an error.
 */
export function autogradKernel(
  name: string,
  overload: string,
  backward: BackwardFormula,
  setup_context: SetupContext | null,
): Kernel {
  const below = (args: readonly unknown[]) => traced(native.callBelowAutograd(name, overload, ...args))
  const kernel = (...args: unknown[]): unknown => {
    const flat = new Flattened(args)
    const records = currentModes().grad && flat.values.some(value => isTensor(value) && native.requiresGrad(value))
    if (!records) return below(args)
    class CustomOp extends Function {
      static forward(ctx: FunctionCtx, ...values: unknown[]): Tensor | Tensor[] {
        const inputs = flat.restore(values)
        const output = below(inputs) as Tensor | Tensor[]
        setup_context?.(ctx, inputs as never, output as never)
        return output
      }

      static backward(ctx: FunctionCtx, ...grads: Tensor[]): Gradients {
        return flat.gradients((backward as (ctx: FunctionCtx, ...grads: Tensor[]) => unknown)(ctx, ...grads))
      }
    }
    Object.defineProperty(CustomOp, 'name', { value: name.slice(name.indexOf('::') + 2) })
    return CustomOp.apply(...flat.values)
  }
  return kernel as Kernel
}
