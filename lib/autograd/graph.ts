import { inspect } from 'node:util'
import { typeName } from '../_C/args.js'
import { underGradMode } from '../_C/hooks.js'
import { type NativeNode, native } from '../_C/native.js'
import type { Tensor } from '../tensor.js'
import { RemovableHandle } from '../utils/hooks.js'

export { save_on_cpu, saved_tensors_hooks } from './saved_tensors_hooks.js'

/** Gradients as a node's hooks see them; null where there is none. */
export type NodeGradients = readonly (Tensor | null)[]
/** What a node's hook may return: nothing, or what takes the gradients' place. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks returns nothing
type NodeHookResult = NodeGradients | null | undefined | void

/** One step of the recorded computation: what `grad_fn` gives. https://docs.pytorch.org/docs/stable/autograd.html */
export class Node {
  readonly #node: NativeNode

  /** @internal */
  constructor(node: NativeNode) {
    this.#node = node
  }

  /** The node's full name, such as `AddBackward0` or `torch::autograd::AccumulateGrad`. */
  name(): string {
    return native.nodeName(this.#node)
  }

  /** The name as tensors print it: without namespaces. @internal */
  get constructorName(): string {
    return this.name().split('::').at(-1)!
  }

  /** Where each input's gradient goes: the node and the number of its input; null where none flows. */
  get next_functions(): readonly (readonly [Node | null, number])[] {
    return native
      .nextFunctions(this.#node)
      .map(([node, input]) => [node === null ? null : new Node(node), input] as const)
  }

  /**
   * Calls `fn(grad_inputs, grad_outputs)` whenever the node has run: the gradients of its inputs, which what it returns
   * replaces, and those of its results.
   * https://docs.pytorch.org/docs/stable/generated/torch.autograd.graph.Node.register_hook.html
   */
  register_hook(fn: (grad_inputs: NodeGradients, grad_outputs: NodeGradients) => NodeHookResult): RemovableHandle {
    return this.#register(false, fn)
  }

  /**
   * Calls `fn(grad_outputs)` before the node runs; what it returns replaces the gradients.
   * https://docs.pytorch.org/docs/stable/generated/torch.autograd.graph.Node.register_prehook.html
   */
  register_prehook(fn: (grad_outputs: NodeGradients) => NodeHookResult): RemovableHandle {
    return this.#register(true, fn)
  }

  #register(before: boolean, fn: (...grads: [NodeGradients, NodeGradients]) => NodeHookResult): RemovableHandle {
    if (typeof fn !== 'function') throw new TypeError(`a hook must be a function, got ${typeName(fn)}`)
    // LibTorch has no way to take a hook off: a removed one does nothing.
    let hook: typeof fn | null = fn
    native.registerNodeHook(
      this.#node,
      before,
      underGradMode((grads: NodeGradients, outputGrads: NodeGradients) => {
        const result = hook?.(grads, outputGrads) ?? null
        if (result !== null && !Array.isArray(result) && native.isTensor(result)) return [result as unknown as Tensor]
        return result as NodeGradients | null
      }),
    )
    return new RemovableHandle(() => {
      hook = null
    })
  }

  toString(): string {
    return `<${this.constructorName}>`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}
