/** The header of a `.npy` file: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
import { valueError } from '../_C/raise.js'
import type { ByteSource } from '../_serialization/zip_reader.js'
import type { dtype } from '../dtype.js'
import * as dtypes from '../dtype.js'
import { parseLiteral } from './literal.js'

export interface NpyHeader {
  readonly dtype: dtype
  readonly bigEndian: boolean
  readonly fortranOrder: boolean
  readonly shape: readonly number[]
  /** Where the data begins, and its size, in bytes. */
  readonly start: number
  readonly bytes: number
}

const magic = Buffer.from('\x93NUMPY', 'latin1')
/** NumPy's own limit. */
const maxHeader = 10_000
/** Room that NumPy leaves for the first dimension to grow. */
const growthDigits = 21

const kinds: ReadonlyMap<string, dtype> = new Map<string, dtype>([
  ['b1', dtypes.bool],
  ['i1', dtypes.int8],
  ['u1', dtypes.uint8],
  ['i2', dtypes.int16],
  ['u2', dtypes.uint16],
  ['i4', dtypes.int32],
  ['u4', dtypes.uint32],
  ['i8', dtypes.int64],
  ['u8', dtypes.uint64],
  ['f2', dtypes.float16],
  ['f4', dtypes.float32],
  ['f8', dtypes.float64],
  ['c8', dtypes.complex64],
  ['c16', dtypes.complex128],
])

const names = new Map([...kinds].map(([name, kind]) => [kind, name]))

/** Reads and checks a header; the file is then known to have the data. */
export function readNpyHeader(source: ByteSource): NpyHeader {
  const take = (offset: number, size: number): Buffer => {
    if (offset + size > source.size) throw valueError('EOF: the header of the .npy file is cut off')
    const bytes = Buffer.alloc(size)
    source.readInto(offset, bytes)
    return bytes
  }
  const first = take(0, 8)
  if (!first.subarray(0, 6).equals(magic)) throw valueError('this is no .npy file: it does not begin with \\x93NUMPY')
  const version = first[6]!
  if (version < 1 || version > 3 || first[7] !== 0)
    throw valueError(`.npy format ${version}.${first[7]} is not known, only 1.0, 2.0 and 3.0`)
  const width = version === 1 ? 2 : 4
  const length = take(8, width).readUIntLE(0, width)
  if (length > maxHeader) throw valueError(`Header info length (${length}) is larger than ${maxHeader}`)
  const text = take(8 + width, length).toString(version === 3 ? 'utf8' : 'latin1')
  const header = { ...fieldsOf(text), start: 8 + width + length }
  if (header.start + header.bytes > source.size)
    throw valueError(
      `EOF: the .npy file has ${source.size - header.start} bytes of data, not the ${header.bytes} that its header tells of`,
    )
  return header
}

function fieldsOf(text: string): Omit<NpyHeader, 'start'> {
  const dict = parseLiteral(text)
  if (!(dict instanceof Map) || [...dict.keys()].sort().join() !== 'descr,fortran_order,shape')
    throw valueError('Header of the .npy file does not have the keys descr, fortran_order and shape')
  const { kind, bigEndian } = kindOf(dict.get('descr'))
  const fortranOrder: unknown = dict.get('fortran_order')
  if (typeof fortranOrder !== 'boolean') throw valueError('fortran_order of the .npy file is not a bool')
  const shape: unknown = dict.get('shape')
  if (!Array.isArray(shape) || shape.length > 64 || !shape.every(size => Number.isSafeInteger(size)))
    throw valueError('shape of the .npy file is not valid')
  let bytes = kind.itemsize
  for (const size of shape as number[]) bytes *= size
  // Also where a zero hides the others.
  const extent = (shape as number[]).reduce((product, size) => product * Math.max(1, size), kind.itemsize)
  if (!Number.isSafeInteger(extent)) throw valueError('shape of the .npy file is too large')
  return { dtype: kind, bigEndian, fortranOrder, shape, bytes }
}

function kindOf(descr: unknown): { kind: dtype; bigEndian: boolean } {
  if (Array.isArray(descr)) throw valueError(`structured arrays can't be tensors: ${fieldNames(descr)}`)
  if (typeof descr !== 'string') throw valueError('descr of the .npy file is no dtype')
  const [, order, name = ''] = /^([<>|=]?)(.*)$/s.exec(descr) ?? []
  if (name.startsWith('O'))
    throw valueError("Object arrays can't be loaded: they hold Python objects, whose pickles could run code")
  const kind = kinds.get(name)
  if (kind === undefined) throw valueError(`PyTorch has no dtype for NumPy's '${descr.slice(0, 40)}'`)
  return { kind, bigEndian: order === '>' }
}

function fieldNames(descr: readonly unknown[]): string {
  const fields = descr.slice(0, 8).map(field => (Array.isArray(field) ? String(field[0]) : '?'))
  return `this one has the fields ${fields.join(', ')}${descr.length > 8 ? ', …' : ''}`
}

/** The header that NumPy would write, byte for byte. */
export function npyHeader(kind: dtype, shape: readonly number[], fortranOrder: boolean): Buffer {
  const name = names.get(kind)
  if (name === undefined) throw new TypeError(`NumPy has no dtype for ${kind}: convert the tensor, such as by .float()`)
  const order = kind.itemsize === 1 ? '|' : '<'
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  let text = `{'descr': '${order}${name}', 'fortran_order': ${fortranOrder ? 'True' : 'False'}, 'shape': (${sizes}), }`
  const growing = shape.at(fortranOrder ? -1 : 0)
  if (growing !== undefined) text += ' '.repeat(Math.max(0, growthDigits - String(growing).length))
  const size = Math.ceil((magic.length + 4 + text.length + 1) / 64) * 64
  const header = Buffer.alloc(size, ' ')
  magic.copy(header)
  header[6] = 1
  header[7] = 0
  header.writeUInt16LE(size - 10, 8)
  header.write(text, 10, 'latin1')
  header.write('\n', size - 1)
  return header
}
