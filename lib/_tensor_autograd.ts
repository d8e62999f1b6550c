import { signature, typeName } from './_C/args.js'
import { call, traced } from './_C/call.js'
import { TorchError } from './_C/errors.js'
import { underGradMode } from './_C/hooks.js'
import { beforeCall } from './_C/modes.js'
import { native } from './_C/native.js'
import * as ops from './_generated/ops.js'
import { TensorFacts } from './_tensor_facts.js'
import { type Node, nodeOf } from './autograd/node.js'
import { backward, backwardAsync, type Inputs } from './autograd/run.js'
import { dtype, dtypes } from './dtype.js'
import type { Tensor } from './tensor.js'
import { RemovableHandle } from './utils/hooks.js'

const self = (t: TensorAutograd): Tensor => t as unknown as Tensor

interface BackwardKeywords {
  gradient: Tensor | null
  retain_graph: boolean | null
  create_graph: boolean
  inputs: Inputs | null
}

const bindBackward = signature<BackwardKeywords>(
  'backward',
  ['gradient', null],
  ['retain_graph', null],
  ['create_graph', false],
  ['inputs:dict', null],
)

type PostAccumulateHook = (param: Tensor) => void

/** The hooks of each leaf, in order; LibTorch itself has room for one. */
const postAccumulateHooks = new WeakMap<object, Set<PostAccumulateHook>>()

/** A tensor's part in autograd. */
export class TensorAutograd extends TensorFacts {
  /** Does autograd record what is done with it? Can be set on leaves. */
  get requires_grad(): boolean {
    return native.requiresGrad(self(this))
  }

  set requires_grad(value: boolean) {
    if (!native.isLeaf(self(this))) throw leafError(value)
    native.setRequiresGrad(self(this), Boolean(value))
  }

  /** The gradient that `backward` added up, or null. */
  get grad(): Tensor | null {
    // The object made here belongs to the tensor scope of the running code.
    beforeCall()
    return traced(native.grad(self(this)))
  }

  set grad(value: Tensor | null | undefined) {
    if (value !== null && value !== undefined && !native.isTensor(value))
      throw new TypeError(`assigned grad expected to be a Tensor or None but got grad of type ${typeName(value)}`)
    native.setGrad(self(this), value ?? null)
  }

  /**
   * The dtype that gradients of this leaf must have, its own at first; null allows any.
   * https://docs.pytorch.org/docs/stable/generated/torch.Tensor.grad_dtype.html
   */
  get grad_dtype(): dtype | null {
    return dtypes[native.gradDtype(self(this))] ?? null
  }

  set grad_dtype(value: dtype | null) {
    if (value !== null && !(value instanceof dtype))
      throw new TypeError(`grad_dtype must be a torch.dtype or None, but got ${typeName(value)}`)
    native.setGradDtype(self(this), value === null ? -1 : value.scalarType)
  }

  /** The step of the recorded computation that made it; null for leaves. */
  get grad_fn(): Node | null {
    return nodeOf(native.gradFn(self(this)))
  }

  /** True when no recorded operator made it. */
  get is_leaf(): boolean {
    return native.isLeaf(self(this))
  }

  get retains_grad(): boolean {
    return native.retainsGrad(self(this))
  }

  /** Which of `grad_fn`'s results it is. */
  get output_nr(): number {
    return native.outputNr(self(this))
  }

  /** The same memory outside the graph, with a version of its own. Setting it exchanges the memory. */
  get data(): Tensor {
    return call(ops.data, this) as Tensor
  }

  set data(source: Tensor) {
    if (!native.isTensor(source)) throw new TypeError(`Variable data has to be a tensor, but got ${typeName(source)}`)
    native.setData(self(this), source)
  }

  /** Sets `requires_grad` in place. */
  requires_grad_(requires_grad: boolean | { requires_grad?: boolean } = true): this {
    const value = typeof requires_grad === 'object' ? (requires_grad.requires_grad ?? true) : requires_grad
    if (!value && !native.isLeaf(self(this))) throw leafError(value)
    native.setRequiresGrad(self(this), Boolean(value))
    return this
  }

  /**
   * Adds the gradients of this tensor with respect to the graph's leaves to their `grad`. A tensor that is not a scalar
   * needs `gradient`. https://docs.pytorch.org/docs/stable/generated/torch.Tensor.backward.html
   */
  backward(
    gradient?: Tensor | null,
    retain_graph?: boolean | null,
    create_graph?: boolean,
    inputs?: BackwardKeywords['inputs'],
  ): void
  backward(keywords: Partial<BackwardKeywords>): void
  backward(gradient: Tensor | null, keywords: Partial<BackwardKeywords>): void
  backward(...args: unknown[]): void {
    const { gradient, retain_graph, create_graph, inputs } = bindBackward(args)
    backward(self(this), gradient, retain_graph, create_graph, null, inputs)
  }

  /** `backward` on a thread of the addon's own: the event loop goes on meanwhile. */
  backwardAsync(
    gradient?: Tensor | null,
    retain_graph?: boolean | null,
    create_graph?: boolean,
    inputs?: BackwardKeywords['inputs'],
  ): Promise<void>
  backwardAsync(keywords: Partial<BackwardKeywords>): Promise<void>
  backwardAsync(gradient: Tensor | null, keywords: Partial<BackwardKeywords>): Promise<void>
  async backwardAsync(...args: unknown[]): Promise<void> {
    const { gradient, retain_graph, create_graph, inputs } = bindBackward(args)
    await backwardAsync(self(this), gradient, retain_graph, create_graph, null, inputs)
  }

  /**
   * Calls `hook(grad)` whenever the gradient of this tensor is computed; what it returns, if anything, replaces the gradient.
   * https://docs.pytorch.org/docs/stable/generated/torch.Tensor.register_hook.html
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks returns nothing
  register_hook(hook: (grad: Tensor) => Tensor | null | undefined | void): RemovableHandle {
    if (typeof hook !== 'function') throw new TypeError(`a hook must be a function, got ${typeName(hook)}`)
    const number = native.registerHook(
      self(this),
      underGradMode((grad: Tensor) => hook(grad) ?? null),
    )
    return new RemovableHandle(() => native.removeHook(self(this), number))
  }

  /**
   * Calls `hook(param)` whenever `backward` has added to this leaf's `grad`.
   * https://docs.pytorch.org/docs/stable/generated/torch.Tensor.register_post_accumulate_grad_hook.html
   */
  register_post_accumulate_grad_hook(hook: PostAccumulateHook): RemovableHandle {
    if (typeof hook !== 'function') throw new TypeError(`a hook must be a function, got ${typeName(hook)}`)
    let hooks = postAccumulateHooks.get(this)
    if (!hooks) {
      const all: Set<PostAccumulateHook> = new Set()
      native.setPostAccumulateGradHook(
        self(this),
        underGradMode((param: Tensor) => {
          for (const one of all) one(param)
        }),
      )
      hooks = all
      postAccumulateHooks.set(this, all)
    }
    // A wrapper, so that one function registered twice is called twice.
    const own: PostAccumulateHook = param => hook(param)
    hooks.add(own)
    return new RemovableHandle(() => hooks.delete(own))
  }

  /** Lets a tensor that is no leaf keep its gradient in `grad`. */
  retain_grad(): void {
    if (!this.requires_grad) throw new TorchError("can't retain_grad on Tensor that has requires_grad=False")
    native.retainGrad(self(this))
  }
}

function leafError(value: boolean): TorchError {
  const hint =
    " If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach()."
  return new TorchError(`you can only change requires_grad flags of leaf variables.${value ? '' : hint}`)
}
