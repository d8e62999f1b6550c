import { TorchError } from '../_C/errors.js'
import { underGradMode } from '../_C/hooks.js'
import type { SavedTensorHooks } from '../_C/modes.js'
import type { Tensor } from '../tensor.js'

/** The second computation of a checkpoint was not the same as the first. */
export class CheckpointError extends TorchError {
  override name = 'CheckpointError'
}

export type DeterminismCheck = 'default' | 'none'

/** What stands in the graph for the tensor number `index` that the first computation saved. */
interface Placeholder {
  readonly index: number
  readonly facts: string
}

/** Computed tensors wait for whatever backward comes, in whatever tensor scope. */
const outOfScopes = { scope: 0 }

/** Ends the second computation when all is there. */
class Enough extends Error {}

function factsOf(t: Tensor): string {
  return `shape [${t.shape}], ${t.dtype}, ${t.device}`
}

/** The tensors that one checkpoint left out, computed again when backward asks for the first of them. */
export class Recomputation {
  /** True once the first computation is over. */
  recorded = false
  readonly #run: (hooks: SavedTensorHooks) => unknown
  readonly #check: DeterminismCheck
  readonly #earlyStop: boolean
  readonly #placeholders: Placeholder[] = []
  /** By number; each is taken out when it is used, so that a second backward computes once more. */
  #tensors = new Map<number, Tensor>()

  constructor(run: (hooks: SavedTensorHooks) => unknown, check: DeterminismCheck, earlyStop: boolean) {
    this.#run = run
    this.#check = check
    this.#earlyStop = earlyStop
  }

  /** For the first computation. */
  get hooks(): SavedTensorHooks {
    return {
      pack: underGradMode((t: Tensor): Placeholder => {
        const placeholder = { index: this.#placeholders.length, facts: factsOf(t) }
        this.#placeholders.push(placeholder)
        return placeholder
      }),
      unpack: underGradMode((packed: unknown) => this.#take(packed as Placeholder)),
    }
  }

  #take(placeholder: Placeholder): Tensor {
    if (!this.recorded)
      throw new CheckpointError('torch.utils.checkpoint: backward began before the checkpointed function had ended')
    if (!this.#tensors.has(placeholder.index)) this.#compute()
    const tensor = this.#tensors.get(placeholder.index)!
    this.#tensors.delete(placeholder.index)
    return tensor
  }

  #compute(): void {
    const found: Tensor[] = []
    const wanted = this.#placeholders.length
    const hooks: SavedTensorHooks = {
      pack: underGradMode((t: Tensor) => {
        const data = t.detach()
        found.push(data)
        if (this.#earlyStop && found.length === wanted) throw new Enough()
        return data
      }, outOfScopes),
      unpack: underGradMode((packed: unknown) => packed as Tensor),
    }
    try {
      this.#run(hooks)
    } catch (error) {
      if (!(error instanceof Enough)) throw error
    }
    if (found.length !== wanted)
      throw new CheckpointError(
        'torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.\n' +
          `Number of tensors saved during forward: ${wanted}\nNumber of tensors saved during recomputation: ${found.length}.`,
      )
    if (this.#check === 'default') this.#compare(found)
    this.#tensors = new Map(found.entries())
  }

  #compare(found: readonly Tensor[]): void {
    const different = this.#placeholders.filter(({ index, facts }) => factsOf(found[index]!) !== facts)
    if (different.length === 0) return
    const lines = different.map(
      ({ index, facts }) =>
        `tensor at position ${index}:\nsaved metadata: ${facts}\nrecomputed metadata: ${factsOf(found[index]!)}`,
    )
    throw new CheckpointError(
      `torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the forward pass.\n${lines.join('\n')}`,
    )
  }
}
