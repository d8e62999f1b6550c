import { typeName } from '../_C/args.js'
import { define } from '../_C/callable.js'
import { native } from '../_C/native.js'
import { assertionError, valueError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { RemovableHandle } from '../utils/hooks.js'

type All = (grads: readonly (Tensor | null)[]) => void
type Any = (grad: Tensor) => void

/** The number of the backward pass that runs now. */
function currentTask(): number {
  const id = native.graphTaskId()
  if (id === -1) throw assertionError('expected this hook to be called inside a backward call')
  return id
}

/** Waits for all gradients that one backward pass computes. */
function hooksForAll(tensors: readonly Tensor[], fn: All): RemovableHandle[] {
  // The nodes rather than the tensors: a node is in a pass or not.
  const nodes = tensors.map(t => native.gradientEdge(t)[0])
  const passes = new Map<number, { missing: number; grads: (Tensor | null)[] }>()
  return tensors.map((t, i) =>
    t.register_hook(grad => {
      const id = currentTask()
      let pass = passes.get(id)
      if (pass === undefined) {
        pass = { missing: nodes.filter(node => native.willExecute(node)).length, grads: tensors.map(() => null) }
        passes.set(id, pass)
      }
      pass.grads[i] = grad
      if (--pass.missing > 0) return
      passes.delete(id)
      fn(pass.grads)
    }),
  )
}

/** Takes the first gradient of each backward pass. */
function hooksForAny(tensors: readonly Tensor[], fn: Any): RemovableHandle[] {
  // Numbers of passes count up, and passes inside hooks are over before the outer one goes on.
  const ran = new Set<number>()
  return tensors
    .filter(t => t.requires_grad)
    .map(t =>
      t.register_hook(grad => {
        const id = currentTask()
        if (ran.has(id)) return
        ran.add(id)
        fn(grad)
      }),
    )
}

interface RegisterMultiGradHook {
  (tensors: readonly Tensor[], fn: All, keywords?: { mode?: 'all' }): RemovableHandle
  (tensors: readonly Tensor[], fn: Any, keywords: { mode: 'any' }): RemovableHandle
}

/**
 * With mode `'all'`, calls `fn(grads)` once the gradients of all `tensors` that the backward pass computes are there; null
 * stands for the others. With `'any'`, calls `fn(grad)` with the first of them.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.graph.register_multi_grad_hook.html
 */
export const register_multi_grad_hook = define(
  'register_multi_grad_hook',
  ['tensors', 'fn', '*', 'mode?'],
  (tensors: readonly Tensor[], fn: All | Any, mode: 'all' | 'any' = 'all'): RemovableHandle => {
    if (mode !== 'all' && mode !== 'any')
      throw valueError(`Expects mode to be one of ('all', 'any') but got ${String(mode)}`)
    if (!Array.isArray(tensors) || !tensors.every(native.isTensor))
      throw new TypeError(`register_multi_grad_hook(): tensors must be a list of Tensors, not ${typeName(tensors)}`)
    if (typeof fn !== 'function') throw new TypeError(`a hook must be a function, got ${typeName(fn)}`)
    const handles = mode === 'all' ? hooksForAll(tensors, fn as All) : hooksForAny(tensors, fn as Any)
    return new RemovableHandle(() => {
      for (const handle of handles) handle.remove()
    })
  },
) as unknown as RegisterMultiGradHook
