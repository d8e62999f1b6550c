import { typeName } from '../_C/args.js'
import { TorchError } from '../_C/errors.js'
import { type NativeEdge, native } from '../_C/native.js'
import type { Tensor } from '../tensor.js'
import { Node, nodeOf } from './node.js'

/**
 * A place of the graph where a gradient arrives: input number `output_nr` of `node`. Good wherever `backward` and `grad` take
 * tensors. Walks as Python's named tuple: `const [node, output_nr] = edge`.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.graph.GradientEdge.html
 */
export class GradientEdge {
  readonly node: Node
  readonly output_nr: number
  /** A node that keeps the graph alive where `node` does not. Here `node` always does. */
  readonly ownership_token: Node | null

  constructor(node: Node, output_nr: number, ownership_token: Node | null = null) {
    if (!(node instanceof Node)) throw new TypeError(`GradientEdge: node must be a Node, got ${typeName(node)}`)
    if (!Number.isInteger(output_nr) || output_nr < 0)
      throw new TypeError(`GradientEdge: output_nr must be a whole number, got ${typeName(output_nr)}`)
    this.node = node
    this.output_nr = output_nr
    this.ownership_token = ownership_token
  }

  *[Symbol.iterator](): Generator<Node | number | null, void, undefined> {
    yield this.node
    yield this.output_nr
    yield this.ownership_token
  }

  /** As the addon takes it. @internal */
  get native(): NativeEdge {
    return [this.node.native, this.output_nr]
  }
}

/**
 * Where the gradient of `tensor` is computed: `grad(loss, get_gradient_edge(x))` is `grad(loss, x)`.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.graph.get_gradient_edge.html
 */
export function get_gradient_edge(tensor: Tensor): GradientEdge {
  if (!native.isTensor(tensor))
    throw new TypeError(`get_gradient_edge(): tensor must be Tensor, not ${typeName(tensor)}`)
  if (!tensor.requires_grad)
    throw new TorchError('It is not possible to get the gradient edge for a Tensor that does not require gradients')
  const [node, number] = native.gradientEdge(tensor)
  return new GradientEdge(nodeOf(node), number)
}
