/** MATLAB's files of version 5 (`.mat`), as far as datasets use them: numbers, texts, cells and records. */
import { readFileSync } from 'node:fs'
import { inflateSync } from 'node:zlib'
import { ValueError } from '../../_C/errors.js'
import { native } from '../../_C/native.js'
import { type dtype, float32, float64, int8, int16, int32, int64, uint8, uint16, uint32, uint64 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'

/** One element of a record array, by the names of its fields. */
export interface MatRecord {
  [field: string]: MatValue
}
/** Numbers are tensors of the array's shape; cells and record arrays are lists in MATLAB's order, columns first. */
export type MatValue = Tensor | string | MatRecord | readonly MatValue[]

const elementTypes: Record<number, dtype> = {
  1: int8,
  2: uint8,
  3: int16,
  4: uint16,
  5: int32,
  6: uint32,
  7: float32,
  9: float64,
  12: int64,
  13: uint64,
}
/** The array classes of numbers: double, single, and the integers from int8 to uint64. */
const arrayTypes: Record<number, dtype> = {
  6: float64,
  7: float32,
  8: int8,
  9: uint8,
  10: int16,
  11: uint16,
  12: int32,
  13: uint32,
  14: int64,
  15: uint64,
}
const [miMatrix, miCompressed] = [14, 15]
const [cellClass, structClass, charClass] = [1, 2, 4]

interface Element {
  type: number
  bytes: Buffer
}

/** The elements that lie one after the other in some bytes. */
class Elements {
  #at: number

  constructor(
    readonly bytes: Buffer,
    at = 0,
    /** A file's elements follow each other without padding when they are compressed. */
    readonly isFile = false,
  ) {
    this.#at = at
  }

  get isAtEnd(): boolean {
    return this.#at + 8 > this.bytes.length
  }

  next(): Element {
    const { bytes } = this
    if (this.isAtEnd) throw damaged()
    const head = bytes.readUInt32LE(this.#at)
    // Four bytes or fewer lie within the tag.
    if (head >>> 16 !== 0) {
      const size = head >>> 16
      if (size > 4) throw damaged()
      const start = this.#at + 4
      this.#at += 8
      return { type: head & 0xffff, bytes: bytes.subarray(start, start + size) }
    }
    const size = bytes.readUInt32LE(this.#at + 4)
    const start = this.#at + 8
    if (start + size > bytes.length) throw damaged()
    this.#at = start + size
    if (!(this.isFile && head === miCompressed)) this.#at += (8 - (size % 8)) % 8
    return { type: head, bytes: bytes.subarray(start, start + size) }
  }
}

function damaged(): ValueError {
  return new ValueError('the file is cut off or damaged')
}

/**
 * The variables of a MATLAB file.
 *
 * @throws {ValueError} for what is none of version 5, is damaged, or holds a kind of array that is not read
 */
export function readMat(path: string): Record<string, MatValue> {
  try {
    return variablesOf(readFileSync(path))
  } catch (error) {
    if (error instanceof ValueError) throw new ValueError(`cannot read ${path}: ${error.message}`)
    throw error
  }
}

function variablesOf(file: Buffer): Record<string, MatValue> {
  if (file.length < 128 || file.toString('latin1', 126, 128) !== 'IM' || file.readUInt16LE(124) >> 8 !== 1)
    throw new ValueError('this is no MATLAB file of version 5 with little-endian numbers')
  const variables: Record<string, MatValue> = {}
  for (const elements = new Elements(file, 128, true); !elements.isAtEnd; ) {
    let element = elements.next()
    if (element.type === miCompressed) element = new Elements(inflated(element.bytes)).next()
    if (element.type !== miMatrix) continue
    const [name, value] = matrixOf(element.bytes, 0)
    Object.defineProperty(variables, name, { value, enumerable: true })
  }
  return variables
}

function inflated(bytes: Buffer): Buffer {
  try {
    return inflateSync(bytes)
  } catch (error) {
    throw new ValueError((error as Error).message)
  }
}

const maxDepth = 20

function matrixOf(bytes: Buffer, depth: number): [name: string, value: MatValue] {
  if (depth > maxDepth) throw new ValueError('arrays lie too deep in each other')
  // An empty element is an empty array.
  if (bytes.length === 0) return ['', []]
  const parts = new Elements(bytes)
  const flags = parts.next().bytes
  const shape = integersOf(parts.next())
  if (flags.length < 8 || shape.some(side => side < 0)) throw damaged()
  const name = parts.next().bytes.toString('latin1')
  const kind = flags[0]!
  const count = shape.reduce((product, side) => product * side, 1)
  if (flags[1]! & 0x08) throw new ValueError('complex numbers are not read')
  if (kind === charClass) return [name, textOf(parts.next())]
  if (kind === cellClass) return [name, Array.from(counted(count, bytes), () => valueOf(parts, depth))]
  if (kind === structClass) return [name, recordsOf(parts, counted(count, bytes), depth)]
  const type = arrayTypes[kind]
  if (!type) throw new ValueError(`arrays of MATLAB's class ${kind} are not read`)
  return [name, numbersOf(parts.next(), type, shape, count)]
}

/** Something for each of `count` elements, of which each takes at least a tag of the bytes. */
function counted(count: number, bytes: Buffer): { length: number } {
  if (count * 8 > bytes.length) throw damaged()
  return { length: count }
}

function valueOf(parts: Elements, depth: number): MatValue {
  const { type, bytes } = parts.next()
  if (type !== miMatrix) throw damaged()
  return matrixOf(bytes, depth + 1)[1]
}

function recordsOf(parts: Elements, records: { length: number }, depth: number): MatRecord[] {
  const [width = 0] = integersOf(parts.next())
  const names = parts.next().bytes
  if (width <= 0) throw damaged()
  const fields = Array.from({ length: Math.floor(names.length / width) }, (_, i) =>
    names.toString('latin1', i * width, (i + 1) * width).replace(/\0.*$/s, ''),
  )
  return Array.from(records, () => Object.fromEntries(fields.map(field => [field, valueOf(parts, depth)])))
}

function integersOf({ type, bytes }: Element): number[] {
  if (type !== 5 && type !== 6) throw damaged()
  return Array.from({ length: bytes.length >> 2 }, (_, i) => bytes.readInt32LE(4 * i))
}

/** A text in bytes, UTF-16 or UTF-8. */
function textOf({ type, bytes }: Element): string {
  if (type === 4 || type === 17) return bytes.toString('utf16le')
  return bytes.toString(type === 16 ? 'utf8' : 'latin1')
}

/** Numbers may be stored in a smaller type than the array's. */
function numbersOf({ type, bytes }: Element, arrayType: dtype, shape: number[], count: number): Tensor {
  const stored = elementTypes[type]
  if (!stored || bytes.length !== count * stored.itemsize) throw damaged()
  const own = new Uint8Array(bytes)
  const columnsFirst = native.fromBytes(own, stored.scalarType, [...shape].reverse(), false)
  return columnsFirst.permute(shape.map((_, i) => shape.length - 1 - i)).to(arrayType)
}
