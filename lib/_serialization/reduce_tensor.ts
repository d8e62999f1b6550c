/** How each kind of tensor is described so that Python rebuilds it. */
import { TorchError } from '../_C/errors.js'
import { native } from '../_C/native.js'
import { dtypes } from '../dtype.js'
import { layouts, sparse_bsc, sparse_bsr, sparse_coo, sparse_csc, sparse_csr, strided } from '../layout.js'
import { Parameter } from '../nn/parameter.js'
import type { Tensor } from '../tensor.js'
import { globalOf, OrderedDict, Reduce, Tuple } from './python_objects.js'
import type { StorageTable } from './storage_table.js'
import { storageNames } from './storage_types.js'

const utils = (name: string) => globalOf('torch._utils', name)

/** The call that rebuilds `t`. @throws {TorchError} for a kind of tensor that is not saved */
export function reduceTensor(t: Tensor, storages: StorageTable): Reduce {
  if (t instanceof Parameter) {
    const hooks = new OrderedDict()
    const data = t.detach()
    return new Reduce(utils('_rebuild_parameter'), new Tuple([data, native.requiresGrad(t), hooks]))
  }
  const dtype = dtypes[native.scalarType(t)]!
  const sizes = new Tuple([...t.shape])
  const layout = layouts[native.layout(t)]
  if (layout !== strided) return reduceSparse(t)
  const strides = new Tuple([...t.stride()])
  const requiresGrad = native.requiresGrad(t)
  if (t.device.type === 'meta')
    return new Reduce(utils('_rebuild_meta_tensor_no_storage'), new Tuple([dtype, sizes, strides, requiresGrad]))
  if (dtype.name.startsWith('q')) throw new TorchError(`torch.save cannot write quantized tensors (${dtype.name})`)
  const start: unknown[] = [storages.add(t), native.storageOffset(t), sizes, strides, requiresGrad, new OrderedDict()]
  if (!storageNames.has(dtype)) start.push(dtype)
  const flags = { ...(native.isConj(t) && { conj: true }), ...(native.isNeg(t) && { neg: true }) }
  if (Object.keys(flags).length > 0) start.push(flags)
  return new Reduce(utils(storageNames.has(dtype) ? '_rebuild_tensor_v2' : '_rebuild_tensor_v3'), new Tuple(start))
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
