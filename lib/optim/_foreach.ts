/** What the steps over many tensors at once share: Python's `_multi_tensor_*` functions and their `_foreach_*` operators. */
import { call } from '../_C/call.js'
import { native } from '../_C/native.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'
import { numberOf, realView, type TensorOrNumber } from './_common.js'
import { minus, times } from './_scalar_math.js'

/** A parameter, its gradient and what is remembered of it. */
export type Step<S> = readonly [param: Tensor, grad: Tensor, state: S]

/** Calls an operator that makes a list of tensors. */
export const foreach = (op: number, ...args: unknown[]): Tensor[] => call(op, ...args) as Tensor[]

/** The places of the parameters that are on the same device and of the same dtype, which one operator can take together. */
export function groupByDeviceAndDtype(params: readonly Tensor[]): number[][] {
  const groups = new Map<string, number[]>()
  for (const [i, param] of params.entries()) {
    const key = `${param.device} ${param.dtype}`
    const group = groups.get(key)
    if (group) group.push(i)
    else groups.set(key, [i])
  }
  return [...groups.values()]
}

/** The elements at some places of a list. */
export const pick = <T>(list: readonly T[], places: readonly number[]): T[] => places.map(place => list[place]!)

/** What weights that decay by themselves are multiplied by; a tensor's rate counts in the tensor's own precision. */
export function decayFactor(lr: TensorOrNumber, weight_decay: number): number {
  return numberOf(minus(1, times(lr, weight_decay)))
}

/** Adds one to each step count. */
export function countSteps(steps: Tensor[]): void {
  call(ops._foreach_add_, steps, 1)
}

/** Takes the last count back where the operator found infinite gradients and left everything as it was. */
export function uncountSkipped(steps: Tensor[], found_inf: Tensor | null): void {
  if (found_inf) call(ops._foreach_sub_, steps, new Array<Tensor>(steps.length).fill(found_inf))
}

/** Parameters of one device and dtype with what belongs to each at the same place. Complex ones are pairs of real numbers. */
export class Batch<S extends object> {
  readonly params: Tensor[]
  grads: Tensor[]
  readonly #states: S[]
  /** Whether the gradients are in memory of their own, which may be written to. */
  #owned = false

  constructor(readonly steps: readonly Step<S>[]) {
    this.params = steps.map(([param]) => realView(param))
    this.grads = steps.map(([, grad]) => realView(grad))
    this.#states = steps.map(([, , state]) => state)
  }

  /** The tensors of this name that are remembered of the parameters. */
  column(name: keyof S): Tensor[] {
    return this.#states.map(state => realView(state[name] as Tensor))
  }

  /** Each step count, after it has been raised by one. */
  countSteps(this: Batch<S & { step: Tensor }>): number[] {
    const steps = this.column('step')
    countSteps(steps)
    return steps.map(step => native.item(step) as number)
  }

  /** Turns the gradients round where the objective is to grow, and adds the L2 penalty's to them. */
  prepareGrads({ maximize, weight_decay = 0 }: { maximize: boolean; weight_decay?: number }): void {
    if (maximize) this.#become(foreach(ops._foreach_neg, this.grads))
    if (weight_decay === 0) return
    if (this.#owned) call(ops._foreach_add_, this.grads, this.params, { alpha: weight_decay })
    else this.#become(foreach(ops._foreach_add, this.grads, this.params, { alpha: weight_decay }))
  }

  #become(grads: Tensor[]): void {
    this.grads = grads
    this.#owned = true
  }
}

/** Adam's running means of the gradient and of its square, brought up to date. */
export function updateMoments(
  [expAvgs, expAvgSqs]: [expAvgs: Tensor[], expAvgSqs: Tensor[]],
  grads: Tensor[],
  [beta1, beta2]: readonly [number, number],
): void {
  call(ops._foreach_lerp_, expAvgs, grads, 1 - beta1)
  call(ops._foreach_mul_, expAvgSqs, beta2)
  call(ops._foreach_addcmul_, expAvgSqs, grads, grads, 1 - beta2)
}
