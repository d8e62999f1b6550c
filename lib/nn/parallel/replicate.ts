import { native } from '../../_C/native.js'
import type { DeviceLike } from '../../device.js'
import type { Tensor } from '../../tensor.js'
import { makeCallable } from '../_callable.js'
import { isModule, kState, type ModuleState, ownBuffers, ownParameters, recordOf } from '../_module_state.js'
import type { AnyModule } from '../module.js'

/** `t` on a device, never `t` itself: what replicas have are no parameters. */
function moved(t: Tensor, device: DeviceLike, detach: boolean): Tensor {
  const there = t.to(device)
  if (detach) return there.detach()
  return native.isSame(there, t) ? t.view_as(t) : there
}

function copyTo(module: AnyModule, device: DeviceLike, detach: boolean, known: Map<AnyModule, AnyModule>): AnyModule {
  const before = known.get(module)
  if (before) return before
  const copy = makeCallable(Object.getPrototypeOf(module) as object) as AnyModule
  known.set(module, copy)
  const { buffers, emptyChildren, hooks } = recordOf(module)[kState]
  const state: ModuleState = { buffers: new Map(buffers), emptyChildren: new Set(emptyChildren), hooks }
  Object.defineProperty(copy, kState, { value: state })
  const tensors = new Map<string, Tensor>()
  for (const [name, parameter] of ownParameters(module)) tensors.set(name, moved(parameter, device, detach))
  for (const [name, buffer] of ownBuffers(module)) {
    const differentiable = native.requiresGrad(buffer) && !detach
    tensors.set(name, differentiable ? moved(buffer, device, false) : buffer.to(device).detach())
  }
  for (const key of Reflect.ownKeys(module)) {
    if (key === kState) continue
    const descriptor = Object.getOwnPropertyDescriptor(module, key)!
    if ('value' in descriptor) {
      const own = typeof key === 'string' ? tensors.get(key) : undefined
      if (own) descriptor.value = own
      else if (isModule(descriptor.value)) descriptor.value = copyTo(descriptor.value, device, detach, known)
    }
    Object.defineProperty(copy, key, descriptor)
  }
  return copy
}

/**
 * A copy of the module for each device. Parameters are copied so that gradients flow back to the originals, unless `detach`;
 * in a replica they are tensors, not parameters.
 */
export function replicate<M extends AnyModule>(network: M, devices: readonly DeviceLike[], detach = false): M[] {
  return devices.map(device => copyTo(network, device, detach, new Map()) as M)
}
