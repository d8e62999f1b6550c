/** IDX files, the format of MNIST: a big-endian header with type and shape, then the numbers. */
import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { ValueError } from '../../_C/errors.js'
import { native } from '../../_C/native.js'
import { type dtype, float32, float64, int8, int16, int32, uint8 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'

const types: Record<number, dtype> = { 8: uint8, 9: int8, 11: int16, 12: int32, 13: float32, 14: float64 }

/** The path of a file that lies there plain or with `.gz`; null when it does not. */
export function idxPath(plain: string): string | null {
  if (existsSync(plain)) return plain
  return existsSync(`${plain}.gz`) ? `${plain}.gz` : null
}

/**
 * The numbers of an IDX file, plain or gzipped, as a tensor.
 *
 * @throws {ValueError} for what is no IDX file, or is cut off
 */
export function readIdx(path: string): Tensor {
  const file = readFileSync(path)
  return parseIdx(path.endsWith('.gz') ? unzip(file, path) : file, path)
}

function unzip(file: Buffer, path: string): Buffer {
  try {
    return gunzipSync(file)
  } catch (error) {
    throw new ValueError(`cannot unzip ${path}: ${(error as Error).message}`)
  }
}

function parseIdx(file: Buffer, path: string): Tensor {
  const type = types[file[2] ?? 0]
  const dims = file[3] ?? 0
  if (file.length < 4 || file[0] !== 0 || file[1] !== 0 || !type || dims < 1 || dims > 8)
    throw new ValueError(`${path} is no IDX file`)
  const start = 4 * (dims + 1)
  if (file.length < start) throw new ValueError(`${path} is cut off`)
  const shape = Array.from({ length: dims }, (_, i) => file.readUInt32BE(4 * (i + 1)))
  const bytes = shape.reduce((product, side) => product * side, type.itemsize)
  if (file.length - start !== bytes)
    throw new ValueError(
      `${path} should hold ${bytes} bytes of shape ${shape.join('×')}, but has ${file.length - start}`,
    )
  return native.fromBytes(littleEndian(file.subarray(start), type.itemsize), type.scalarType, shape, false)
}

/** The numbers in this machine's order, where they have more than one byte in memory that is aligned for them. */
function littleEndian(bytes: Buffer, itemsize: number): Uint8Array {
  if (itemsize === 1) return bytes
  const own = Buffer.from(new Uint8Array(bytes).buffer)
  if (itemsize === 2) return own.swap16()
  return itemsize === 4 ? own.swap32() : own.swap64()
}
