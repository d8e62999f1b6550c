/** Runs a function inside a block: what Python's context managers are here. */
export type CheckpointContext = <T>(fn: () => T) => T

/** Gives the contexts of the first and of the second computation. */
export type ContextFn = () => readonly [forward: CheckpointContext, recompute: CheckpointContext]

const plain: CheckpointContext = fn => fn()

/**
 * The contexts that do nothing.
 * https://docs.pytorch.org/docs/stable/checkpoint.html#torch.utils.checkpoint.noop_context_fn
 */
export const noop_context_fn: ContextFn = () => [plain, plain]
