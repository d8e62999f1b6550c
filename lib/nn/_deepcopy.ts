/** `copy.deepcopy` for modules. */
import { isPlainObject } from '../_C/args.js'
import { native } from '../_C/native.js'
import { runtimeError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { makeCallable } from './_callable.js'
import { isModule, kState, type ModuleState, recordOf } from './_module_state.js'
import { withoutGrad } from './_no_grad.js'
import { Buffer } from './buffer.js'
import type { AnyModule } from './module.js'
import { Parameter } from './parameter.js'
import { UninitializedBuffer, UninitializedParameter } from './uninitialized.js'

/** What has been copied, so that what is shared stays shared. */
type Memo = Map<object, unknown>

function copyTensor(t: Tensor, memo: Memo): Tensor {
  if (!native.isLeaf(t))
    throw runtimeError(
      'Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.',
    )
  const data = withoutGrad(() => t.detach().clone())
  const requiresGrad = native.requiresGrad(t)
  let copy: Tensor = data
  const factory = { device: data.device, dtype: data.dtype, requires_grad: requiresGrad }
  if (t instanceof UninitializedParameter) copy = new UninitializedParameter(factory)
  else if (t instanceof UninitializedBuffer) copy = new UninitializedBuffer({ ...factory, persistent: t.persistent })
  else if (t instanceof Parameter) copy = new Parameter(data, requiresGrad)
  else if (t instanceof Buffer) copy = new Buffer(data, { persistent: t.persistent })
  else native.setRequiresGrad(copy, requiresGrad)
  memo.set(t, copy)
  const grad = native.grad(t)
  if (grad) native.setGrad(copy, copyTensor(grad, memo))
  return copy
}

function copyModule(module: AnyModule, memo: Memo): AnyModule {
  const { __deepcopy__ } = module as { __deepcopy__?: () => AnyModule }
  if (__deepcopy__) {
    const own = __deepcopy__.call(module)
    memo.set(module, own)
    return own
  }
  const copy = makeCallable(Object.getPrototypeOf(module) as object) as AnyModule
  memo.set(module, copy)
  const { buffers, emptyChildren, hooks } = recordOf(module)[kState]
  const state: ModuleState = {
    buffers: new Map(buffers),
    emptyChildren: new Set(emptyChildren),
    hooks: hooks?.copy() ?? null,
  }
  Object.defineProperty(copy, kState, { value: state })
  for (const key of Reflect.ownKeys(module)) {
    if (key === kState) continue
    const descriptor = Object.getOwnPropertyDescriptor(module, key)!
    if ('value' in descriptor) descriptor.value = copyValue(descriptor.value, memo)
    Object.defineProperty(copy, key, descriptor)
  }
  return copy
}

function copyValue(value: unknown, memo: Memo): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value
  if (memo.has(value)) return memo.get(value)
  if (isModule(value)) return copyModule(value, memo)
  if (native.isTensor(value)) return copyTensor(value as Tensor, memo)
  const remember = <T extends object>(copy: T): T => {
    memo.set(value, copy)
    return copy
  }
  if (Array.isArray(value)) {
    const copy = remember<unknown[]>([])
    for (const element of value) copy.push(copyValue(element, memo))
    return copy
  }
  if (value instanceof Map) {
    const copy = remember(new Map<unknown, unknown>())
    for (const [key, element] of value) copy.set(copyValue(key, memo), copyValue(element, memo))
    return copy
  }
  if (value instanceof Set) {
    const copy = remember(new Set<unknown>())
    for (const element of value) copy.add(copyValue(element, memo))
    return copy
  }
  if (isPlainObject(value)) {
    const copy = remember<Record<string, unknown>>({})
    for (const [key, element] of Object.entries(value)) copy[key] = copyValue(element, memo)
    return copy
  }
  return value
}

/**
 * A copy of a module, a tensor, or an array, map, set or plain object of them, with memory of its own: the counterpart of
 * Python's `copy.deepcopy`. What is shared within `value`, such as tied weights, is shared within the copy. Functions and
 * other objects, dtypes among them, are taken over as they are. A module's private `#fields` can't be copied.
 *
 * @throws TorchError for a tensor that is not a leaf of the autograd graph.
 */
export function deepcopy<T>(value: T): T {
  return copyValue(value, new Map()) as T
}
