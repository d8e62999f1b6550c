/** Rebuilding the tensors that are more than a shape over a storage: quantized, sparse and nested ones. */
import { call, callByName } from '../_C/call.js'
import { withModes } from '../_C/modes.js'
import { native } from '../_C/native.js'
import { tensor as newTensor } from '../_creation.js'
import { _sparse_coo_tensor_unsafe } from '../_generated/ops.js'
import { sparse_compressed_tensor, sparse_coo_tensor } from '../_sparse_constructors.js'
import { float32, float64, int64 } from '../dtype.js'
import { layout, sparse_bsc, sparse_bsr, sparse_coo, sparse_csc, sparse_csr } from '../layout.js'
import { per_channel_affine, per_channel_affine_float_qparams, per_tensor_affine } from '../qscheme.js'
import type { Tensor } from '../tensor.js'
import { damagedTensor, extentOf, isCount, numberOf, shapeOf, solidTensorOf } from './checks.js'
import { LoadedStorage } from './loaded_storage.js'

export function rebuildSparse(kind: unknown, parts: unknown): Tensor {
  if (!(kind instanceof layout) || !Array.isArray(parts)) throw damagedTensor('its layout')
  if (kind === sparse_coo) {
    const [indices, values, size, coalesced] = parts
    const args = [solidTensorOf(indices), solidTensorOf(values), shapeOf(size)] as const
    const is_coalesced = typeof coalesced === 'boolean' ? coalesced : null
    // On the meta device there are no indices to look at.
    if (args[0].device.type === 'meta')
      return call(_sparse_coo_tensor_unsafe, ...args, { is_coalesced, device: 'meta', dtype: args[1].dtype }) as Tensor
    // Indices of a damaged file would reach outside the tensor's memory.
    callByName('aten::_validate_sparse_coo_tensor_args', null, ...args, is_coalesced)
    return sparse_coo_tensor(...args, { is_coalesced })
  }
  if (![sparse_csr, sparse_csc, sparse_bsr, sparse_bsc].includes(kind)) throw damagedTensor('its layout')
  const [compressed, plain, values, size] = parts
  const args = [solidTensorOf(compressed), solidTensorOf(plain), solidTensorOf(values), shapeOf(size)] as const
  if (args[0].device.type !== 'meta') callByName('aten::_validate_sparse_compressed_tensor_args', null, ...args, kind)
  return sparse_compressed_tensor(...args, { layout: kind })
}

/** `_rebuild_qtensor(storage, offset, size, stride, (scheme, …), requires_grad, hooks)` */
export function rebuildQuantized(args: readonly unknown[]): Tensor {
  const [storage, offset, , , parameters] = args
  const size = shapeOf(args[2])
  const stride = shapeOf(args[3])
  if (!(storage instanceof LoadedStorage) || !storage.dtype.name.startsWith('q')) throw damagedTensor('its storage')
  if (!isCount(offset) || !Array.isArray(parameters)) throw damagedTensor('its quantizer')
  if (storage.isMeta) throw damagedTensor('its device: quantized tensors do not go to the meta device; that')
  // Several elements lie in a byte of the dtypes below 8 bits.
  const perByte = storage.dtype.name === 'quint4x2' ? 2 : storage.dtype.name === 'quint2x4' ? 4 : 1
  storage.check(storage.dtype, Math.floor(offset / perByte), Math.ceil(extentOf(size, stride) / perByte))
  return withModes({ grad: false }, () => {
    const t = emptyQuantized(storage, size, parameters)
    if (native.scalarType(t) !== storage.dtype.scalarType) throw damagedTensor('its dtype')
    return storage.setInto(t, offset, size, stride)
  })
}

/** A quantized tensor that takes no memory of its own yet. */
function emptyQuantized(storage: LoadedStorage, size: readonly number[], parameters: readonly unknown[]): Tensor {
  const { dtype, device } = storage
  const [scheme] = parameters
  if (scheme === per_tensor_affine) {
    const options = { dtype, device, scale: numberOf(parameters[1]), zero_point: numberOf(parameters[2]) }
    return callByName('aten::_empty_affine_quantized', null, [0], options) as Tensor
  }
  const isFloat = scheme === per_channel_affine_float_qparams
  if (scheme !== per_channel_affine && !isFloat) throw damagedTensor('its quantizer')
  const axis = parameters[3]
  if (!isCount(axis) || axis >= size.length) throw damagedTensor('its axis')
  const scales = channels(parameters[1], isFloat ? float32 : float64, size[axis]!)
  const zeroPoints = channels(parameters[2], isFloat ? float32 : int64, size[axis]!)
  const shape = size.map((side, i) => (i === axis ? side : 0))
  const options = { dtype, device, scales, zero_points: zeroPoints, axis }
  return callByName('aten::_empty_per_channel_affine_quantized', null, shape, options) as Tensor
}

/** One number for each channel: a tensor, in old files a list. */
function channels(values: unknown, dtype: typeof float32 | typeof float64 | typeof int64, count: number): Tensor {
  const t = Array.isArray(values) ? newTensor(values.map(numberOf), { dtype }) : solidTensorOf(values)
  if (t.dim() !== 1 || t.numel() !== count) throw damagedTensor('the number of its scales or zero points')
  return t
}

/** `_rebuild_nested_tensor(buffer, sizes, strides, offsets)` */
export function rebuildNested(args: readonly unknown[]): Tensor {
  const [buffer, sizes, strides, offsets] = args.map(solidTensorOf) as [Tensor, Tensor, Tensor, Tensor]
  const whole = [sizes, strides].every(t => t.dtype === int64 && t.dim() === 2 && native.isContiguous(t, 0))
  const count = whole ? sizes.shape[0]! : -1
  const columns = whole ? sizes.shape[1]! : -1
  if (!whole || strides.shape[0] !== count || strides.shape[1] !== columns) throw damagedTensor('its sizes')
  if (offsets.dtype !== int64 || offsets.dim() !== 1 || offsets.numel() !== count) throw damagedTensor('its offsets')
  if (buffer.dim() !== 1 || !native.isContiguous(buffer, 0)) throw damagedTensor('its buffer')
  const [shapes, steps, starts] = [sizes.tolist(), strides.tolist(), offsets.tolist()] as [
    number[][],
    number[][],
    number[],
  ]
  for (const [i, start] of starts.entries()) {
    const extent = extentOf(shapeOf(shapes[i]), shapeOf(steps[i]))
    if (!isCount(start) || start + extent > buffer.numel()) throw damagedTensor('the place of a part')
  }
  return callByName('aten::_nested_view_from_buffer', null, buffer, sizes, strides, offsets) as Tensor
}
