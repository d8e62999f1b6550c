/**
 * Reads a TorchScript pickle without making anything of it: to know, before LibTorch's own reader sees it, that the stack
 * never runs empty, that nothing is nested without end, and what it says of tensors.
 */
import { UnpicklingError } from '../_serialization/errors.js'

/** A class or function by name. */
export class Named {
  constructor(readonly name: string) {}
}

/** A tuple, list, dict or object: whatever has parts. */
export class Compound {
  readonly parts: Value[]
  /** Of a call: what was called. */
  readonly callee: Value
  readonly isTuple: boolean

  constructor(parts: Value[], isTuple = false, callee: Value = null) {
    this.parts = parts
    this.isTuple = isTuple
    this.callee = callee
  }
}

/** What lies outside the pickle. */
export class Stored {
  constructor(readonly id: Value) {}
}

export type Value = null | boolean | number | bigint | string | Named | Compound | Stored

/** Deeper than any model; LibTorch frees values recursively. */
const maxDepth = 500

export interface Scan {
  root: Value
  /** Every call of the pickle. */
  calls: Compound[]
  stored: Stored[]
}

/** @throws {UnpicklingError} for a pickle that is damaged or too deep */
export function scanPickle(bytes: Buffer): Scan {
  const scanner = new Scanner(bytes)
  scanner.run()
  checkDepth(scanner.made)
  return { root: scanner.root, calls: scanner.calls, stored: scanner.stored }
}

function damaged(why: string): UnpicklingError {
  return new UnpicklingError(`the pickle is damaged: ${why}`)
}

class Scanner {
  readonly #bytes: Buffer
  #at = 0
  #stack: Value[] = []
  readonly #marks: Value[][] = []
  readonly #memo = new Map<number, Value>()
  readonly made: Compound[] = []
  readonly calls: Compound[] = []
  readonly stored: Stored[] = []
  root: Value = null

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  run(): void {
    while (true) {
      const code = this.#take(1)[0]!
      if (code === 0x2e) break
      this.#step(code)
    }
    if (this.#marks.length > 0) throw damaged('a mark is left over')
    this.root = this.#pop()
  }

  #step(code: number): void {
    switch (String.fromCharCode(code)) {
      case '\x80': // PROTO
        this.#take(1)
        return
      case 'N':
        return this.#push(null)
      case '\x88':
        return this.#push(true)
      case '\x89':
        return this.#push(false)
      case 'J':
        return this.#push(this.#take(4).readInt32LE())
      case 'K':
        return this.#push(this.#take(1)[0]!)
      case 'M':
        return this.#push(this.#take(2).readUInt16LE())
      case 'G':
        return this.#push(this.#take(8).readDoubleBE())
      case '\x8a': // LONG1
        return this.#long()
      case 'X':
        return this.#push(this.#take(this.#take(4).readUInt32LE()).toString('utf8'))
      case 'U': // SHORT_BINSTRING
        return this.#push(this.#take(this.#take(1)[0]!).toString('latin1'))
      case ')':
        return this.#make([], true)
      case ']':
      case '}':
        return this.#make([])
      case '(':
        this.#marks.push(this.#stack)
        this.#stack = []
        return
      case 't':
        return this.#make(this.#popMark(), true)
      case '\x85':
      case '\x86':
      case '\x87':
        return this.#make(this.#popMany(code - 0x84), true)
      case 'l': // LIST
      case 'd': // DICT
        return this.#make(this.#popMark())
      case 'a':
        return this.#extend([this.#pop()])
      case 'e':
      case 'u':
        return this.#extend(this.#popMark())
      case 's':
        return this.#extend(this.#popMany(2))
      case 'b': // BUILD
        return this.#extend([this.#pop()])
      case 'q':
        return this.#put(this.#take(1)[0]!)
      case 'r':
        return this.#put(this.#take(4).readUInt32LE())
      case 'h':
        return this.#get(this.#take(1)[0]!)
      case 'j':
        return this.#get(this.#take(4).readUInt32LE())
      case 'c':
        return this.#push(new Named(`${this.#line()}.${this.#line()}`))
      case 'R':
      case '\x81': // NEWOBJ
        return this.#call(this.#popMany(2))
      case 'Q': // BINPERSID
        return this.#store()
      default:
        throw damaged(`it has the instruction 0x${code.toString(16).padStart(2, '0')}`)
    }
  }

