import { typeName } from '../_C/args.js'
import { underGradMode } from '../_C/hooks.js'
import { modeBlock, withModes, withSavedTensorHooks } from '../_C/modes.js'
import type { Tensor } from '../tensor.js'

/**
 * While `fn` runs, or until a `using` block ends, each tensor that an operator saves for its backward goes through
 * `pack_hook`, whose result is kept instead; `unpack_hook` makes a tensor of equal values of it when backward needs it. Of
 * nested blocks the innermost counts. The hooks follow the asynchronous context, as grad mode does.
 *
 * https://docs.pytorch.org/docs/stable/autograd.html#saved-tensors-default-hooks
 */
export function saved_tensors_hooks<P>(pack_hook: (t: Tensor) => P, unpack_hook: (packed: P) => Tensor): Disposable
export function saved_tensors_hooks<P, T>(
  pack_hook: (t: Tensor) => P,
  unpack_hook: (packed: P) => Tensor,
  fn: () => T,
): T
export function saved_tensors_hooks<P, T>(
  pack_hook: (t: Tensor) => P,
  unpack_hook: (packed: P) => Tensor,
  fn?: () => T,
): T | Disposable {
  for (const hook of [pack_hook, unpack_hook])
    if (typeof hook !== 'function') throw new TypeError(`a hook must be a function, got ${typeName(hook)}`)
  const change = withSavedTensorHooks({
    // What is packed outlives the tensor scope of the forward pass.
    pack: underGradMode(pack_hook, { scope: 0 }),
    unpack: underGradMode((packed: unknown) => unpack_hook(packed as P)),
  })
  return fn === undefined ? modeBlock(change) : withModes(change, fn)
}

/**
 * Keeps the tensors saved for backward in memory of the CPU, and brings each back to its device when it is needed.
 * https://docs.pytorch.org/docs/stable/autograd.html#torch.autograd.graph.save_on_cpu
 */
export function save_on_cpu(pin_memory?: boolean | { pin_memory?: boolean }): Disposable
export function save_on_cpu<T>(pin_memory: boolean | { pin_memory?: boolean }, fn: () => T): T
export function save_on_cpu<T>(pin_memory: boolean | { pin_memory?: boolean } = false, fn?: () => T): T | Disposable {
  const pin = typeof pin_memory === 'object' ? (pin_memory.pin_memory ?? false) : pin_memory
  const pack = (t: Tensor): [Tensor['device'], Tensor] => {
    const copy = t.to('cpu')
    return [t.device, pin ? copy.pin_memory() : copy]
  }
  const unpack = ([device, copy]: [Tensor['device'], Tensor]): Tensor => copy.to(device)
  return fn === undefined ? saved_tensors_hooks(pack, unpack) : saved_tensors_hooks(pack, unpack, fn)
}
