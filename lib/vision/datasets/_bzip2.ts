/** Reading bzip2 files, which Node does not: Burrows-Wheeler blocks of Huffman-coded, move-to-front runs. */
import { ValueError } from '../../_C/errors.js'

/** Bits from the highest of each byte. */
class BitReader {
  #at = 0
  #bits = 0
  #count = 0

  constructor(readonly bytes: Uint8Array) {}

  /** Up to 24 bits as a number. */
  read(count: number): number {
    while (this.#count < count) {
      const byte = this.bytes[this.#at++]
      if (byte === undefined) throw new ValueError('the bzip2 file is cut off')
      this.#bits = ((this.#bits << 8) | byte) & 0x7fffffff
      this.#count += 8
    }
    this.#count -= count
    return (this.#bits >> this.#count) & ((1 << count) - 1)
  }

  /** Leaves what is left of the byte; is there more after it? */
  alignAndHasMore(): boolean {
    this.#count -= this.#count % 8
    return this.#at - this.#count / 8 < this.bytes.length
  }
}

/** Codes by length: the first code, the last, and where its symbol lies. */
interface HuffmanTable {
  first: number[]
  last: number[]
  offset: number[]
  symbols: number[]
}

const maxCode = 20

function huffmanTable(lengths: readonly number[]): HuffmanTable {
  const table: HuffmanTable = { first: [], last: [], offset: [], symbols: [] }
  let code = 0
  for (let length = 1; length <= maxCode; length++) {
    table.first[length] = code
    table.offset[length] = table.symbols.length
    for (const [symbol, own] of lengths.entries()) if (own === length) table.symbols.push(symbol)
    code += table.symbols.length - table.offset[length]
    table.last[length] = code - 1
    code <<= 1
  }
  return table
}

function readSymbol(bits: BitReader, { first, last, offset, symbols }: HuffmanTable): number {
  let code = 0
  for (let length = 1; length <= maxCode; length++) {
    code = (code << 1) | bits.read(1)
    if (code <= last[length]! && code >= first[length]!) return symbols[offset[length]! + code - first[length]!]!
  }
  throw damaged()
}

function damaged(): ValueError {
  return new ValueError('the bzip2 file is damaged')
}

/** The bytes that a block uses, in order. */
function readAlphabet(bits: BitReader): number[] {
  const groups = bits.read(16)
  const used: number[] = []
  for (let high = 0; high < 16; high++) {
    if (!(groups & (0x8000 >> high))) continue
    const lows = bits.read(16)
    for (let low = 0; low < 16; low++) if (lows & (0x8000 >> low)) used.push(16 * high + low)
  }
  return used
}

/** Which table each 50 symbols are coded with, and the tables. */
function readTables(bits: BitReader, symbols: number): { selectors: number[]; tables: HuffmanTable[] } {
  const count = bits.read(3)
  if (count < 2 || count > 6) throw damaged()
  const order = Array.from({ length: count }, (_, i) => i)
  const selectors = Array.from({ length: bits.read(15) }, () => {
    let place = 0
    while (bits.read(1)) if (++place >= count) throw damaged()
    order.unshift(...order.splice(place, 1))
    return order[0]!
  })
  const tables = Array.from({ length: count }, () => {
    let length = bits.read(5)
    return huffmanTable(
      Array.from({ length: symbols }, () => {
        while (bits.read(1)) length += bits.read(1) ? -1 : 1
        if (length < 1 || length > maxCode) throw damaged()
        return length
      }),
    )
  })
  return { selectors, tables }
}

/** The block as the transform left it: its bytes' runs undone, each byte in the low bits. */
function readColumn(bits: BitReader, capacity: number): Uint32Array {
  const bytes = readAlphabet(bits)
  const end = bytes.length + 1
  const { selectors, tables } = readTables(bits, bytes.length + 2)
  const column = new Uint32Array(capacity)
  let size = 0
  let run = 0
  let weight = 1
  const flush = () => {
    if (size + run > capacity) throw damaged()
    column.fill(bytes[0]!, size, size + run)
    size += run
    run = 0
    weight = 1
  }
  for (let i = 0; ; i++) {
    const table = tables[selectors[Math.floor(i / 50)] ?? -1]
    if (!table) throw damaged()
    const symbol = readSymbol(bits, table)
    if (symbol <= 1) {
      run += weight << symbol
      weight *= 2
      if (run > capacity) throw damaged()
      continue
    }
    if (run > 0) flush()
    if (symbol === end) return column.subarray(0, size)
    if (size >= capacity || symbol > end) throw damaged()
    bytes.unshift(...bytes.splice(symbol - 1, 1))
    column[size++] = bytes[0]!
  }
}

/** Undoes the sort, then the run lengths of the first step. */
function* blockBytes(column: Uint32Array, origin: number): Generator<[byte: number, count: number]> {
  if (origin >= column.length) throw damaged()
  const starts = new Uint32Array(257)
  for (const byte of column) starts[byte + 1]!++
  for (let byte = 0; byte < 256; byte++) starts[byte + 1]! += starts[byte]!
  for (let i = 0; i < column.length; i++) column[starts[column[i]! & 255]!++]! |= i << 8
  let at = column[origin]! >>> 8
  let before = -1
  let same = 0
  for (let i = 0; i < column.length; i++) {
    const byte = column[at]! & 255
    at = column[at]! >>> 8
    if (same === 4) {
      yield [before, byte]
      same = 0
      before = -1
      continue
    }
    same = byte === before ? same + 1 : 1
    before = byte
    yield [byte, 1]
  }
}

/**
 * The content of a bzip2 file.
 *
 * @throws {ValueError} for what is none, is damaged, or holds more than `maxBytes`
 */
export function bunzip2(file: Uint8Array, maxBytes = 2 ** 31 - 1): Buffer {
  const bits = new BitReader(file)
  let result = Buffer.allocUnsafe(Math.min(maxBytes, Math.max(4096, 4 * file.length)))
  let size = 0
  do {
    if (bits.read(16) !== 0x425a || bits.read(8) !== 0x68) throw new ValueError('this is no bzip2 file')
    const level = bits.read(8) - 0x30
    if (level < 1 || level > 9) throw damaged()
    for (;;) {
      const magic = bits.read(24) * 2 ** 24 + bits.read(24)
      bits.read(16)
      bits.read(16)
      if (magic === 0x177245385090) break
      if (magic !== 0x314159265359 || bits.read(1)) throw damaged()
      const origin = bits.read(24)
      for (const [byte, count] of blockBytes(readColumn(bits, level * 100_000), origin)) {
        if (size + count > maxBytes) throw new ValueError('the bzip2 file holds more than it may')
        if (size + count > result.length)
          result = Buffer.concat([result], Math.min(maxBytes, 2 * result.length + count))
        result.fill(byte, size, size + count)
        size += count
      }
    }
  } while (bits.alignAndHasMore())
  return result.subarray(0, size)
}