  #take(count: number): Buffer {
    const end = this.#at + count
    if (end > this.#bytes.length) throw damaged('it is cut off')
    const bytes = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return bytes
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at)
    if (end < 0) throw damaged('it is cut off')
    const line = this.#bytes.toString('utf8', this.#at, end)
    this.#at = end + 1
    return line
  }

  #long(): void {
    const bytes = this.#take(this.#take(1)[0]!)
    // LibTorch's ints have 64 bits and are written with all of them.
    if (bytes.length !== 8) throw damaged('it has an int that is no 64-bit one')
    const value = bytes.readBigInt64LE()
    this.#push(Number.isSafeInteger(Number(value)) ? Number(value) : value)
  }

  #push(value: Value): void {
    this.#stack.push(value)
  }

  #make(parts: Value[], isTuple = false, callee: Value = null): void {
    const compound = new Compound(parts, isTuple, callee)
    this.made.push(compound)
    this.#push(compound)
  }

  #pop(): Value {
    return this.#popMany(1)[0]!
  }

  #popMany(count: number): Value[] {
    if (this.#stack.length < count) throw damaged('its stack is empty')
    return this.#stack.splice(-count)
  }

  #popMark(): Value[] {
    const items = this.#stack
    const below = this.#marks.pop()
    if (below === undefined) throw damaged('a mark is missing')
    this.#stack = below
    return items
  }

  #top(): Value {
    if (this.#stack.length === 0) throw damaged('its stack is empty')
    return this.#stack.at(-1)!
  }

  #extend(items: Value[]): void {
    const target = this.#top()
    if (!(target instanceof Compound) || target.isTuple) throw damaged('it adds to what can hold nothing')
    for (const item of items) target.parts.push(item)
  }

  #put(index: number): void {
    // LibTorch numbers its memo in order.
    if (index > this.#memo.size) throw damaged(`it remembers something as ${index} too early`)
    this.#memo.set(index, this.#top())
  }

  #get(index: number): void {
    const value = this.#memo.get(index)
    if (value === undefined) throw damaged(`nothing is known as ${index}`)
    this.#push(value)
  }

  #call([callee, args]: Value[]): void {
    if (!(callee instanceof Named)) throw damaged('it calls what is no function')
    this.#make([args!], false, callee)
    this.calls.push(this.made.at(-1)!)
  }

  #store(): void {
    const stored = new Stored(this.#pop())
    this.stored.push(stored)
    this.#push(stored)
  }
}

/** Follows the parts of each value, without recursion. */
function checkDepth(made: readonly Compound[]): void {
  const depths = new Map<Compound, number>()
  const open = new Set<Compound>()
  let cyclic = false
  for (const start of made) {
    const path: [node: Compound, next: number, deepest: number][] = [[start, 0, 0]]
    if (depths.has(start)) continue
    open.add(start)
    while (path.length > 0) {
      const frame = path.at(-1)!
      const [node, next] = frame
      if (next < node.parts.length) {
        frame[1]++
        const part = node.parts[next]!
        if (!(part instanceof Compound)) continue
        const known = depths.get(part)
        if (known !== undefined) frame[2] = Math.max(frame[2], known)
        else if (open.has(part)) cyclic = true
        else {
          open.add(part)
          path.push([part, 0, 0])
        }
        continue
      }
      const depth = frame[2] + 1
      depths.set(node, depth)
      open.delete(node)
      path.pop()
      const above = path.at(-1)
      if (above) above[2] = Math.max(above[2], depth)
      if (depth > maxDepth) throw damaged('it is nested too deeply')
    }
  }
  // Of values that hold themselves the depth depends on where one begins.
  if (cyclic && made.length > maxDepth) throw damaged('it is nested too deeply')
}
