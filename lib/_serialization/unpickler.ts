/**
 * Reading a pickle as `torch.load(weights_only=True)` does: a small machine that builds plain data and calls only the
 * functions of an allow-list. Nothing in a file can run code, take memory beyond the file's own size, or loop.
 */
import { UnpicklingError } from './errors.js'
import { op } from './opcodes.js'

/** Calls a function of the allow-list with a tuple of arguments. */
export type Callable = (args: readonly unknown[], containers: Containers) => unknown

/** What the name of a class or function stands for. */
export interface Allowed {
  readonly name: string
  /** The constant itself, for names that are no functions. */
  readonly value?: unknown
  readonly call?: Callable
}

/** Python's tuple, list, dict and set while they are being filled. */
export class Containers {
  readonly lists = new Set<unknown[]>()
  readonly tuples: unknown[][] = []
  readonly dicts: Map<unknown, unknown>[] = []
  readonly sets: Set<unknown>[] = []
  /** OrderedDicts, with the attributes that were set on them. */
  readonly ordered = new Map<Map<unknown, unknown>, unknown>()
  /** Elements that may still be copied: what bounds the work that a small file can ask for. */
  #budget: number

  constructor(bytes: number) {
    this.#budget = 1e6 + 64 * bytes
  }

  list(items: unknown[] = []): unknown[] {
    this.lists.add(items)
    return items
  }

  tuple(items: unknown[]): unknown[] {
    this.tuples.push(items)
    return items
  }

  dict(entries: Iterable<readonly [unknown, unknown]> = []): Map<unknown, unknown> {
    const dict = new Map(entries)
    this.dicts.push(dict)
    return dict
  }

  set(items: readonly unknown[]): Set<unknown> {
    this.spend(items.length)
    const set = new Set(items)
    this.sets.push(set)
    return set
  }

  spend(elements: number): void {
    this.#budget -= elements
    if (this.#budget < 0) throw new UnpicklingError('the pickle asks for more work than its size allows')
  }
}

export class Unpickler {
  readonly #bytes: Buffer
  readonly #find: (module: string, name: string) => Allowed
  readonly #storage: (id: readonly unknown[]) => unknown
  readonly #memo = new Map<number, unknown>()
  readonly #marks: unknown[][] = []
  readonly containers: Containers
  #stack: unknown[] = []
  #at = 0

  /**
   * @param find gives what a name stands for, or throws
   * @param storage gives the storage of a persistent id
   */
  constructor(
    bytes: Buffer,
    find: (module: string, name: string) => Allowed,
    storage: (id: readonly unknown[]) => unknown,
  ) {
    this.#bytes = bytes
    this.#find = find
    this.#storage = storage
    this.containers = new Containers(bytes.length)
  }

  /** The value, its dicts still Maps and its tuples plain arrays; see `finish`. */
  load(): unknown {
    while (true) {
      const code = this.#byte()
      if (code === op.STOP) return this.#pop()
      this.#step(code)
    }
  }

  #step(code: number): void {
    switch (code) {
      case op.PROTO:
        this.#byte()
        return
      case op.NONE:
        return this.#push(null)
      case op.NEWTRUE:
        return this.#push(true)
      case op.NEWFALSE:
        return this.#push(false)
      case op.BININT:
        return this.#push(this.#take(4).readInt32LE())
      case op.BININT1:
        return this.#push(this.#byte())
      case op.BININT2:
        return this.#push(this.#take(2).readUInt16LE())
      case op.BINFLOAT:
        return this.#push(this.#take(8).readDoubleBE())
      case op.LONG1:
        return this.#push(integer(this.#take(this.#byte())))
      case op.BINUNICODE:
        return this.#push(this.#take(this.#take(4).readUInt32LE()).toString('utf8'))
      case op.SHORT_BINSTRING:
        return this.#push(this.#take(this.#byte()).toString('latin1'))
      case op.EMPTY_TUPLE:
        return this.#push(this.containers.tuple([]))
      case op.EMPTY_LIST:
        return this.#push(this.containers.list())
      case op.EMPTY_DICT:
        return this.#push(this.containers.dict())
      case op.EMPTY_SET:
        return this.#push(this.containers.set([]))
      case op.MARK:
        this.#marks.push(this.#stack)
        this.#stack = []
        return
      case op.TUPLE:
        return this.#push(this.containers.tuple(this.#popMark()))
      case op.TUPLE1:
      case op.TUPLE2:
      case op.TUPLE3:
        return this.#push(this.containers.tuple(this.#popMany(code - op.TUPLE1 + 1)))
      case op.APPEND:
        return this.#extend([this.#pop()])
      case op.APPENDS:
        return this.#extend(this.#popMark())
      case op.SETITEM:
        return this.#setItems(this.#popMany(2))
      case op.SETITEMS:
        return this.#setItems(this.#popMark())
      case op.BINPUT:
        return this.#put(this.#byte())
      case op.LONG_BINPUT:
        return this.#put(this.#take(4).readUInt32LE())
      case op.BINGET:
        return this.#get(this.#byte())
      case op.LONG_BINGET:
        return this.#get(this.#take(4).readUInt32LE())
      case op.GLOBAL:
        return this.#global()
      case op.REDUCE:
        return this.#call(this.#popMany(2))
      case op.NEWOBJ:
        return this.#call(this.#popMany(2))
      case op.BUILD:
        return this.#build(this.#pop())
      case op.BINPERSID:
        return this.#persistent(this.#pop())
      default:
        throw new UnpicklingError(`unsupported pickle instruction 0x${code.toString(16).padStart(2, '0')}`)
    }
  }

