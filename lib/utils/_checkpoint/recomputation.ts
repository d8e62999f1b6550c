import { TorchError } from '../../_C/errors.js'
import { underGradMode } from '../../_C/hooks.js'
import { currentModes, type SavedTensorHooks } from '../../_C/modes.js'
import { native } from '../../_C/native.js'
import type { Tensor } from '../../tensor.js'

/** The second computation of a checkpoint was not the same as the first. */
export class CheckpointError extends TorchError {
  override name = 'CheckpointError'
}

export type DeterminismCheck = 'default' | 'none'

const tip =
  'Tip: To see a more detailed error message, either pass `debug: true` to `torch.utils.checkpoint.checkpoint(...)` or run the code in `torch.utils.checkpoint.set_checkpoint_debug_enabled(true, fn)`.'

/** What stands in the graph for the tensor number `index` that the first computation saved. */
interface Placeholder {
  readonly index: number
  readonly facts: string
}

/** What one backward pass, or one group of them, computed again. */
interface Results {
  readonly pass: object | number
  /** By number; each is taken out when it is used. */
  readonly tensors: Map<number, Tensor>
}

/** Computed tensors wait for whatever backward comes, in whatever tensor scope. */
const outOfScopes = { scope: 0 }

/** Ends the second computation when all is there. */
class Enough extends Error {}

function factsOf(t: Tensor): string {
  return `shape ${t.shape}, ${t.dtype}, ${t.device}`
}

export interface RecomputationOptions {
  /** Runs the function again, with these hooks for what it saves. */
  run: (hooks: SavedTensorHooks) => unknown
  check: DeterminismCheck
  earlyStop: boolean
  /** Makes more of an error. */
  explain: ((error: CheckpointError) => CheckpointError) | null
}

/** The tensors that one checkpoint left out, computed again when backward asks for the first of them. */
export class Recomputation {
  /** True once the first computation is over. */
  recorded = false
  readonly #options: RecomputationOptions
  readonly #placeholders: Placeholder[] = []
  #results: Results | null = null

  constructor(options: RecomputationOptions) {
    this.#options = options
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

  #take({ index }: Placeholder): Tensor {
    const id = native.graphTaskId()
    // Outside of backward, as when a node's saved tensors are looked at, nothing is shared.
    const pass = currentModes().checkpoint.group ?? (id === -1 ? {} : id)
    try {
      if (this.#results?.pass !== pass) this.#results = { pass, tensors: this.#compute() }
      const { tensors } = this.#results
      const tensor = tensors.get(index)
      if (tensor === undefined)
        throw new CheckpointError(
          'torch.utils.checkpoint: Unpack is being triggered for a tensor that was already unpacked once. If you are reading ctx.saved_tensors in backward, make sure to do so only once.',
        )
      tensors.delete(index)
      return tensor
    } catch (error) {
      throw error instanceof CheckpointError && this.#options.explain !== null ? this.#options.explain(error) : error
    }
  }

  /** What the first computation has saved so far, which is all unless it asks for a gradient itself. */
  #compute(): Map<number, Tensor> {
    const found: Tensor[] = []
    const wanted = this.#placeholders.length
    const { earlyStop, run, check } = this.#options
    const hooks: SavedTensorHooks = {
      pack: underGradMode((t: Tensor) => {
        const data = t.detach()
        if (found.length < wanted || this.recorded) found.push(data)
        if (earlyStop && found.length === wanted) throw new Enough()
        return data
      }, outOfScopes),
      unpack: underGradMode((packed: unknown) => packed as Tensor),
    }
    try {
      run(hooks)
    } catch (error) {
      if (!(error instanceof Enough)) throw error
    }
    if (found.length !== wanted)
      throw new CheckpointError(
        'torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.\n' +
          `Number of tensors saved during forward: ${wanted}\nNumber of tensors saved during recomputation: ${found.length}.\n${tip}`,
      )
    if (check === 'default') this.#compare(found)
    return new Map(found.entries())
  }

  #compare(found: readonly Tensor[]): void {
    const different = this.#placeholders.filter(({ index, facts }) => factsOf(found[index]!) !== facts)
    if (different.length === 0) return
    const lines = different.map(
      ({ index, facts }) =>
        `tensor at position ${index}:\nsaved metadata: ${facts}\nrecomputed metadata: ${factsOf(found[index]!)}`,
    )
    throw new CheckpointError(
      `torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the forward pass.\n${lines.join('\n')}.\n${tip}`,
    )
  }
}
