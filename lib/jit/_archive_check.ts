/**
 * LibTorch's reader of TorchScript archives believes what an archive says: a storage that is shorter than its pickle tells is
 * read beyond its end, values or source text nested deeply enough overflow the stack. So an archive is checked first.
 */
import { crc32 } from 'node:zlib'
import { UnpicklingError } from '../_serialization/errors.js'
import { fileSource, memorySource, type ZipEntry, ZipReader } from '../_serialization/zip_reader.js'
import { checkDebugInfo } from './_debug_check.js'
import { Compound, Named, type Scan, type Stored, scanPickle, type Value } from './_pickle_scan.js'
import { checkSource } from './_source_check.js'
import { checkSparse } from './_sparse_check.js'

/** More than the source or the pickles of any model have. */
const maxRecord = 2 ** 28

/** @throws {UnpicklingError} for an archive that is damaged, or made to do damage */
export function checkArchive(source: string | Uint8Array): void {
  const bytes = typeof source === 'string' ? fileSource(source) : memorySource(source)
  try {
    const zip = new ZipReader(bytes)
    checkNames(zip.names)
    for (const name of zip.names) checkRecord(zip, zip.find(name)!)
  } catch (error) {
    if (!(error instanceof UnpicklingError)) throw error
    throw new UnpicklingError(`torch.jit.load: ${error.message}`)
  } finally {
    bytes.close()
  }
}

function checkNames(names: readonly string[]): void {
  const seen = new Set<string>()
  for (const name of names) {
    // LibTorch looks for records without regard to case.
    const plain = name.toLowerCase()
    if (seen.has(plain)) throw new UnpicklingError(`the file is damaged: ${name} is there twice`)
    seen.add(plain)
  }
}

/** What LibTorch reads on its own: not the user's further files in `extra/`, nor `traced_inputs.pkl`. */
const read = /^[^/]*\/(?:(?:data|constants|attributes)\.(pkl)|(?:code|libs)\/.*\.(py|debug_pkl))$/i

function checkRecord(zip: ZipReader, entry: ZipEntry): void {
  const match = read.exec(entry.name)
  if (match === null) {
    zip.dataOffset(entry)
    return
  }
  const kind = (match[1] ?? match[2]!).toLowerCase()
  const data = zip.read(entry, maxRecord)
  if (crc32(data) !== entry.crc)
    throw new UnpicklingError(`the file is damaged: the checksum of ${entry.name} is wrong`)
  try {
    if (kind === 'py') checkSource(data.toString('latin1'), entry.name)
    else if (kind === 'debug_pkl') checkDebugInfo(scanPickle(data).root)
    else checkPickle(zip, entry.name, scanPickle(data))
  } catch (error) {
    if (error instanceof UnpicklingError) throw new UnpicklingError(`in ${entry.name} ${error.message}`)
    throw error
  }
}

/** `data.pkl` has its storages in `data/`, `constants.pkl` in `constants/`. */
function checkPickle(zip: ZipReader, name: string, { calls, stored }: Scan): void {
  const folder = `${name.slice(0, -'.pkl'.length)}/`
  const elements = new Map<Stored, number>()
  for (const storage of stored) elements.set(storage, checkStorage(zip, folder, storage))
  for (const call of calls) {
    const callee = (call.callee as Named).name
    const args = call.parts[0]
    if (callee === 'torch._utils._rebuild_tensor_v2' || callee === 'torch._utils._rebuild_qtensor')
      checkTensor(args, elements)
    if (callee === 'torch._utils._rebuild_sparse_tensor') checkSparse(zip, folder, args)
    if (callee === 'torch.jit._pickle.restore_type_tag' && args instanceof Compound) {
      const type = args.parts[1]
      if (typeof type === 'string') checkSource(type, 'of a type')
    }
  }
}

/** Bytes of an element, by the name of the storage's class. */
const itemSizes: Readonly<Record<string, number>> = {
  Byte: 1,
  Char: 1,
  Bool: 1,
  Short: 2,
  Half: 2,
  BFloat16: 2,
  Int: 4,
  Float: 4,
  Long: 8,
  Double: 8,
  ComplexHalf: 4,
  ComplexFloat: 8,
  ComplexDouble: 16,
  QInt8: 1,
  QUInt8: 1,
  QInt32: 4,
  QUInt4x2: 1,
  QUInt2x4: 1,
  UInt16: 2,
  UInt32: 4,
  UInt64: 8,
  Float8_e5m2: 1,
  Float8_e4m3fn: 1,
  Float8_e5m2fnuz: 1,
  Float8_e4m3fnuz: 1,
  Float8_e8m0fnu: 1,
}

/** Returns how many elements there are. */
function checkStorage(zip: ZipReader, folder: string, { id }: Stored): number {
  const [kind, type, key, , count] = id instanceof Compound && id.isTuple ? id.parts : []
  const item = type instanceof Named ? itemSizes[type.name.replace(/^torch\.|Storage$/g, '')] : undefined
  if (kind !== 'storage' || item === undefined || typeof key !== 'string' || !isCount(count))
    throw new UnpicklingError('a storage is not described')
  if (count === 0) return 0
  const entry = zip.find(folder + key)
  if (entry === undefined) throw new UnpicklingError(`names the storage ${key}, which is not there`)
  if (entry.size !== count * item)
    throw new UnpicklingError(`says that storage ${key} has ${count * item} bytes; it has ${entry.size}`)
  return count
}

function checkTensor(args: Value | undefined, elements: ReadonlyMap<Stored, number>): void {
  const [storage, offset, size, stride] = args instanceof Compound && args.isTuple ? args.parts : []
  const available = elements.get(storage as Stored)
  const sizes = countsOf(size)
  const strides = countsOf(stride)
  if (available === undefined || !isCount(offset) || sizes === null || strides?.length !== sizes.length)
    throw new UnpicklingError('a tensor is not described')
  const extent = sizes.includes(0) ? 0 : sizes.reduce((last, length, i) => last + (length - 1) * strides[i]!, 1)
  if (extent > 0 && !(offset + extent <= available)) throw new UnpicklingError('a tensor reaches beyond its storage')
}

function countsOf(value: Value | undefined): number[] | null {
  return value instanceof Compound && value.isTuple && value.parts.length <= 64 && value.parts.every(isCount)
    ? value.parts
    : null
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
