/** The part of Python's syntax that the headers of `.npy` files are written in: dicts of texts, booleans, ints, tuples, lists. */
import { valueError } from '../_C/raise.js'

export type Literal = string | number | boolean | Literal[] | ReadonlyMap<string, Literal>

const maxDepth = 16

/** @throws {ValueError} for anything else, and for whatever follows the value */
export function parseLiteral(text: string): Literal {
  const parser = new Parser(text)
  const value = parser.value(0)
  parser.end()
  return value
}

class Parser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(depth: number): Literal {
    if (depth > maxDepth) throw refused()
    const character = this.#peek()
    if (character === '{') return this.#dict(depth)
    if (character === '(') return this.#list('(', ')', depth)
    if (character === '[') return this.#list('[', ']', depth)
    if (character === "'" || character === '"') return this.#string(character)
    const word = /^(True|False|\d+L?)/.exec(this.#text.slice(this.#at, this.#at + 24))?.[0]
    if (word === undefined) throw refused()
    this.#at += word.length
    // Python 2 marks long ints.
    return word === 'True' || word === 'False' ? word === 'True' : Number(word.replace('L', ''))
  }

  end(): void {
    if (this.#peek() !== undefined) throw refused()
  }

  #peek(): string | undefined {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? '?')) this.#at++
    return this.#text[this.#at]
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false
    this.#at++
    return true
  }

  #expect(character: string): void {
    if (!this.#take(character)) throw refused()
  }

  #string(quote: string): string {
    const end = this.#text.indexOf(quote, this.#at + 1)
    const string = this.#text.slice(this.#at + 1, end)
    // Names of dtypes have nothing to escape.
    if (end < 0 || string.includes('\\')) throw refused()
    this.#at = end + 1
    return string
  }

  #list(open: string, close: string, depth: number): Literal[] {
    this.#expect(open)
    const items: Literal[] = []
    while (!this.#take(close)) {
      items.push(this.value(depth + 1))
      if (this.#take(',')) continue
      this.#expect(close)
      // Brackets around one value, without a comma, make no tuple.
      if (open === '(' && items.length === 1) throw refused()
      return items
    }
    return items
  }

  #dict(depth: number): ReadonlyMap<string, Literal> {
    this.#expect('{')
    const dict = new Map<string, Literal>()
    while (!this.#take('}')) {
      const key = this.value(depth + 1)
      if (typeof key !== 'string' || dict.has(key)) throw refused()
      this.#expect(':')
      dict.set(key, this.value(depth + 1))
      if (this.#take(',')) continue
      this.#expect('}')
      return dict
    }
    return dict
  }
}

function refused(): Error {
  return valueError('Cannot parse header of the .npy file')
}
