/** What autograd recorded, and hooks into it. https://docs.pytorch.org/docs/stable/autograd.html#autograd-graph */
import { typeName } from '../_C/args.js'
import { currentModes, modeBlock, withModes } from '../_C/modes.js'
import { native } from '../_C/native.js'
import { runtimeError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'

export { GradientEdge, get_gradient_edge } from './gradient_edge.js'
export { register_multi_grad_hook } from './multi_grad_hook.js'
export { allow_mutation_on_saved_tensors } from './mutation.js'
export { type InputMetadata, Node, type NodeGradients } from './node.js'
export { save_on_cpu, saved_tensors_hooks } from './saved_tensors_hooks.js'

/**
 * Tells autograd that `tensor`, or each of several, was changed in place by something that autograd did not see.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.graph.increment_version.html
 */
export function increment_version(tensor: Tensor | Iterable<Tensor>): void {
  const tensors: Iterable<unknown> = native.isTensor(tensor) ? [tensor] : (tensor as Iterable<unknown>)
  for (const t of tensors) {
    if (!native.isTensor(t))
      throw new TypeError(`increment_version expect each element of the iterable to be a tensor, got ${typeName(t)}`)
    native.incrementVersion(t as Tensor)
  }
}

/**
 * While `fn` runs, or until a `using` block ends, hooks for saved tensors are an error with this message. So they are where
 * hooks are in force already.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.graph.disable_saved_tensors_hooks.html
 */
export function disable_saved_tensors_hooks(error_message: string): Disposable
export function disable_saved_tensors_hooks<T>(error_message: string, fn: () => T): T
export function disable_saved_tensors_hooks<T>(error_message: string, fn?: () => T): T | Disposable {
  if (typeof error_message !== 'string')
    throw new TypeError(`disable_saved_tensors_hooks(): error_message must be str, not ${typeName(error_message)}`)
  if (currentModes().savedTensorHooks !== null) throw runtimeError(error_message)
  const change = { savedTensorHooksRefused: error_message }
  return fn === undefined ? modeBlock(change) : withModes(change, fn)
}

function setting(name: string, set: (enabled: boolean) => void): (enabled: boolean) => void {
  return enabled => {
    if (typeof enabled !== 'boolean') throw new TypeError(`${name}(): enabled must be bool, not ${typeName(enabled)}`)
    set(enabled)
  }
}

/**
 * Whether to warn when a gradient was computed on another stream than its leaf's. Of the whole process; for devices with
 * streams.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.graph.set_warn_on_accumulate_grad_stream_mismatch.html
 */
export const set_warn_on_accumulate_grad_stream_mismatch = setting(
  'set_warn_on_accumulate_grad_stream_mismatch',
  native.setWarnOnStreamMismatch,
)

/**
 * Whether, while a CUDA graph is captured, a stream outside the capture gives way to the capturing one instead of being an
 * error. Of the whole process.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.graph.set_override_stale_capture_stream.html
 */
export const set_override_stale_capture_stream = setting(
  'set_override_stale_capture_stream',
  native.setOverrideStaleCaptureStream,
)
