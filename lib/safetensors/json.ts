/** JSON that is what it says: no name twice, in arrays only whole numbers. */
import { isUtf8 } from 'node:buffer'
import { SafetensorError } from './errors.js'

const backslash = 0x5c
const maxDepth = 128

/** @throws {SafetensorError} where `JSON.parse` would throw, or guess */
export function parseJson(bytes: Uint8Array, what: string): unknown {
  const text = decode(bytes, what)
  try {
    const value: unknown = JSON.parse(text)
    // What reads back as it was written hides nothing; anything else is looked at.
    if (JSON.stringify(value) !== text.trimEnd()) check(text, what)
    return value
  } catch (error) {
    if (error instanceof SafetensorError) throw error
    throw new SafetensorError(`invalid JSON in ${what}: ${(error as Error).message}`)
  }
}

function decode(bytes: Uint8Array, what: string): string {
  if (!isUtf8(bytes)) throw new SafetensorError(`invalid UTF-8 in ${what}`)
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
}

/** What the check looks at; the engine finds it faster than a loop over characters. */
const telling = /["{}[\]]|-?\d[-+.\deE]*/g
const colon = /[ \t\r\n]*:/y

/** Looks at a text before it is known to be JSON: reads on whatever comes. */
function check(text: string, what: string): void {
  /** The names of each open object, null for an array. */
  const open: (Set<string> | null)[] = []
  telling.lastIndex = 0
  for (let match = telling.exec(text); match !== null; match = telling.exec(text)) {
    const [token] = match
    if (token === '"') {
      const end = endOfString(text, match.index)
      telling.lastIndex = end + 1
      const names = open.at(-1)
      colon.lastIndex = end + 1
      if (!names || !colon.test(text)) continue
      const name = text.slice(match.index + 1, end)
      const plain = name.includes('\\') ? unescaped(name) : name
      if (names.has(plain)) throw new SafetensorError(`${JSON.stringify(plain)} is in ${what} twice`)
      names.add(plain)
    } else if (token === '{' || token === '[') {
      if (open.push(token === '{' ? new Set() : null) > maxDepth)
        throw new SafetensorError(`invalid JSON in ${what}: it is nested too deeply`)
    } else if (token === '}' || token === ']') {
      open.pop()
    } else if (open.at(-1) === null && !/^\d+$/.test(token)) {
      throw new SafetensorError(`${token.slice(0, 30)} in ${what} is no size and no offset`)
    }
  }
}

/** The place of the closing quote. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at
    while (text.charCodeAt(before - 1) === backslash) before--
    if ((at - before) % 2 === 0) return at
  }
  return text.length
}

function unescaped(name: string): string {
  try {
    return JSON.parse(`"${name}"`) as string
  } catch {
    // `JSON.parse` of the whole text will tell.
    return name
  }
}

/** Is a parsed value a JSON object? */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A JSON object's own properties; null for anything else. */
export function objectEntries(value: unknown): [string, unknown][] | null {
  return isObject(value) ? Object.entries(value) : null
}
