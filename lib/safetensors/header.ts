/** The header of a safetensors file: https://huggingface.co/docs/safetensors */
import type { ByteSource } from '../_serialization/zip_reader.js'
import { formats } from './dtypes.js'
import { SafetensorError } from './errors.js'
import { isObject, objectEntries, parseJson } from './json.js'

/** A tensor as the header describes it. */
export interface TensorInfo {
  readonly name: string
  /** The format's name, such as `F32`. */
  readonly dtype: string
  /** Of elements: those of `F4` are halves of PyTorch's. */
  readonly shape: readonly number[]
  /** Of the file, in bytes. */
  readonly begin: number
  readonly end: number
}

export interface Header {
  readonly metadata: Readonly<Record<string, string>> | null
  /** In the order of their data. */
  readonly tensors: ReadonlyMap<string, TensorInfo>
}

const maxHeader = 100_000_000

/** Reads and checks a header: whatever it says of sizes and places is true afterwards. */
export function readHeader(source: ByteSource): Header {
  try {
    const { bytes, dataStart } = headerBytes(source)
    return checked(parseJson(bytes, 'header'), dataStart, source.size)
  } catch (error) {
    if (!(error instanceof SafetensorError)) throw error
    throw new SafetensorError(`Error while deserializing header: ${error.message}`)
  }
}

function headerBytes(source: ByteSource): { bytes: Uint8Array; dataStart: number } {
  if (source.size < 8) throw new SafetensorError('header too small')
  const length = Buffer.alloc(8)
  source.readInto(0, length)
  const size = length.readBigUInt64LE()
  if (size > BigInt(maxHeader)) throw new SafetensorError('header too large')
  const dataStart = 8 + Number(size)
  if (dataStart > source.size) throw new SafetensorError('invalid header length')
  const bytes = new Uint8Array(Number(size))
  source.readInto(8, bytes)
  return { bytes, dataStart }
}

function checked(json: unknown, dataStart: number, fileSize: number): Header {
  if (!isObject(json)) throw new SafetensorError('invalid JSON in header: it is no object')
  let metadata: Header['metadata'] = null
  const infos: TensorInfo[] = []
  for (const name of Object.keys(json)) {
    if (name === '__metadata__') metadata = metadataOf(json[name])
    else infos.push(infoOf(name, json[name], dataStart))
  }
  infos.sort((a, b) => a.begin - b.begin || a.end - b.end)
  let end = dataStart
  for (const info of infos) {
    if (info.begin !== end || info.end < info.begin)
      throw new SafetensorError(`invalid offset for tensor \`${info.name}\``)
    if (byteSize(info) !== info.end - info.begin)
      throw new SafetensorError(`invalid shape, data type, or offset for tensor \`${info.name}\``)
    end = info.end
  }
  if (end !== fileSize) throw new SafetensorError('incomplete metadata, file not fully covered')
  return { metadata, tensors: new Map(infos.map(info => [info.name, info])) }
}

function metadataOf(value: unknown): Header['metadata'] {
  if (value === null) return null
  const entries = objectEntries(value)
  if (!entries?.every(([, text]) => typeof text === 'string'))
    throw new SafetensorError('invalid JSON in header: __metadata__ is not all text')
  return Object.fromEntries(entries) as Record<string, string>
}

function infoOf(name: string, value: unknown, dataStart: number): TensorInfo {
  const { dtype, shape, data_offsets: offsets } = (isObject(value) ? value : {}) as Record<string, unknown>
  if (typeof dtype !== 'string' || !Array.isArray(shape) || !Array.isArray(offsets) || offsets.length !== 2)
    throw new SafetensorError(`invalid JSON in header: \`${name}\` lacks dtype, shape or data_offsets`)
  if (!formats.has(dtype))
    throw new SafetensorError(
      `invalid JSON in header: unknown dtype \`${dtype.slice(0, 40)}\`, expected one of ${[...formats.keys()].join(', ')}`,
    )
  if (!shape.every(isCount) || !offsets.every(isCount))
    throw new SafetensorError(
      `invalid JSON in header: a size or an offset of \`${name}\` is no whole number below 2**53`,
    )
  if (shape.length > 64) throw new SafetensorError(`\`${name}\` has more than 64 dimensions`)
  const [begin, end] = offsets as [number, number]
  return { name, dtype, shape, begin: dataStart + begin, end: dataStart + end }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function byteSize({ name, dtype, shape }: TensorInfo): number {
  let bits = formats.get(dtype)!.bits
  for (const size of shape) {
    bits *= size
    if (!Number.isSafeInteger(bits))
      throw new SafetensorError(`overflow computing buffer size from shape and/or element type of \`${name}\``)
  }
  if (bits % 8 !== 0) throw new SafetensorError(`\`${name}\` does not end at a whole byte`)
  return bits / 8
}
