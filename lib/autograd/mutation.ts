import { call } from '../_C/call.js'
import { underGradMode } from '../_C/hooks.js'
import { currentModes, type DispatchedCall, withDispatchMode, withSavedTensorHooks } from '../_C/modes.js'
import { native } from '../_C/native.js'
import { assertionError, runtimeError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'
import { changedOrRun } from './_finally.js'

/** What stands in the graph for a saved tensor: itself, until somebody changes its memory. */
class Saved {
  tensor: Tensor
  readonly #open: () => boolean

  constructor(tensor: Tensor, open: () => boolean) {
    this.tensor = tensor
    this.#open = open
  }

  unpack(): Tensor {
    if (!this.#open())
      throw assertionError(
        "Trying to backward outside of the 'allow_mutation_on_saved_tensors' context in which the graph was originally recorded.",
      )
    return this.tensor
  }
}

/** Memory and version: equal for tensors that see the same numbers. */
function stateOf(t: Tensor): string {
  return `${native.storagePtr(t)} ${native.version(t)}`
}

/**
 * The tensors saved in one block. `Saved` objects are held by the graph alone: those that backward is done with are gone.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.graph.allow_mutation_on_saved_tensors.html
 */
export class AllowMutationOnSavedContext {
  readonly #saved = new Map<string, WeakRef<Saved>[]>()
  #open = true
  #sweepAt = 1024

  save(t: Tensor): Saved {
    if (this.#saved.size > this.#sweepAt) this.#sweep()
    const state = stateOf(t)
    const saved = new Saved(t, () => this.#open)
    const others = this.#saved.get(state)
    if (others === undefined) this.#saved.set(state, [new WeakRef(saved)])
    else others.push(new WeakRef(saved))
    return saved
  }

  /** Before `t` changes: copies what is saved of its memory. */
  beforeWrite(t: Tensor): void {
    const state = stateOf(t)
    for (const reference of this.#saved.get(state) ?? []) {
      const saved = reference.deref()
      if (saved !== undefined) saved.tensor = call(ops.clone, saved.tensor) as Tensor
    }
    this.#saved.delete(state)
  }

  #sweep(): void {
    for (const [state, references] of this.#saved)
      if (references.every(reference => reference.deref() === undefined)) this.#saved.delete(state)
    this.#sweepAt = Math.max(1024, this.#saved.size * 2)
  }

  /** Lets go of everything; the graphs of the block can't run backward any more. */
  clear(): void {
    this.#saved.clear()
    this.#open = false
  }
}

const contexts = new WeakSet<object>()

/**
 * While `fn(context)` runs, or until a `using` block ends, tensors saved for backward may be changed in place: backward takes
 * copies of what they were. Forward and backward both belong into the block, which follows the asynchronous context.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.graph.allow_mutation_on_saved_tensors.html
 */
export function allow_mutation_on_saved_tensors(): Disposable
export function allow_mutation_on_saved_tensors<T>(fn: (context: AllowMutationOnSavedContext) => T): T
export function allow_mutation_on_saved_tensors<T>(fn?: (context: AllowMutationOnSavedContext) => T): T | Disposable {
  const context = new AllowMutationOnSavedContext()
  if (currentModes().dispatchModes.some(mode => contexts.has(mode)))
    throw runtimeError('allow_mutation_on_saved_tensors contexts cannot be nested')
  const mode = ({ written }: DispatchedCall, run: () => readonly unknown[]) => {
    for (const t of written) context.beforeWrite(t)
    return run()
  }
  contexts.add(mode)
  const change = {
    ...withSavedTensorHooks({
      pack: underGradMode((t: Tensor) => context.save(t), { scope: 0 }),
      unpack: underGradMode((packed: unknown) => (packed as Saved).unpack()),
    }),
    ...withDispatchMode(mode),
  }
  return changedOrRun(change, fn && (() => fn(context)), () => context.clear())
}
