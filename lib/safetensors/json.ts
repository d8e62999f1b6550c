/** JSON that is what it says: no name twice, in arrays only whole numbers. */
import { SafetensorError } from './errors.js'

const quote = 0x22
const backslash = 0x5c
const maxDepth = 128

/** @throws {SafetensorError} where `JSON.parse` would throw, or guess */
export function parseJson(bytes: Uint8Array, what: string): unknown {
  const text = decode(bytes, what)
  check(text, what)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new SafetensorError(`invalid JSON in ${what}: ${(error as Error).message}`)
  }
}

function decode(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new SafetensorError(`invalid UTF-8 in ${what}`)
  }
}

/** Looks at a text before it is known to be JSON: reads on whatever comes. */
function check(text: string, what: string): void {
  /** The names of each open object, null for an array. */
  const open: (Set<string> | null)[] = []
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (character === '"') {
      const end = endOfString(text, at)
      const names = open.at(-1)
      if (names && isName(text, end)) {
        const name = text.slice(at + 1, end)
        const plain = name.includes('\\') ? unescaped(name) : name
        if (names.has(plain)) throw new SafetensorError(`${JSON.stringify(plain)} is in ${what} twice`)
        names.add(plain)
      }
      at = end
    } else if (character === '{' || character === '[') {
      if (open.push(character === '{' ? new Set() : null) > maxDepth)
        throw new SafetensorError(`invalid JSON in ${what}: it is nested too deeply`)
    } else if (character === '}' || character === ']') {
      open.pop()
    } else if (open.at(-1) === null && /[-\d]/.test(character)) {
      const end = endOfNumber(text, at)
      const number = text.slice(at, end)
      if (!/^\d+$/.test(number)) throw new SafetensorError(`${number.slice(0, 30)} in ${what} is no size and no offset`)
      at = end - 1
    }
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1
  return at
}

function endOfNumber(text: string, start: number): number {
  let at = start
  while (at < text.length && /[-+.\deE]/.test(text[at]!)) at++
  return at
}

function isName(text: string, endOfText: number): boolean {
  let at = endOfText + 1
  while (' \t\r\n'.includes(text[at] ?? '?')) at++
  return text[at] === ':'
}

function unescaped(name: string): string {
  try {
    return JSON.parse(`"${name}"`) as string
  } catch {
    // `JSON.parse` of the whole text will tell.
    return name
  }
}

/** A JSON object's own properties; null for anything else. */
export function objectEntries(value: unknown): [string, unknown][] | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : null
}
