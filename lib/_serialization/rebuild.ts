/** The functions that rebuild tensors, by the names that checkpoints call them by. They check everything they are given. */
import { withModes } from '../_C/modes.js'
import { native } from '../_C/native.js'
import { empty, empty_strided } from '../_generated/torch.js'
import { device } from '../device.js'
import { dtype } from '../dtype.js'
import { Parameter } from '../nn/parameter.js'
import { UninitializedBuffer, UninitializedParameter } from '../nn/uninitialized.js'
import type { Tensor } from '../tensor.js'
import { damagedTensor, extentOf, isCount, shapeOf, solidTensorOf, tensorOf } from './checks.js'
import { Allowed, type Callable, type Containers } from './containers.js'
import { UnpicklingError } from './errors.js'
import { LoadedStorage } from './loaded_storage.js'
import { NumpyArray } from './numpy.js'
import { rebuildNested, rebuildQuantized, rebuildSparse } from './rebuild_kinds.js'

export const rebuilders: Record<string, Callable> = {
  'torch._utils._rebuild_tensor': args => rebuildTensor(args.slice(0, 4), false, null, undefined),
  'torch._utils._rebuild_tensor_v2': args => rebuildTensor(args, args[4], null, args[6]),
  'torch._utils._rebuild_tensor_v3': args => rebuildTensor(args, args[4], args[6], args[7]),
  'torch._utils._rebuild_parameter': ([data, requiresGrad]) => parameterOf(data, requiresGrad),
  'torch._utils._rebuild_parameter_with_state': rebuildParameterWithState,
  'torch._utils._rebuild_meta_tensor_no_storage': rebuildMeta,
  'torch._utils._rebuild_sparse_tensor': ([kind, parts]) => rebuildSparse(kind, parts),
  'torch._utils._rebuild_nested_tensor': args => rebuildNested(args),
  'torch._utils._rebuild_qtensor': args => rebuildQuantized(args),
  'torch._utils._rebuild_device_tensor_from_numpy': rebuildOnDevice,
  'torch._utils._rebuild_device_tensor_from_cpu_tensor': rebuildOnDevice,
  'torch._tensor._rebuild_from_type_v2': rebuildFromType,
  'torch._tensor._rebuild_from_type': rebuildFromType,
  'torch.Tensor': args => emptyTensor(args),
  'torch.nn.parameter.Parameter': ([data, requiresGrad = true]) => parameterOf(data ?? emptyTensor([]), requiresGrad),
  'torch.nn.parameter.UninitializedParameter': ([requiresGrad]) =>
    new UninitializedParameter({ requires_grad: requiresGrad !== false }),
  'torch.nn.parameter.UninitializedBuffer': ([requiresGrad]) =>
    new UninitializedBuffer({ requires_grad: requiresGrad === true }),
}

function rebuildTensor(args: readonly unknown[], requiresGrad: unknown, kind: unknown, metadata: unknown): Tensor {
  const [storage, offset] = args
  const size = shapeOf(args[2])
  const stride = shapeOf(args[3])
  if (!(storage instanceof LoadedStorage)) throw damagedTensor('its storage')
  const type = kind ?? storage.dtype
  if (!(type instanceof dtype)) throw damagedTensor('its dtype')
  if (!isCount(offset)) throw damagedTensor('its shape')
  storage.check(type, offset, extentOf(size, stride))
  return withModes({ grad: false }, () => {
    let t = storage.isMeta
      ? empty_strided(size, stride, { dtype: type, device: 'meta' })
      : storage.setInto(empty([0], { dtype: type, device: storage.device }), offset, size, stride)
    if (metadata instanceof Map) {
      if (metadata.get('conj') === true && type.is_complex) t = t.conj()
      if (metadata.get('neg') === true) t = t._neg_view()
    }
    if (requiresGrad === true) t.requires_grad_(true)
    return t
  })
}

/** What BUILD does to a tensor of an old file: it gives it its storage. */
export function setLegacyState(t: Tensor, state: unknown): void {
  if (!Array.isArray(state) || state.length !== 4) throw damagedTensor('its state')
  const [storage, offset] = state as unknown[]
  const size = shapeOf(state[2])
  const stride = shapeOf(state[3])
  if (!(storage instanceof LoadedStorage) || !isCount(offset) || storage.dtype !== t.dtype || storage.isMeta)
    throw damagedTensor('its storage')
  storage.check(t.dtype, offset, extentOf(size, stride))
  withModes({ grad: false }, () => storage.setInto(t, offset, size, stride))
}

function emptyTensor(args: readonly unknown[]): Tensor {
  if (args.length > 0) throw damagedTensor('its data')
  return empty([0])
}

function parameterOf(data: unknown, requiresGrad: unknown): Parameter {
  return new Parameter(tensorOf(data), requiresGrad === true)
}

function rebuildParameterWithState(args: readonly unknown[], containers: Containers): Parameter {
  const [data, requiresGrad, , state] = args
  const parameter = parameterOf(data, requiresGrad)
  containers.setAttributes(parameter, state)
  return parameter
}

function rebuildMeta(args: readonly unknown[]): Tensor {
  const [type, , , requiresGrad] = args
  if (!(type instanceof dtype)) throw damagedTensor('its dtype')
  const [size, stride] = [shapeOf(args[1]), shapeOf(args[2])]
  extentOf(size, stride)
  const t = empty_strided(size, stride, { dtype: type, device: 'meta' })
  return requiresGrad === true ? t.requires_grad_(true) : t
}

/** A tensor of a device whose storages PyTorch does not save: kept as a tensor of the CPU, or an array. */
function rebuildOnDevice(args: readonly unknown[]): Tensor {
  const [data, type, location, requiresGrad] = args
  if (!(type instanceof dtype) || !(typeof location === 'string' || location instanceof device))
    throw damagedTensor('its dtype')
  const source = solidTensorOf(data instanceof NumpyArray ? data.tensor() : data)
  // Such devices are not here: where nobody says otherwise, the values stay where the file has them.
  const t = withModes({ grad: false }, () => source.to(type))
  return requiresGrad === true ? t.requires_grad_(true) : t
}

/** A tensor with attributes of its own, or of a class that Python derived from `Tensor`. */
function rebuildFromType(args: readonly unknown[], containers: Containers): Tensor {
  const [rebuild, type, inner, state] = args
  if (!(rebuild instanceof Allowed) || !rebuild.call || !Object.hasOwn(rebuilders, rebuild.name))
    throw damagedTensor('how it is rebuilt')
  if (!Array.isArray(inner) || !(type instanceof Allowed)) throw damagedTensor('its class')
  if (rebuild.call === rebuildFromType) throw new UnpicklingError('the file is damaged: a tensor has two classes')
  let t = tensorOf(rebuild.call(inner, containers))
  if (type.name === 'torch.nn.parameter.Parameter' && !(t instanceof Parameter)) t = parameterOf(t, t.requires_grad)
  if (native.isTensor(t)) containers.setAttributes(t, state)
  return t
}
