/**
 * Computing again in backward what would take memory to keep.
 * https://docs.pytorch.org/docs/stable/checkpoint.html
 */
import { isPlainObject, typeName } from '../_C/args.js'
import { currentModes, modeBlock } from '../_C/modes.js'
import { native } from '../_C/native.js'
import { runtimeError, valueError } from '../_C/raise.js'
import { Function as CustomFunction, type FunctionCtx } from '../autograd/function.js'
import { backward } from '../autograd/run.js'
import { get_rng_state, set_rng_state } from '../random.js'
import type { Tensor } from '../tensor.js'
import { type DeterminismCheck, Recomputation } from './_recomputation.js'

export { CheckpointError } from './_recomputation.js'

/** Keywords of `checkpoint`; what else is in the trailing object goes to the function. */
export interface CheckpointOptions {
  /** True for the older variant, which runs a backward inside the backward. */
  use_reentrant: boolean
  /** The computation draws the same random numbers the second time. Default true. */
  preserve_rng_state?: boolean
  /** `'default'` compares shapes, dtypes and devices of both computations; `'none'` does not. */
  determinism_check?: DeterminismCheck
  /** Ends the second computation as soon as all is there that backward needs. Default true. */
  early_stop?: boolean
}

type Run = (...args: unknown[]) => unknown

/** Runs `fn` with the random numbers of `state`, and goes on with the current ones afterwards. */
function withRandomState<T>(state: Tensor | null, fn: () => T): T {
  if (state === null) return fn()
  const now = get_rng_state()
  set_rng_state(state)
  try {
    return fn()
  } finally {
    set_rng_state(now)
  }
}

/** Runs `fn` under other modes. */
function under<T>(change: Parameters<typeof modeBlock>[0], fn: () => T): T {
  const block = modeBlock(change)
  try {
    return fn()
  } finally {
    block[Symbol.dispose]()
  }
}

function withoutHistory(value: unknown): unknown {
  if (!native.isTensor(value)) return value
  const t = value as Tensor
  return t.detach().requires_grad_(t.requires_grad)
}

/** The older variant: forward without a graph, and a backward of its own in backward. */
class CheckpointFunction extends CustomFunction {
  static forward(ctx: FunctionCtx, run: Run, state: Tensor | null, ...args: unknown[]): unknown {
    ctx.run = run
    ctx.state = state
    ctx.args = args.map(arg => (native.isTensor(arg) ? null : arg))
    ctx.places = args.flatMap((arg, i) => (native.isTensor(arg) ? [i] : []))
    ctx.save_for_backward(...(args.filter(arg => native.isTensor(arg)) as Tensor[]))
    return run(...args)
  }

  static backward(ctx: FunctionCtx, ...grads: Tensor[]) {
    const { run, state, places } = ctx as unknown as { run: Run; state: Tensor | null; places: number[] }
    const saved = ctx.saved_tensors
    const args = [...(ctx.args as unknown[])]
    for (const [i, place] of places.entries()) args[place] = withoutHistory(saved[i])
    const result = withRandomState(state, () => under({ grad: true }, () => run(...args)))
    const outputs: unknown[] = Array.isArray(result) ? result : [result]
    const roots: Tensor[] = []
    const starts: Tensor[] = []
    for (const [i, output] of outputs.entries()) {
      if (!native.isTensor(output) || !native.requiresGrad(output as Tensor)) continue
      roots.push(output as Tensor)
      starts.push(grads[i]!)
    }
    if (roots.length === 0)
      throw runtimeError('none of output has requires_grad=True, this checkpoint() is not necessary')
    backward(roots, starts)
    return [null, null, ...args.map(arg => (native.isTensor(arg) ? (arg as Tensor).grad : null))]
  }
}

/**
 * Runs `fn(...args)` and keeps none of its intermediate tensors: backward runs it again. `fn` must compute the same the
 * second time; it draws the same random numbers from the CPU's generator.
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
    determinism_check = 'default',
    early_stop = true,
    ...keywords
  } = last as unknown as CheckpointOptions
  if (determinism_check !== 'default' && determinism_check !== 'none')
    throw valueError(`determinism_check should be one of 'default', 'none', but got ${String(determinism_check)}`)
  for (const name of ['context_fn', 'debug'])
    if (name in keywords) throw valueError(`torch.utils.checkpoint: ${name} is not supported`)
  const args: unknown[] = rest.slice(0, -1)
  const run = fn as unknown as Run
  const state = preserve_rng_state ? under({ scope: 0 }, get_rng_state) : null
  if (use_reentrant) {
    const names = Object.keys(keywords)
    if (names.length > 0) throw valueError(`Unexpected keyword arguments: ${names.join(',')}`)
    return CheckpointFunction.apply(run, state, ...args) as R
  }
  if (Object.keys(keywords).length > 0) args.push(keywords)
  if (!currentModes().grad) return run(...args) as R
  // The arguments outlive the tensor scope that they belong to.
  const kept = under({ scope: 0 }, () => args.map(arg => (native.isTensor(arg) ? native.alias(arg as Tensor) : arg)))
  const again = new Recomputation(
    hooks => withRandomState(state, () => under({ grad: true, savedTensorHooks: hooks }, () => run(...kept))),
    determinism_check,
    early_stop,
  )
  const result = under({ savedTensorHooks: again.hooks }, () => run(...args)) as R
  if (result instanceof Promise) throw new TypeError('checkpoint(): the function must not be asynchronous')
  again.recorded = true
  return result
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