  #byte(): number {
    return this.#take(1)[0]!
  }

  #take(count: number): Buffer {
    const end = this.#at + count
    if (end > this.#bytes.length) throw new UnpicklingError('the pickle is cut off')
    const bytes = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return bytes
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at)
    if (end < 0) throw new UnpicklingError('the pickle is cut off')
    const line = this.#bytes.toString('utf8', this.#at, end)
    this.#at = end + 1
    return line
  }

  #push(value: unknown): void {
    this.#stack.push(value)
  }

  #pop(): unknown {
    if (this.#stack.length === 0) throw new UnpicklingError('the pickle is damaged: its stack is empty')
    return this.#stack.pop()
  }

  #popMany(count: number): unknown[] {
    if (this.#stack.length < count) throw new UnpicklingError('the pickle is damaged: its stack is empty')
    return this.#stack.splice(-count)
  }

  #popMark(): unknown[] {
    const items = this.#stack
    const below = this.#marks.pop()
    if (!below) throw new UnpicklingError('the pickle is damaged: a mark is missing')
    this.#stack = below
    return items
  }

  #top(): unknown {
    if (this.#stack.length === 0) throw new UnpicklingError('the pickle is damaged: its stack is empty')
    return this.#stack.at(-1)
  }

  #put(index: number): void {
    this.#memo.set(index, this.#top())
  }

  #get(index: number): void {
    if (!this.#memo.has(index)) throw new UnpicklingError(`the pickle is damaged: nothing is known as ${index}`)
    this.#push(this.#memo.get(index))
  }

  #extend(items: unknown[]): void {
    const list = this.#top()
    if (!this.containers.lists.has(list as unknown[])) throw new UnpicklingError('can only append to lists')
    for (const item of items) (list as unknown[]).push(item)
  }

  #setItems(items: unknown[]): void {
    const dict = this.#top()
    if (!(dict instanceof Map)) throw new UnpicklingError('can only set items of dicts')
    if (items.length % 2 !== 0) throw new UnpicklingError('the pickle is damaged: a key has no value')
    for (let i = 0; i < items.length; i += 2) dict.set(checkedKey(items[i]), items[i + 1])
  }

  #global(): void {
    const found = this.#find(this.#line(), this.#line())
    this.#push(found.call ? found : found.value)
  }

  #call([callable, args]: unknown[]): void {
    const { call, name } = (callable ?? {}) as Partial<Allowed>
    if (typeof call !== 'function')
      throw new UnpicklingError(`trying to call ${name ?? 'what is no function'}, which is not allowed`)
    if (!Array.isArray(args)) throw new UnpicklingError(`the arguments of ${name} are no tuple`)
    this.#push(call(args, this.containers))
  }

  #build(state: unknown): void {
    const target = this.#top()
    if (target instanceof Map && this.containers.ordered.has(target) && state instanceof Map)
      this.containers.ordered.set(target, state)
    else throw new UnpicklingError('can only set the attributes of an OrderedDict')
  }

  #persistent(id: unknown): void {
    if (!Array.isArray(id) || id[0] !== 'storage') throw new UnpicklingError('only storages may lie outside the pickle')
    this.#push(this.#storage(id))
  }
}

function integer(bytes: Buffer): number | bigint {
  let value = 0n
  for (const byte of [...bytes].reverse()) value = (value << 8n) | BigInt(byte)
  if (bytes.length > 0) value = BigInt.asIntN(8 * bytes.length, value)
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

function checkedKey(key: unknown): unknown {
  // Like Python's unhashable types: what can change is no key.
  if (key instanceof Map || key instanceof Set) throw new UnpicklingError('a dict or set cannot be a key')
  return key
}
