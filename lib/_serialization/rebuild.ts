/** The functions that rebuild tensors, by the names that checkpoints call them by. They check everything they are given. */
import { callByName } from '../_C/call.js'
import { withModes } from '../_C/modes.js'
import { native } from '../_C/native.js'
import { empty, empty_strided } from '../_generated/torch.js'
import { sparse_compressed_tensor, sparse_coo_tensor } from '../_sparse_constructors.js'
import { dtype } from '../dtype.js'
import { layout, sparse_bsc, sparse_bsr, sparse_coo, sparse_csc, sparse_csr } from '../layout.js'
import { Parameter } from '../nn/parameter.js'
import type { Tensor } from '../tensor.js'
import { UnpicklingError } from './errors.js'
import { LoadedStorage } from './loaded_storage.js'
import type { Callable } from './unpickler.js'

export const rebuilders: Record<string, Callable> = {
  'torch._utils._rebuild_tensor': args => rebuildTensor(args.slice(0, 4), false, null, undefined),
  'torch._utils._rebuild_tensor_v2': args => rebuildTensor(args, args[4], null, args[6]),
  'torch._utils._rebuild_tensor_v3': args => rebuildTensor(args, args[4], args[6], args[7]),
  'torch._utils._rebuild_parameter': ([data, requiresGrad]) => new Parameter(tensor(data), requiresGrad === true),
  'torch._utils._rebuild_meta_tensor_no_storage': rebuildMeta,
  'torch._utils._rebuild_sparse_tensor': ([kind, parts]) => rebuildSparse(kind, parts),
}

function rebuildTensor(args: readonly unknown[], requiresGrad: unknown, kind: unknown, metadata: unknown): Tensor {
  const [storage, offset] = args
  const size = numbers(args[2])
  const stride = numbers(args[3])
  if (!(storage instanceof LoadedStorage)) throw damaged('its storage')
  const type = kind ?? storage.dtype
  if (!(type instanceof dtype)) throw damaged('its dtype')
  if (!isCount(offset) || size.length !== stride.length) throw damaged('its shape')
  const extent = size.includes(0) ? 0 : size.reduce((last, side, i) => last + (side - 1) * stride[i]!, 1)
  // LibTorch would enlarge the storage rather than refuse.
  if (!Number.isSafeInteger(extent) || (extent > 0 && (offset + extent) * type.itemsize > storage.bytes))
    throw new UnpicklingError('the file is damaged: a tensor reaches beyond its storage')
  return withModes({ grad: false }, () => {
    let t = storage.isMeta
      ? empty_strided(size, stride, { dtype: type, device: 'meta' })
      : viewOf(storage, type, offset, size, stride)
    if (metadata instanceof Map) {
      if (metadata.get('conj') === true && type.is_complex) t = t.conj()
      if (metadata.get('neg') === true) t = t._neg_view()
    }
    if (requiresGrad === true) t.requires_grad_(true)
    return t
  })
}

/** A tensor over the storage's memory, as `Tensor.set_` makes it: no view of another tensor. */
function viewOf(storage: LoadedStorage, type: dtype, offset: number, size: number[], stride: number[]): Tensor {
  const whole = storage.as(type)
  return empty([0], { dtype: type, device: whole.device }).set_(whole, offset, size, stride)
}

function rebuildMeta(args: readonly unknown[]): Tensor {
  const [type, , , requiresGrad] = args
  if (!(type instanceof dtype)) throw damaged('its dtype')
  const t = empty_strided(numbers(args[1]), numbers(args[2]), { dtype: type, device: 'meta' })
  return requiresGrad === true ? t.requires_grad_(true) : t
}

function rebuildSparse(kind: unknown, parts: unknown): Tensor {
  if (!(kind instanceof layout) || !Array.isArray(parts)) throw damaged('its layout')
  if (kind === sparse_coo) {
    const [indices, values, size, coalesced] = parts
    const args = [tensor(indices), tensor(values), numbers(size)] as const
    const is_coalesced = typeof coalesced === 'boolean' ? coalesced : null
    // Indices of a damaged file would reach outside the tensor's memory.
    callByName('aten::_validate_sparse_coo_tensor_args', null, ...args, is_coalesced)
    return sparse_coo_tensor(...args, { is_coalesced })
  }
  if (![sparse_csr, sparse_csc, sparse_bsr, sparse_bsc].includes(kind)) throw damaged('its layout')
  const [compressed, plain, values, size] = parts
  const args = [tensor(compressed), tensor(plain), tensor(values), numbers(size)] as const
  callByName('aten::_validate_sparse_compressed_tensor_args', null, ...args, kind)
  return sparse_compressed_tensor(...args, { layout: kind })
}

function tensor(value: unknown): Tensor {
  if (native.isTensor(value)) return value as Tensor
  throw damaged('a tensor that it is made of')
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function numbers(value: unknown): number[] {
  if (Array.isArray(value) && value.length <= 64 && value.every(isCount)) return [...value]
  throw damaged('its shape')
}

function damaged(what: string): UnpicklingError {
  return new UnpicklingError(`the file is damaged: of a tensor, ${what} is wrong`)
}
