/**
 * Computing again in backward what would take memory to keep.
 * https://docs.pytorch.org/docs/stable/checkpoint.html
 */
import { isPlainObject, typeName } from '../_C/args.js'
import { currentModes, modeBlock, type SavedTensorHooks, withSavedTensorHooks } from '../_C/modes.js'
import { native } from '../_C/native.js'
import { valueError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { type ContextFn, noop_context_fn } from './_checkpoint/context.js'
import { debugContexts } from './_checkpoint/debug.js'
import { RandomStates } from './_checkpoint/devices.js'
import { type DeterminismCheck, Recomputation } from './_checkpoint/recomputation.js'
import { CheckpointFunction } from './_checkpoint/reentrant.js'

export { type CheckpointContext, type ContextFn, noop_context_fn } from './_checkpoint/context.js'
export {
  check_backward_validity,
  DefaultDeviceType,
  detach_variable,
  get_device_states,
  set_device_states,
} from './_checkpoint/devices.js'
export { CheckpointError } from './_checkpoint/recomputation.js'
export { CheckpointFunction } from './_checkpoint/reentrant.js'
export {
  CheckpointPolicy,
  create_selective_checkpoint_contexts,
  type PolicyFn,
  SAC_IGNORED_OPS,
  SelectiveCheckpointContext,
} from './_checkpoint/selective.js'
export { GraphExecGroup, set_checkpoint_debug_enabled, set_checkpoint_early_stop } from './_checkpoint/settings.js'

/** Keywords of `checkpoint`; what else is in the trailing object goes to the function. */
export interface CheckpointOptions {
  /** True for the older variant, which runs a backward inside the backward. */
  use_reentrant: boolean
  /** The computation draws the same random numbers the second time. Default true. */
  preserve_rng_state?: boolean
  /** What the two computations run in. */
  context_fn?: ContextFn
  /** `'default'` compares shapes, dtypes and devices of both computations; `'none'` does not. */
  determinism_check?: DeterminismCheck
  /** Lets a `CheckpointError` tell the operators of both computations. Slow. Default false. */
  debug?: boolean
  /** Ends the second computation as soon as all is there that backward needs. Default true. */
  early_stop?: boolean
}

type Run = (...args: unknown[]) => unknown
type Newer = Required<Omit<CheckpointOptions, 'use_reentrant'>>

/** Runs `fn` under other modes. */
function under<T>(change: Parameters<typeof modeBlock>[0], fn: () => T): T {
  using _ = modeBlock(change)
  return fn()
}

/** What surrounds the two computations, and what makes more of their errors. */
function contextsOf({ context_fn, debug }: Newer) {
  if (!(currentModes().checkpoint.debug ?? debug)) return { context_fn, explain: null }
  if (context_fn !== noop_context_fn) throw valueError('debug=True is incompatible with non-default context_fn')
  return debugContexts()
}

/** The variant without a backward inside the backward. */
function checkpointed(run: Run, args: readonly unknown[], options: Newer): unknown {
  const { context_fn, explain } = contextsOf(options)
  const { determinism_check, early_stop, preserve_rng_state } = options
  if (determinism_check !== 'default' && determinism_check !== 'none')
    throw valueError(`determinism_check should be one of 'default', 'none', but got ${String(determinism_check)}`)
  const [forward, recompute] = context_fn()
  const random = preserve_rng_state ? new RandomStates(args) : null
  if (!currentModes().grad) return run(...args)
  // The arguments outlive the tensor scope that they belong to.
  const kept = under({ scope: 0 }, () => args.map(arg => (native.isTensor(arg) ? native.alias(arg as Tensor) : arg)))
  const compute = (hooks: SavedTensorHooks): unknown =>
    under({ grad: true, ...withSavedTensorHooks(hooks) }, () => recompute(() => run(...kept)))
  const again = new Recomputation({
    run: hooks => (random === null ? compute(hooks) : random.during(() => compute(hooks))),
    check: determinism_check,
    earlyStop: currentModes().checkpoint.earlyStop ?? early_stop,
    explain,
  })
  const result = under(withSavedTensorHooks(again.hooks), () => forward(() => run(...args)))
  if (result instanceof Promise) throw new TypeError('checkpoint(): the function must not be asynchronous')
  again.recorded = true
  return result
}

/**
 * Runs `fn(...args)` and keeps none of its intermediate tensors: backward runs it again. `fn` must compute the same the
 * second time; it draws the same random numbers from the generators of the CPU and of its arguments' devices.
 *
 * ```ts
 * const y = utils.checkpoint.checkpoint(block, x, { use_reentrant: false })
 * ```
 *
 * https://docs.pytorch.org/docs/stable/checkpoint.html#torch.utils.checkpoint.checkpoint
 *
 * @throws CheckpointError (from backward) where the second computation differs from the first
 */
export function checkpoint<A extends unknown[], R>(fn: (...args: A) => R, ...rest: [...A, CheckpointOptions]): R {
  if (typeof fn !== 'function') throw new TypeError(`checkpoint(): expected a function, got ${typeName(fn)}`)
  const last: unknown = rest.at(-1)
  if (!isPlainObject(last) || typeof last.use_reentrant !== 'boolean')
    throw valueError('torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly.')
  const {
    use_reentrant,
    preserve_rng_state = true,
    context_fn = noop_context_fn,
    determinism_check = 'default',
    debug = false,
    early_stop = true,
    ...keywords
  } = last as unknown as CheckpointOptions
  if (typeof context_fn !== 'function')
    throw new TypeError(`checkpoint(): context_fn must be a function, got ${typeName(context_fn)}`)
  const args: unknown[] = rest.slice(0, -1)
  const run = fn as unknown as Run
  if (use_reentrant) {
    const names = Object.keys(keywords)
    if (names.length > 0) throw valueError(`Unexpected keyword arguments: ${names.join(',')}`)
    if (context_fn !== noop_context_fn || debug !== false)
      throw valueError('Passing `context_fn` or `debug` is only supported when use_reentrant=False.')
    return CheckpointFunction.apply(run, preserve_rng_state, ...args) as R
  }
  if (Object.keys(keywords).length > 0) args.push(keywords)
  return checkpointed(run, args, { preserve_rng_state, context_fn, determinism_check, debug, early_stop }) as R
}

/**
 * Runs a list of functions, or a `Sequential`, as `segments` pieces, each but the last under `checkpoint`.
 * https://docs.pytorch.org/docs/stable/checkpoint.html#torch.utils.checkpoint.checkpoint_sequential
 */
export function checkpoint_sequential(
  functions: Iterable<(x: Tensor) => Tensor>,
  segments: number,
  input: Tensor,
  keywords: Pick<CheckpointOptions, 'use_reentrant' | 'preserve_rng_state'>,
): Tensor {
  const list = [...functions]
  if (!Number.isInteger(segments) || segments < 1 || segments > list.length)
    throw valueError(`segments must be between 1 and the number of functions, ${list.length}, got ${segments}`)
  const size = Math.floor(list.length / segments)
  const piece = (part: typeof list) => (x: Tensor) => part.reduce((value, fn) => fn(value), x)
  let x = input
  for (let i = 0; i < segments - 1; i++) x = checkpoint(piece(list.slice(i * size, (i + 1) * size)), x, keywords)
  return piece(list.slice((segments - 1) * size))(x)
}
