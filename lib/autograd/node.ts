import { inspect } from 'node:util'
import { typeName } from '../_C/args.js'
import { underGradMode } from '../_C/hooks.js'
import { type NativeNode, native } from '../_C/native.js'
import type { Tensor } from '../tensor.js'
import { RemovableHandle } from '../utils/hooks.js'

/** Gradients as a node's hooks see them; null where there is none. */
export type NodeGradients = readonly (Tensor | null)[]
/** What a node's hook may return: nothing, or what takes the gradients' place. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks returns nothing
type NodeHookResult = NodeGradients | null | undefined | void

/** What a node knows of a gradient that it takes. */
export interface InputMetadata {
  readonly shape: readonly number[]
  readonly dtype: Tensor['dtype']
  readonly device: Tensor['device']
}

/** One step of the recorded computation: what `grad_fn` gives. https://docs.pytorch.org/docs/stable/autograd.html */
export class Node {
  /** @internal */
  readonly native: NativeNode

  /** @internal */
  constructor(node: NativeNode) {
    this.native = node
    Object.defineProperty(this, 'native', { enumerable: false })
  }

  /** The node's full name, such as `AddBackward0` or `torch::autograd::AccumulateGrad`. */
  name(): string {
    return native.nodeName(this.native)
  }

  /** The name as tensors print it: without namespaces. @internal */
  get constructorName(): string {
    return this.name().split('::').at(-1)!
  }

  /** Where each input's gradient goes: the node and the number of its input; null where none flows. */
  get next_functions(): readonly (readonly [Node | null, number])[] {
    return native.nextFunctions(this.native).map(([node, input]) => [nodeOf(node), input] as const)
  }

  /**
   * An object that stays with the node, for notes of one's own. In anomaly mode `traceback_` is the stack that recorded the
   * node, and `parent_` the node whose backward did.
   * https://docs.pytorch.org/docs/stable/generated/torch.autograd.graph.Node.metadata.html
   */
  metadata(): Record<string, unknown> {
    const notes = native.nodeNotes(this.native)
    // The addon knows nodes, not this class.
    const parent = notes.parent_
    if (parent !== undefined && !(parent instanceof Node)) notes.parent_ = nodeOf(parent as NativeNode)
    return notes
  }

  /** A number that counts up over the nodes of one thread. */
  _sequence_nr(): number {
    return native.nodeSequenceNr(this.native)
  }

  /** For each gradient that the node takes: its shape, dtype and device; null where none ever comes. */
  get _input_metadata(): readonly (InputMetadata | null)[] {
    return native
      .nodeInputs(this.native)
      .map(input => input && { shape: input[1], dtype: input[0].dtype, device: input[0].device })
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
      this.native,
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

const nodes = new WeakMap<NativeNode, Node>()

/** The object of a node of the addon's, always the same one. */
export function nodeOf(node: NativeNode): Node
export function nodeOf(node: NativeNode | null): Node | null
export function nodeOf(node: NativeNode | null): Node | null {
  if (node === null) return null
  let object = nodes.get(node)
  if (object === undefined) {
    object = new Node(node)
    nodes.set(node, object)
  }
  return object
}
