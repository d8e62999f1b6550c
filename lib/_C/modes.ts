/**
 * Grad mode, inference mode, the tensor scope and the hooks of saved tensors, by asynchronous context.
 *
 * The modes of the running code are one immutable `Modes`. A block with a callback runs inside an AsyncLocalStorage context
 * of its own; a `using` block changes the innermost context until it ends. The addon keeps the modes that were applied last;
 * `beforeCall` applies others only where the context has changed since.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Tensor } from '../tensor.js'
import { native } from './native.js'

/** What a tensor saved for backward becomes, and how it comes back. */
export interface SavedTensorHooks {
  pack(gradMode: boolean, t: Tensor): unknown
  unpack(gradMode: boolean, packed: unknown): Tensor
}

export interface Modes {
  readonly grad: boolean
  readonly inference: boolean
  /** Do operators carry tangents along? */
  readonly forwardAd: boolean
  /** The open tensor scope, 0 for none. */
  readonly scope: number
  readonly savedTensorHooks: SavedTensorHooks | null
}

/** A place that holds the modes of one asynchronous context. */
interface Context {
  modes: Modes
}

const storage = new AsyncLocalStorage<Context>()
const root: Context = { modes: { grad: true, inference: false, forwardAd: true, scope: 0, savedTensorHooks: null } }
let applied: Modes = root.modes
/** False until the first asynchronous block: then a call need not ask the storage. */
let manyContexts = false

function context(): Context {
  return manyContexts ? (storage.getStore() ?? root) : root
}

function apply(modes: Modes): void {
  if (modes === applied) return
  native.setModes((modes.grad ? 1 : 0) | (modes.inference ? 2 : 0) | (modes.forwardAd ? 0 : 4), modes.scope)
  const hooks = modes.savedTensorHooks
  if (hooks !== applied.savedTensorHooks) native.setSavedTensorHooks(hooks?.pack ?? null, hooks?.unpack ?? null)
  applied = modes
}

/** The modes of the running code. */
export function currentModes(): Modes {
  return context().modes
}

/** Every entry into the addon that a mode can change calls this first. */
export function beforeCall(): void {
  if (manyContexts) apply((storage.getStore() ?? root).modes)
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
