/** How each kind of tensor is described so that Python rebuilds it. */
import { callByName } from '../_C/call.js'
import { TorchError } from '../_C/errors.js'
import { native } from '../_C/native.js'
import { type dtype, dtypes } from '../dtype.js'
import { layouts, sparse_bsc, sparse_bsr, sparse_coo, sparse_csc, sparse_csr, strided } from '../layout.js'
import { Parameter } from '../nn/parameter.js'
import { is_lazy, UninitializedParameter } from '../nn/uninitialized.js'
import { per_channel_affine, per_channel_affine_float_qparams, per_tensor_affine } from '../qscheme.js'
import type { Tensor } from '../tensor.js'
import { Float, globalOf, OrderedDict, Reduce, Tuple } from './python_objects.js'
import { type StorageTable, tooNew } from './storage_table.js'
import { storageNames } from './storage_types.js'

const utils = (name: string) => globalOf('torch._utils', name)

/** The call that rebuilds `t`. @throws {TorchError} for a kind of tensor that is not saved */
export function reduceTensor(t: Tensor, storages: StorageTable): Reduce {
  if (is_lazy(t)) {
    const name = t instanceof UninitializedParameter ? 'UninitializedParameter' : 'UninitializedBuffer'
    return new Reduce(globalOf('torch.nn.parameter', name), new Tuple([native.requiresGrad(t)]))
  }
  const attributes = attributesOf(t)
  if (t instanceof Parameter) {
    const start = [t.detach(), native.requiresGrad(t), new OrderedDict()]
    return attributes
      ? new Reduce(utils('_rebuild_parameter_with_state'), new Tuple([...start, attributes]))
      : new Reduce(utils('_rebuild_parameter'), new Tuple(start))
  }
  const plain = reducePlain(t, storages)
  if (!attributes) return plain
  const type = globalOf('torch', 'Tensor')
  const args = new Tuple([plain.callable, type, plain.args, attributes])
  return new Reduce(globalOf('torch._tensor', '_rebuild_from_type_v2'), args)
}

/** What a program has written on the tensor itself: `t.label = 'x'`. */
function attributesOf(t: Tensor): Map<string, unknown> | null {
  const own = Object.entries(t)
  return own.length > 0 ? new Map(own) : null
}

function reducePlain(t: Tensor, storages: StorageTable): Reduce {
  const dtype = dtypes[native.scalarType(t)]!
  if (native.isNested(t)) {
    if (storages.isLegacy) throw tooNew('nested tensors')
    return reduceNested(t)
  }
  const layout = layouts[native.layout(t)]
  if (layout !== strided) return reduceSparse(t)
  const sizes = new Tuple([...t.shape])
  const strides = new Tuple([...t.stride()])
  const requiresGrad = native.requiresGrad(t)
  if (t.device.type === 'meta')
    return new Reduce(utils('_rebuild_meta_tensor_no_storage'), new Tuple([dtype, sizes, strides, requiresGrad]))
  const place = [storages.add(t), native.storageOffset(t), sizes, strides]
  if (isQuantized(dtype))
    return new Reduce(utils('_rebuild_qtensor'), new Tuple([...place, quantizerOf(t), requiresGrad, new OrderedDict()]))
  const start: unknown[] = [...place, requiresGrad, new OrderedDict()]
  if (!storageNames.has(dtype)) start.push(dtype)
  const flags = { ...(native.isConj(t) && { conj: true }), ...(native.isNeg(t) && { neg: true }) }
  if (Object.keys(flags).length > 0) start.push(flags)
  return new Reduce(utils(storageNames.has(dtype) ? '_rebuild_tensor_v2' : '_rebuild_tensor_v3'), new Tuple(start))
}

function isQuantized(dtype: dtype): boolean {
  return dtype.name.startsWith('q')
}

function quantizerOf(t: Tensor): Tuple {
  const scheme = t.qscheme()
  if (scheme === per_tensor_affine) return new Tuple([scheme, new Float(t.q_scale()), t.q_zero_point()])
  if (scheme === per_channel_affine || scheme === per_channel_affine_float_qparams)
    return new Tuple([scheme, t.q_per_channel_scales(), t.q_per_channel_zero_points(), t.q_per_channel_axis()])
  throw new TorchError(`torch.save cannot write tensors of the scheme ${String(scheme)}`)
}

function reduceNested(t: Tensor): Reduce {
  const parts = [
    t.values(),
    ...['_nested_tensor_size', '_nested_tensor_strides', '_nested_tensor_storage_offsets'].map(name =>
      callByName(`aten::${name}`, null, t),
    ),
  ]
  return new Reduce(utils('_rebuild_nested_tensor'), new Tuple(parts))
}

function reduceSparse(t: Tensor): Reduce {
  const layout = layouts[native.layout(t)]!
  const rebuild = (...parts: unknown[]) =>
    new Reduce(utils('_rebuild_sparse_tensor'), new Tuple([layout, new Tuple([...parts])]))
  switch (layout) {
    case sparse_coo:
      return rebuild(t._indices(), t._values(), t.shape, t.is_coalesced())
    case sparse_csr:
    case sparse_bsr:
      return rebuild(t.crow_indices(), t.col_indices(), t.values(), t.shape)
    case sparse_csc:
    case sparse_bsc:
      return rebuild(t.ccol_indices(), t.row_indices(), t.values(), t.shape)
    default:
      throw new TorchError(`torch.save cannot write tensors of layout ${layout.toString()}`)
  }
}
