import { typeName } from '../_C/args.js'
import { call, traced } from '../_C/call.js'
import { NotImplementedError, TorchError } from '../_C/errors.js'
import { underGradMode } from '../_C/hooks.js'
import { beforeCall, currentModes, modeBlock } from '../_C/modes.js'
import { native } from '../_C/native.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'
import { inDualLevel } from './_dual_level.js'
import { FunctionCtx } from './function_ctx.js'

export { FunctionCtx } from './function_ctx.js'

/** What `backward` returns: a gradient or null for each argument of `forward`. */
export type Gradients = Tensor | null | undefined | readonly (Tensor | null | undefined)[]

type Backward = (ctx: FunctionCtx, ...grads: never[]) => Gradients

interface Plain<A extends unknown[], R> {
  forward(ctx: FunctionCtx, ...args: A): R
}

interface WithContext<A extends unknown[], R> {
  forward(...args: A): R
  setup_context(ctx: FunctionCtx, inputs: A, output: R): void
}

/** A subclass as `apply` finds it. */
interface Definition {
  readonly name: string
  forward?: (...args: unknown[]) => unknown
  setup_context?: (ctx: FunctionCtx, inputs: unknown[], output: unknown) => void
  backward?: (ctx: FunctionCtx, ...grads: (Tensor | null)[]) => Gradients
  vjp?: (ctx: FunctionCtx, ...grads: (Tensor | null)[]) => Gradients
  jvp?: (ctx: FunctionCtx, ...tangents: (Tensor | null)[]) => Gradients
}

/**
 * An operation with a backward pass of its own. A subclass has `static forward(ctx, ...args)` and
 * `static backward(ctx, ...grads)`, which returns a gradient or null for each argument; call it through `apply`:
 *
 * ```ts
 * class Exp extends torch.autograd.Function {
 *   static forward(ctx: FunctionCtx, x: Tensor) {
 *     const y = x.exp()
 *     ctx.save_for_backward(y)
 *     return y
 *   }
 *   static backward(ctx: FunctionCtx, grad: Tensor) {
 *     return grad.mul(ctx.saved_tensors[0])
 *   }
 * }
 * const y = Exp.apply(x)
 * ```
 *
 * With `static setup_context(ctx, inputs, output)`, `forward` takes no `ctx`. `static jvp(ctx, ...tangents)` gives forward
 * mode: a tangent for each output, from a tangent or null for each argument.
 * https://docs.pytorch.org/docs/stable/autograd.html#function
 */
export class Function {
  constructor() {
    throw new TorchError(`${new.target.name} is made of static methods: call ${new.target.name}.apply(…)`)
  }

  /** Runs `forward` without recording and ties its tensors to `backward`. */
  static apply<A extends unknown[], R>(this: WithContext<A, R>, ...args: A): R
  static apply<A extends unknown[], R>(this: Plain<A, R>, ...args: A): R
  static apply(...args: unknown[]): unknown {
    return run(this as unknown as Definition, args)
  }
}

/** The same as `Function`; only old programs name it. */
export class InplaceFunction extends Function {}

function forward(definition: Definition, ctx: FunctionCtx, args: unknown[]): unknown {
  if (typeof definition.forward !== 'function') {
    throw new NotImplementedError(
      `You must implement the static forward function of ${definition.name}.`,
      'ERR_TORCH_NOT_IMPLEMENTED',
    )
  }
  const block = modeBlock({ grad: false, forwardAd: false })
  try {
    if (typeof definition.setup_context !== 'function') return definition.forward(ctx, ...args)
    const output = definition.forward(...args)
    definition.setup_context(ctx, args, output)
    return output
  } finally {
    block[Symbol.dispose]()
  }
}

function run(definition: Definition, args: unknown[]): unknown {
  const inputs = args.filter(arg => native.isTensor(arg)) as Tensor[]
  const ctx = new FunctionCtx(args.map(arg => native.isTensor(arg) && native.requiresGrad(arg as Tensor)))
  const recording = currentModes().grad && ctx.needs_input_grad.some(Boolean)
  const result = forward(definition, ctx, args)
  const many = Array.isArray(result)
  const values: unknown[] = many ? result : [result]
  const outputs = values.filter(value => native.isTensor(value)) as Tensor[]
  if (!many && outputs.length === 0)
    throw new TypeError(`${definition.name}.forward: expected Tensor or list of Tensor, got ${typeName(result)}`)
  if (!recording && !inDualLevel()) return result
  beforeCall()
  const name = `${definition.name}Backward`
  const tied = native.customFunction({
    name,
    inputs,
    outputs,
    ...ctx.settings(),
    backward: nodeBackward(definition, ctx, name, args.map(native.isTensor), values.map(native.isTensor)),
    jvp: tangents => outputTangents(definition, ctx, args, values, tangents),
  })
  ctx.forget()
  for (const output of tied) traced(output)
  let next = 0
  const handed = values.map(value => (native.isTensor(value) ? tied[next++] : value))
  return many ? handed : handed[0]
}

/**
 * What the node calls. Made apart from `run`, so that it holds none of the tensors that `run` sees: an output would hold the
 * node, and the node this.
 */
