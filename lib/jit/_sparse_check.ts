/** Sparse tensors of an archive: LibTorch makes them without looking at their indices, which then reach anywhere. */
import { callByName } from '../_C/call.js'
import { native } from '../_C/native.js'
import { UnpicklingError } from '../_serialization/errors.js'
import { storageNames } from '../_serialization/storage_types.js'
import type { ZipReader } from '../_serialization/zip_reader.js'
import { sparse_csr } from '../layout.js'
import { scope } from '../memory.js'
import type { Tensor } from '../tensor.js'
import { Compound, Named, Stored, type Value } from './_pickle_scan.js'

/** How pickles name the layouts. */
const coo = 1
const csr = 2

const dtypes = new Map([...storageNames].map(([dtype, name]) => [`torch.${name}`, dtype]))

/** `args` are those of `_rebuild_sparse_tensor`; its dense tensors have been checked. */
export function checkSparse(zip: ZipReader, folder: string, args: Value | undefined): void {
  const [layout, size, , ...parts] = args instanceof Compound ? args.parts : []
  if (!(size instanceof Compound)) throw new UnpicklingError('a sparse tensor is not described')
  scope(() => {
    const dense = (i: number): Tensor => tensorOf(zip, folder, parts[i])
    try {
      if (layout === coo)
        callByName('aten::_validate_sparse_coo_tensor_args', null, dense(0), dense(1), size.parts, null)
      else if (layout === csr)
        callByName(
          'aten::_validate_sparse_compressed_tensor_args',
          null,
          ...[dense(0), dense(1), dense(2), size.parts, sparse_csr],
        )
      else throw new UnpicklingError(`a sparse tensor has the layout ${String(layout)}`)
    } catch (error) {
      throw new UnpicklingError(`a sparse tensor is wrong: ${(error as Error).message}`)
    }
  })
}

/** The tensor that `_rebuild_tensor_v2` would make. */
function tensorOf(zip: ZipReader, folder: string, call: Value | undefined): Tensor {
  const args = call instanceof Compound && call.parts[0]
  const isTensor = args instanceof Compound && (call as Compound).callee instanceof Named
  const [storage, offset, size, stride] = isTensor ? args.parts : []
  const [, type, key] = storage instanceof Stored && storage.id instanceof Compound ? storage.id.parts : []
  const dtype = type instanceof Named ? dtypes.get(type.name) : undefined
  if (dtype === undefined || !(size instanceof Compound) || !(stride instanceof Compound))
    throw new UnpicklingError('it is not made of tensors')
  const entry = zip.find(`${folder}${String(key)}`)
  const bytes = entry ? zip.read(entry, Number.MAX_SAFE_INTEGER) : new Uint8Array(0)
  const flat = native.fromBytes(bytes, dtype.scalarType, [Math.floor(bytes.byteLength / dtype.itemsize)], true)
  return flat.as_strided(size.parts as number[], stride.parts as number[], offset as number)
}
