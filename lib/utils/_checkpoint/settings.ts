import { type CheckpointSettings, currentModes, modeBlock, withModes } from '../../_C/modes.js'
import { runtimeError } from '../../_C/raise.js'

function settings<T>(change: Partial<CheckpointSettings>, fn: (() => T) | undefined): T | Disposable {
  const checkpoint = { ...currentModes().checkpoint, ...change }
  return fn === undefined ? modeBlock({ checkpoint }) : withModes({ checkpoint }, fn)
}

/**
 * Whether checkpoints end their second computation as soon as all is there that backward needs, whatever their `early_stop`
 * says. Counts for checkpoints whose forward runs while `fn` does, or until a `using` block ends.
 * https://docs.pytorch.org/docs/stable/checkpoint.html#torch.utils.checkpoint.set_checkpoint_early_stop
 */
export function set_checkpoint_early_stop(enable: boolean): Disposable
export function set_checkpoint_early_stop<T>(enable: boolean, fn: () => T): T
export function set_checkpoint_early_stop<T>(enable: boolean, fn?: () => T): T | Disposable {
  return settings({ earlyStop: enable }, fn)
}

/**
 * Whether errors of checkpoints tell the operators of both computations, whatever their `debug` says; null leaves it to them.
 * https://docs.pytorch.org/docs/stable/checkpoint.html#torch.utils.checkpoint.set_checkpoint_debug_enabled
 */
export function set_checkpoint_debug_enabled(enabled: boolean | null): Disposable
export function set_checkpoint_debug_enabled<T>(enabled: boolean | null, fn: () => T): T
export function set_checkpoint_debug_enabled<T>(enabled: boolean | null, fn?: () => T): T | Disposable {
  return settings({ debug: enabled }, fn)
}

/**
 * Backward passes that share one second computation of each checkpoint: `new GraphExecGroup().run(fn)`. They must not need
 * the same saved tensors.
 * https://docs.pytorch.org/docs/stable/checkpoint.html#torch.utils.checkpoint.GraphExecGroup
 */
export class GraphExecGroup {
  /** Runs `fn`, whose backward passes belong to the group; without `fn`, until a `using` block ends. */
  run(): Disposable
  run<T>(fn: () => T): T
  run<T>(fn?: () => T): T | Disposable {
    if (currentModes().checkpoint.group !== null) throw runtimeError('GraphExecGroup contexts cannot be nested.')
    return settings({ group: this }, fn)
  }
}
