import { currentModes, type Modes, modeBlock, withModes } from '../_C/modes.js'

/** Runs `fn` with other modes, or without `fn` begins a block that `using` ends. */
function block<T>(change: Partial<Modes>, fn: (() => T) | undefined): T | Disposable {
  if (fn === undefined) return modeBlock(change)
  if (typeof fn !== 'function') throw new TypeError(`expected a function, got ${typeof fn}`)
  return withModes(change, fn)
}

/**
 * Computes without recording for autograd: `torch.no_grad(() => …)` gives what the function returns, also when that is a
 * promise, whose awaits keep the mode; `using _ = torch.no_grad()` is for a synchronous block.
 * https://docs.pytorch.org/docs/stable/generated/torch.no_grad.html
 */
export function no_grad(): Disposable
export function no_grad<T>(fn: () => T): T
export function no_grad<T>(fn?: () => T): T | Disposable {
  return block({ grad: false }, fn)
}

/**
 * Records for autograd again inside `no_grad`. Forms as `no_grad`.
 * https://docs.pytorch.org/docs/stable/generated/torch.enable_grad.html
 */
export function enable_grad(): Disposable
export function enable_grad<T>(fn: () => T): T
export function enable_grad<T>(fn?: () => T): T | Disposable {
  return block({ grad: true }, fn)
}

/**
 * Switches recording for autograd on or off: from here on, or while `fn` runs, or until a `using` block ends.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad_mode.set_grad_enabled.html
 */
export function set_grad_enabled(mode: boolean): Disposable
export function set_grad_enabled<T>(mode: boolean, fn: () => T): T
export function set_grad_enabled<T>(mode: boolean, fn?: () => T): T | Disposable {
  return block({ grad: Boolean(mode) }, fn)
}

/**
 * `no_grad` without version counting and view tracking: faster, but its results can't take part in autograd later. Forms as
 * `no_grad`; `inference_mode(false, fn)` leaves the mode.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad_mode.inference_mode.html
 */
export function inference_mode(mode?: boolean): Disposable
export function inference_mode<T>(fn: () => T): T
export function inference_mode<T>(mode: boolean, fn: () => T): T
export function inference_mode<T>(mode: boolean | (() => T) = true, fn?: () => T): T | Disposable {
  if (typeof mode === 'function') return block({ inference: true, grad: false }, mode)
  return block(mode ? { inference: true, grad: false } : { inference: false, grad: true }, fn)
}

/** True while operators record for autograd. https://docs.pytorch.org/docs/stable/generated/torch.is_grad_enabled.html */
export function is_grad_enabled(): boolean {
  return currentModes().grad
}

/** https://docs.pytorch.org/docs/stable/generated/torch.is_inference_mode_enabled.html */
export function is_inference_mode_enabled(): boolean {
  return currentModes().inference
}

/**
 * Whether backward may run on threads of its own, as it does for devices other than the CPU: switched from here on, or while
 * `fn` runs, or until a `using` block ends. False makes it run on the calling thread.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad_mode.set_multithreading_enabled.html
 */
export function set_multithreading_enabled(mode: boolean): Disposable
export function set_multithreading_enabled<T>(mode: boolean, fn: () => T): T
export function set_multithreading_enabled<T>(mode: boolean, fn?: () => T): T | Disposable {
  return block({ multithreading: Boolean(mode) }, fn)
}

/** https://docs.pytorch.org/docs/stable/autograd.html */
export function is_multithreading_enabled(): boolean {
  return currentModes().multithreading
}

/**
 * Whether a gradient must have its parameter's strides, which costs a copy where it has others: switched from here on, or
 * while `fn` runs, or until a `using` block ends.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad_mode.enforce_grad_layout_policy.html
 */
export function enforce_grad_layout_policy(enable?: boolean): Disposable
export function enforce_grad_layout_policy<T>(fn: () => T): T
export function enforce_grad_layout_policy<T>(enable: boolean, fn: () => T): T
export function enforce_grad_layout_policy<T>(enable: boolean | (() => T) = true, fn?: () => T): T | Disposable {
  if (typeof enable === 'function') return block({ gradLayout: true }, enable)
  return block({ gradLayout: Boolean(enable) }, fn)
}
