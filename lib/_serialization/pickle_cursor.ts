/** The arguments of pickle instructions: bytes in a row, of which each is read once. */
import { constants } from 'node:buffer'
import { CutOffError, UnpicklingError } from './errors.js'

/** Decimal digits that Python's own `int()` takes at most. */
const maxDigits = 4300
/** Bytes of an integer: more than any data has, and what can be converted at once. */
const maxIntegerBytes = 2 ** 16

export class PickleCursor {
  readonly #bytes: Buffer
  #at: number

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes
    this.#at = at
  }

  /** Where the next byte lies. */
  get at(): number {
    return this.#at
  }

  byte(): number {
    if (this.#at >= this.#bytes.length) throw new CutOffError()
    return this.#bytes[this.#at++]!
  }

  take(count: number): Buffer {
    const end = this.#at + count
    if (end > this.#bytes.length) throw new CutOffError()
    const bytes = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return bytes
  }

  uint32(): number {
    return this.take(4).readUInt32LE()
  }

  /** A size of 64 bits. */
  size(): number {
    const size = this.take(8).readBigUInt64LE()
    if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw new UnpicklingError('the pickle is damaged: a size is impossible')
    return Number(size)
  }

  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at)
    if (end < 0) throw new CutOffError()
    const line = this.#bytes.toString('utf8', this.#at, end)
    this.#at = end + 1
    return line
  }

  /** Bytes of their own, that do not hold the whole pickle in memory. */
  copy(count: number): Uint8Array {
    return new Uint8Array(this.take(count))
  }

  text(count: number): string {
    const bytes = this.take(count)
    if (count > constants.MAX_STRING_LENGTH) throw new UnpicklingError(`a text of ${count} bytes is too long`)
    return bytes.toString('utf8')
  }

  /** An integer in two's complement. */
  integer(count: number): number | bigint {
    if (count > maxIntegerBytes) throw new UnpicklingError(`an integer of ${count} bytes is too long`)
    if (count === 0) return 0
    const digits = Buffer.from(this.take(count)).reverse().toString('hex')
    return narrowed(BigInt.asIntN(8 * count, BigInt(`0x${digits}`)))
  }

  /** An integer as text, as protocol 0 has it; `00` and `01` are False and True. */
  integerLine(): number | bigint | boolean {
    const line = this.line()
    if (line === '00' || line === '01') return line === '01'
    const digits = line.replace(/L$/, '').trim()
    if (!/^[+-]?\d+$/.test(digits) || digits.length > maxDigits)
      throw new UnpicklingError('the pickle is damaged: a number is missing')
    return narrowed(BigInt(digits.replace(/^\+/, '')))
  }

  indexLine(): number {
    const index = this.integerLine()
    if (typeof index !== 'number' || index < 0) throw new UnpicklingError('the pickle is damaged: an index is missing')
    return index
  }

  floatLine(): number {
    const line = this.line().trim()
    const infinite = /^([+-]?)(inf|infinity)$/i.exec(line)
    if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
    if (/^[+-]?nan$/i.test(line)) return Number.NaN
    const value = Number(line)
    if (line === '' || Number.isNaN(value)) throw new UnpicklingError('the pickle is damaged: a number is missing')
    return value
  }

  /** A string in quotes with Python's escapes, as protocol 0 has it. */
  quotedLine(): string {
    const match = /^(['"])(.*)\1$/s.exec(this.line().trim())
    if (!match) throw new UnpicklingError('the pickle is damaged: a text is missing')
    return unescaped(match[2]!, /\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|(.))/gs)
  }

  /** A text with `\uXXXX` escapes, as protocol 0 has it. */
  unicodeLine(): string {
    return this.line().replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, short?: string, long?: string) => {
      const code = Number.parseInt(short ?? long!, 16)
      if (code > 0x10ffff) throw new UnpicklingError('the pickle is damaged: a character is impossible')
      return String.fromCodePoint(code)
    })
  }
}

function narrowed(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b', f: '\f', v: '\v' }

function unescaped(text: string, pattern: RegExp): string {
  return text.replace(pattern, (_, hex?: string, octal?: string, other?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255)
    return escapes[other!] ?? other!
  })
}
