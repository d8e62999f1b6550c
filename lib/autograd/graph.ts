import { inspect } from 'node:util'
import { type NativeNode, native } from '../_C/native.js'

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

  toString(): string {
    return `<${this.constructorName}>`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}
