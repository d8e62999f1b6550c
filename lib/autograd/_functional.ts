/** What the functions of `functional.ts` share. */
import { typeName } from '../_C/args.js'
import { call } from '../_C/call.js'
import { modeBlock } from '../_C/modes.js'
import { native } from '../_C/native.js'
import { runtimeError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'
import { grad } from './run.js'

export function zerosLike(t: Tensor): Tensor {
  return call(ops.zeros_like, t.detach()) as Tensor
}

export function size(t: Tensor): readonly number[] {
  return t.shape
}

/** Runs `fn` with recording on or off. */
export function ofEnabledGrad<T>(enabled: boolean, fn: () => T): T {
  const block = modeBlock({ grad: enabled })
  try {
    return fn()
  } finally {
    block[Symbol.dispose]()
  }
}

/** One tensor or an array of them as an array, and which it was. */
export function asList(value: unknown, what: string, name: string): { list: Tensor[]; many: boolean } {
  const many = Array.isArray(value)
  const list: unknown[] = many ? value : [value]
  for (const [i, item] of list.entries()) {
    if (native.isTensor(item)) continue
    const where = many ? `value at index ${i}` : `given ${what}`
    throw new TypeError(
      `The ${what} given to ${name} must be either a Tensor or a tuple of Tensors but the ${where} has type ${typeName(item)}.`,
    )
  }
  return { list: list as Tensor[], many }
}

export function like(list: readonly Tensor[] | readonly Tensor[][], many: boolean): Tensor | Tensor[] | Tensor[][] {
  return many ? ([...list] as Tensor[]) : (list[0] as Tensor)
}

/** New tensor objects for `tensors`, so that a tensor that the function takes from outside is told from its inputs. */
export function preprocess(tensors: readonly Tensor[], createGraph: boolean, needGraph: boolean): Tensor[] {
  return tensors.map(t => {
    if (!createGraph || !t.requires_grad) return t.detach().requires_grad_(needGraph)
    return t.is_sparse ? t.clone() : t.view_as(t)
  })
}

export function postprocess(tensors: readonly Tensor[], createGraph: boolean): Tensor[] {
  return createGraph ? [...tensors] : tensors.map(t => t.detach())
}

/** Gradients of those outputs that have one; null for an input that they don't depend on. */
export function gradOrNull(
  outputs: readonly (Tensor | null)[],
  inputs: readonly Tensor[],
  gradOutputs: readonly Tensor[] | null,
  createGraph: boolean,
  retainGraph: boolean | null = null,
): (Tensor | null)[] {
  const kept = outputs.flatMap((output, i) =>
    output?.requires_grad ? [[output, gradOutputs?.[i] ?? null] as const] : [],
  )
  if (kept.length === 0) return inputs.map(() => null)
  return grad(
    kept.map(([output]) => output),
    inputs,
    kept.map(([, start]) => start),
    { allow_unused: true, create_graph: createGraph, retain_graph: retainGraph },
  )
}

const notStrict = 'This is not allowed in strict mode'

/** What `strict` asks of results. */
export function checkRequiresGrad(
  tensors: readonly (Tensor | null)[],
  kind: 'outputs' | 'grad_inputs' | 'jacobian' | 'hessian',
  strict: boolean,
): void {
  if (!strict) return
  for (const [i, t] of tensors.entries()) {
    if (t === null)
      throw runtimeError(`The output of the user-provided function is independent of input ${i}. ${notStrict}.`)
    if (t.requires_grad) continue
    const messages = {
      hessian: `The hessian of the user-provided function with respect to input ${i} is independent of the input. ${notStrict}. You should ensure that your function is thrice differentiable and that the hessian depends on the inputs.`,
      jacobian: `While computing the hessian, found that the jacobian of the user-provided function with respect to input ${i} is independent of the input. ${notStrict}. You should ensure that your function is twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear function for example).`,
      grad_inputs: `The gradient with respect to input ${i} is independent of the inputs of the user-provided function. ${notStrict}.`,
      outputs: `Output ${i} of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode.`,
    }
    throw runtimeError(messages[kind])
  }
}

type Stage = 'back' | 'back_trick' | 'double_back' | 'double_back_trick'

/** Zeros of the shape of `refs` for missing gradients; an error with `strict`. */
export function fillInZeros(
  grads: readonly (Tensor | null)[],
  refs: readonly Tensor[],
  strict: boolean,
  createGraph: boolean,
  stage: Stage,
): Tensor[] {
  return grads.map((grad, i) => {
    if (grad !== null) {
      const of = stage.startsWith('double') ? 'hessian' : 'jacobian'
      if (strict && createGraph && !grad.requires_grad)
        throw runtimeError(
          `The ${of} of the user-provided function is independent of input ${i}. ${notStrict} when create_graph=True.`,
        )
      return grad
    }
    if (!strict) return zerosLike(refs[i]!)
    const messages: Record<Stage, string> = {
      back: `The output of the user-provided function is independent of input ${i}. ${notStrict}.`,
      back_trick: `The gradient with respect to the input is independent of entry ${i} in the grad_outputs when using the double backward trick to compute forward mode gradients. ${notStrict}.`,
      double_back: `The jacobian of the user-provided function is independent of input ${i}. ${notStrict}.`,
      double_back_trick: `The hessian of the user-provided function is independent of entry ${i} in the grad_jacobian. ${notStrict} as it prevents from using the double backward trick to replace forward mode AD.`,
    }
    throw runtimeError(messages[stage])
  })
}
