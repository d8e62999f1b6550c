import { typeName } from '../_C/args.js'
import { TorchError } from '../_C/errors.js'
import { native } from '../_C/native.js'
import type { Tensor } from '../tensor.js'

function checked(method: string, tensors: readonly unknown[], allowNull: boolean): void {
  for (const [i, t] of tensors.entries()) {
    if (native.isTensor(t) || (allowNull && (t === null || t === undefined))) continue
    throw new TypeError(`${method} can only save variables, but argument ${i} is of type ${typeName(t)}`)
  }
}

/**
 * What `forward` leaves for `backward`. Other values may be kept as properties of one's own.
 * https://docs.pytorch.org/docs/stable/autograd.html#context-method-mixins
 */
export class FunctionCtx {
  /** For each argument of `forward`: does it need a gradient? */
  readonly needs_input_grad: readonly boolean[]
  #toSave: (Tensor | null)[] = []
  #forForward: (Tensor | null)[] = []
  #saved: readonly (Tensor | null)[] | null = null
  #dirty: Tensor[] = []
  #nonDifferentiable: Tensor[] = []
  #materialize = true;
  [key: string]: unknown

  /** @internal */
  constructor(needsInputGrad: readonly boolean[]) {
    this.needs_input_grad = needsInputGrad
  }

  /** Keeps tensors for `backward`, which finds them in `saved_tensors`; inputs and outputs must be kept this way. */
  save_for_backward(...tensors: (Tensor | null | undefined)[]): void {
    checked('save_for_backward', tensors, true)
    this.#toSave = tensors.map(t => t ?? null)
  }

  /** Keeps tensors for `jvp`, which finds them in `saved_tensors`. */
  save_for_forward(...tensors: (Tensor | null | undefined)[]): void {
    checked('save_for_forward', tensors, true)
    this.#forForward = tensors.map(t => t ?? null)
  }

  /** What `save_for_backward` kept, checked for changes in place. For `backward`, and in `jvp` for what `save_for_forward` kept. */
  get saved_tensors(): readonly Tensor[] {
    if (this.#saved === null) throw new TorchError('saved_tensors is there during backward and jvp only')
    // A null is what the caller saved himself; the type follows the common case.
    return this.#saved as readonly Tensor[]
  }

  /** Names the inputs that `forward` changed in place. */
  mark_dirty(...tensors: Tensor[]): void {
    checked('mark_dirty', tensors, false)
    this.#dirty = tensors
  }

  /** Names the outputs that have no gradient. */
  mark_non_differentiable(...tensors: Tensor[]): void {
    checked('mark_non_differentiable', tensors, false)
    this.#nonDifferentiable = tensors
  }

  /** False lets `backward` receive null instead of zeros for outputs that nothing depends on. */
  set_materialize_grads(value: boolean): void {
    this.#materialize = value
  }

  /** @internal */
  get savedForForward(): readonly (Tensor | null)[] {
    return this.#forForward
  }

  /** @internal */
  get materializesGrads(): boolean {
    return this.#materialize
  }

  /** What the addon is told of it. @internal */
  settings(): { dirty: Tensor[]; nonDifferentiable: Tensor[]; materializeGrads: boolean; saved: (Tensor | null)[] } {
    return {
      dirty: this.#dirty,
      nonDifferentiable: this.#nonDifferentiable,
      materializeGrads: this.#materialize,
      saved: this.#toSave,
    }
  }

  /** Lets go of the tensors, which the node keeps from here on. @internal */
  forget(): void {
    this.#toSave = []
    this.#forForward = []
    this.#saved = null
    this.#dirty = []
    this.#nonDifferentiable = []
  }

  /** @internal */
  receiveSaved(saved: readonly (Tensor | null)[]): void {
    this.#saved = saved
  }
}