function nodeBackward(
  definition: Definition,
  ctx: FunctionCtx,
  name: string,
  argIsTensor: readonly boolean[],
  valueIsTensor: readonly boolean[],
) {
  return underGradMode((saved: readonly (Tensor | null)[], ...grads: (Tensor | null)[]) => {
    ctx.receiveSaved(saved)
    try {
      let next = 0
      const all = valueIsTensor.map(is => (is ? (grads[next++] ?? null) : null))
      return inputGradients(definition, name, argIsTensor, callBackward(definition, ctx, all))
    } finally {
      ctx.forget()
    }
  })
}

function callBackward(definition: Definition, ctx: FunctionCtx, grads: (Tensor | null)[]): Gradients {
  const { backward = definition.vjp } = definition
  if (typeof backward !== 'function') {
    throw new NotImplementedError(
      `You must implement the static backward function of ${definition.name} to differentiate it.`,
      'ERR_TORCH_NOT_IMPLEMENTED',
    )
  }
  return backward.call(definition, ctx, ...grads)
}

/** The tangents of the tensors among the outputs. */
function outputTangents(
  definition: Definition,
  ctx: FunctionCtx,
  args: unknown[],
  values: unknown[],
  tangents: readonly (Tensor | null)[],
): (Tensor | null)[] {
  if (typeof definition.jvp !== 'function') {
    throw new NotImplementedError(
      `You must implement the jvp function for custom autograd.Function to use it with forward mode AD.`,
      'ERR_TORCH_NOT_IMPLEMENTED',
    )
  }
  ctx.receiveSaved(ctx.savedForForward)
  let next = 0
  const all = args.map(arg => {
    if (!native.isTensor(arg)) return null
    const tangent = tangents[next++] ?? null
    const { dtype } = arg as Tensor
    if (tangent !== null || !ctx.materializesGrads || !(dtype.is_floating_point || dtype.is_complex)) return tangent
    return call(ops.zeros_like, (arg as Tensor).detach()) as Tensor
  })
  const returned: unknown = definition.jvp(ctx, ...all)
  const list: readonly unknown[] = Array.isArray(returned) ? returned : [returned]
  const excess = list.slice(values.length).some(tangent => tangent !== null && tangent !== undefined)
  if (list.length < values.length || excess) {
    throw new TorchError(
      `jvp of ${definition.name} returned an incorrect number of tangents (expected ${values.length}, got ${list.length})`,
    )
  }
  return values.flatMap((value, i) => (native.isTensor(value) ? [(list[i] ?? null) as Tensor | null] : []))
}

/** The gradients of the tensors among the arguments. */
function inputGradients(
  definition: Definition,
  name: string,
  argIsTensor: readonly boolean[],
  returned: Gradients,
): (Tensor | null)[] {
  const list: readonly unknown[] = Array.isArray(returned) ? returned : [returned]
  const excess = list.slice(argIsTensor.length).some(grad => grad !== null && grad !== undefined)
  if (list.length < argIsTensor.length || excess) {
    throw new TorchError(
      `function ${name} returned an incorrect number of gradients (expected ${argIsTensor.length}, got ${list.length})`,
    )
  }
  const result: (Tensor | null)[] = []
  for (const [i, isTensor] of argIsTensor.entries()) {
    const grad = list[i] ?? null
    if (grad !== null && !native.isTensor(grad))
      throw new TypeError(
        `${definition.name}.backward: expected Tensor or null as gradient ${i}, got ${typeName(grad)}`,
      )
    if (isTensor) result.push(grad as Tensor | null)
    else if (grad !== null)
      throw new TorchError(
        `function ${name} returned a gradient different from None at position ${i + 1}, but the corresponding forward input was not a Variable`,
      )
  }
  return result
}

/**
 * Marks a `backward` whose own operations can't be differentiated again: a second derivative through it is then an error
 * instead of a wrong number. `static backward = once_differentiable((ctx, grad) => …)`.
 */
export function once_differentiable<F extends Backward>(backward: F): F {
  const wrapped = (ctx: FunctionCtx, ...grads: never[]): Gradients => {
    const block = modeBlock({ grad: false })
    let result: Gradients
    try {
      result = backward(ctx, ...grads)
    } finally {
      block[Symbol.dispose]()
    }
    const inputs = (grads as unknown[]).filter(
      grad => native.isTensor(grad) && native.requiresGrad(grad as Tensor),
    ) as Tensor[]
    if (!currentModes().grad || inputs.length === 0) return result
    const list = (Array.isArray(result) ? result : [result]) as (Tensor | null | undefined)[]
    return list.map(grad => (grad ? refuseSecond(inputs, grad) : null))
  }
  return wrapped as F
}

function refuseSecond(inputs: Tensor[], grad: Tensor): Tensor {
  const [guarded] = native.customFunction({
    name: 'DelayedError',
    inputs,
    outputs: [grad.detach()],
    dirty: [],
    nonDifferentiable: [],
    materializeGrads: true,
    saved: [],
    backward: () => {
      throw new TorchError('trying to differentiate twice a function that was marked with @once_differentiable')
    },
    jvp: () => {
      throw new TorchError('trying to differentiate twice a function that was marked with @once_differentiable')
    },
  })
  return guarded!
}
