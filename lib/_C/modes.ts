/**
 * Grad mode, inference mode, the tensor scope, the hooks of saved tensors and the like, by asynchronous context.
 *
 * The modes of the running code are one immutable `Modes`. A block with a callback runs inside an AsyncLocalStorage context
 * of its own; a `using` block changes the innermost context until it ends. The addon keeps the modes that were applied last;
 * `beforeCall` applies others only where the context has changed since.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Tensor } from '../tensor.js'
import { TorchError } from './errors.js'
import { native } from './native.js'

/** What a tensor saved for backward becomes, and how it comes back. */
export interface SavedTensorHooks {
  pack(gradMode: boolean, t: Tensor): unknown
  unpack(gradMode: boolean, packed: unknown): Tensor
}

/** An operator that is about to run, below autograd. */
export interface DispatchedCall {
  /** `aten::mm` */
  readonly name: string
  /** The schema's overload, '' for the one without a name. */
  readonly overload: string
  /** Positional arguments, without defaults at the end. */
  readonly args: readonly unknown[]
  /** The tensors that it is going to write to. */
  readonly written: readonly Tensor[]
}

/** Sees every operator below autograd and gives its results: those of `run`, or its own. */
export type DispatchMode = (call: DispatchedCall, run: () => readonly unknown[]) => readonly unknown[]

/** What blocks around checkpointed computations say; null where they say nothing. */
export interface CheckpointSettings {
  readonly earlyStop: boolean | null
  readonly debug: boolean | null
  /** The `GraphExecGroup` that backward passes belong to. */
  readonly group: object | null
}

export interface Modes {
  readonly grad: boolean
  readonly inference: boolean
  /** Do operators carry tangents along? */
  readonly forwardAd: boolean
  /** The open tensor scope, 0 for none. */
  readonly scope: number
  readonly savedTensorHooks: SavedTensorHooks | null
  /** Why saved tensors may have no hooks, null where they may. */
  readonly savedTensorHooksRefused: string | null
  /** May backward use threads of its own? */
  readonly multithreading: boolean
  /** Must gradients have their parameter's layout? */
  readonly gradLayout: boolean
  /** The innermost last. */
  readonly dispatchModes: readonly DispatchMode[]
  readonly checkpoint: CheckpointSettings
}

/** A place that holds the modes of one asynchronous context. */
interface Context {
  modes: Modes
}

const storage = new AsyncLocalStorage<Context>()
const root: Context = {
  modes: {
    grad: true,
    inference: false,
    forwardAd: true,
    scope: 0,
    savedTensorHooks: null,
    savedTensorHooksRefused: null,
    multithreading: true,
    gradLayout: true,
    dispatchModes: [],
    checkpoint: { earlyStop: null, debug: null, group: null },
  },
}
let applied: Modes = root.modes
/** False until the first asynchronous block: then a call need not ask the storage. */
let manyContexts = false

function context(): Context {
  return manyContexts ? (storage.getStore() ?? root) : root
}

function apply(modes: Modes): void {
  if (modes === applied) return
  const bits =
    (modes.grad ? 1 : 0) |
    (modes.inference ? 2 : 0) |
    (modes.forwardAd ? 0 : 4) |
    (modes.multithreading ? 0 : 8) |
    (modes.gradLayout ? 0 : 16)
  native.setModes(bits, modes.scope)
  const { savedTensorHooks: hooks, dispatchModes } = modes
  if (hooks !== applied.savedTensorHooks) native.setSavedTensorHooks(hooks?.pack ?? null, hooks?.unpack ?? null)
  if (dispatchModes !== applied.dispatchModes)
    native.setDispatchMode(dispatchModes.length === 0 ? null : dispatcher(dispatchModes))
  applied = modes
}

/** The modes as one: each one's `run` goes on to the next outer one. */
function dispatcher(modes: readonly DispatchMode[]): Parameters<typeof native.setDispatchMode>[0] {
  return (name, overload, args, written) => {
    const call: DispatchedCall = { name, overload, args, written }
    const from = (level: number): readonly unknown[] =>
      level < 0 ? native.runOperator() : modes[level]!(call, () => from(level - 1))
    return from(modes.length - 1)
  }
}

/** The modes of the running code. */
export function currentModes(): Modes {
  return context().modes
}

/** Every entry into the addon that a mode can change calls this first. */
export function beforeCall(): void {
  if (manyContexts) apply((storage.getStore() ?? root).modes)
}

/** The change that hooks for saved tensors are; an error where they are refused. */
export function withSavedTensorHooks(hooks: SavedTensorHooks): Partial<Modes> {
  const refused = currentModes().savedTensorHooksRefused
  if (refused !== null) throw new TorchError(refused)
  return { savedTensorHooks: hooks }
}

/** The change that one dispatch mode more is. */
export function withDispatchMode(mode: DispatchMode): Partial<Modes> {
  return { dispatchModes: [...currentModes().dispatchModes, mode] }
}

/** Changes the modes of the running context, as `torch.set_grad_enabled(false)` does. */
export function changeModes(change: Partial<Modes>): void {
  const place = context()
  place.modes = { ...place.modes, ...change }
  apply(place.modes)
}

/** Runs `fn` with other modes, which its awaits and whatever it starts keep. A promise is returned as it is. */
export function withModes<T>(change: Partial<Modes>, fn: () => T): T {
  const outer = context()
  const inner: Context = { modes: { ...outer.modes, ...change } }
  manyContexts = true
  try {
    return storage.run(inner, () => {
      apply(inner.modes)
      return fn()
    })
  } finally {
    apply(outer.modes)
  }
}

/** A synchronous block: `using _ = modeBlock({ grad: false })`. */
export function modeBlock(change: Partial<Modes>): Disposable {
  const place = context()
  const before = place.modes
  changeModes(change)
  return {
    [Symbol.dispose]() {
      place.modes = before
      apply((manyContexts ? (storage.getStore() ?? root) : root).modes)
    },
  }
}
