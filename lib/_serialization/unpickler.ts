/**
 * Reading a pickle as `torch.load(weights_only=True)` does: a small machine that builds plain data and calls only the
 * functions of an allow-list. Nothing in a file can run code, take memory beyond the file's own size, or loop.
 */
import { native } from '../_C/native.js'
import type { Tensor } from '../tensor.js'
import { Allowed, Containers, hashable, isTuple, Stateful } from './containers.js'
import { UnpicklingError } from './errors.js'
import { op } from './opcodes.js'
import { PickleCursor } from './pickle_cursor.js'
import { PythonRecord } from './python_record.js'
import { setLegacyState } from './rebuild.js'
import type { Steps } from './turns.js'

export interface UnpicklerHooks {
  /** What a name stands for: an `Allowed` or the constant itself. Throws for a name that is refused. */
  find(module: string, name: string): unknown
  /** What a persistent id, a tuple, stands for. */
  persistent(id: readonly unknown[]): unknown
}

export class Unpickler {
  readonly #cursor: PickleCursor
  readonly #hooks: UnpicklerHooks
  readonly #memo = new Map<number, unknown>()
  readonly #marks: unknown[][] = []
  readonly containers: Containers
  #stack: unknown[] = []

  constructor(bytes: Buffer, hooks: UnpicklerHooks, at = 0) {
    this.#cursor = new PickleCursor(bytes, at)
    this.#hooks = hooks
    this.containers = new Containers(bytes.length)
  }

  /** Where the pickle ends, once it is loaded. */
  get end(): number {
    return this.#cursor.at
  }

  /** The value as the containers have it; see `finish`. */
  *load(): Steps<unknown> {
    for (let count = 1; ; count++) {
      const code = this.#cursor.byte()
      if (code === op.STOP) return this.#pop()
      this.#step(code)
      if (count % 64 === 0) yield
    }
  }

  #step(code: number): void {
    const cursor = this.#cursor
    switch (code) {
      case op.PROTO:
        return this.#protocol(cursor.byte())
      case op.FRAME:
        cursor.size()
        return
      case op.NONE:
        return this.#push(null)
      case op.NEWTRUE:
        return this.#push(true)
      case op.NEWFALSE:
        return this.#push(false)
      case op.INT:
      case op.LONG:
        return this.#push(cursor.integerLine())
      case op.BININT:
        return this.#push(cursor.take(4).readInt32LE())
      case op.BININT1:
        return this.#push(cursor.byte())
      case op.BININT2:
        return this.#push(cursor.take(2).readUInt16LE())
      case op.LONG1:
        return this.#push(cursor.integer(cursor.byte()))
      case op.LONG4:
        return this.#push(cursor.integer(cursor.uint32()))
      case op.FLOAT:
        return this.#push(cursor.floatLine())
      case op.BINFLOAT:
        return this.#push(cursor.take(8).readDoubleBE())
      case op.UNICODE:
        return this.#push(cursor.unicodeLine())
      case op.SHORT_BINUNICODE:
        return this.#push(cursor.text(cursor.byte()))
      case op.BINUNICODE:
        return this.#push(cursor.text(cursor.uint32()))
      case op.BINUNICODE8:
        return this.#push(cursor.text(cursor.size()))
      // Python 2's strings are texts here.
      case op.STRING:
        return this.#push(cursor.quotedLine())
      case op.SHORT_BINSTRING:
        return this.#push(cursor.take(cursor.byte()).toString('latin1'))
      case op.BINSTRING:
        return this.#push(cursor.take(cursor.uint32()).toString('latin1'))
      case op.SHORT_BINBYTES:
        return this.#push(cursor.copy(cursor.byte()))
      case op.BINBYTES:
        return this.#push(cursor.copy(cursor.uint32()))
      case op.BINBYTES8:
      case op.BYTEARRAY8:
        return this.#push(cursor.copy(cursor.size()))
      case op.MARK:
        this.#marks.push(this.#stack)
        this.#stack = []
        return
      case op.POP:
        // As in Python: with nothing above the mark, the mark goes.
        return this.#stack.length > 0 ? void this.#pop() : void this.#popMark()
      case op.POP_MARK:
        return void this.#popMark()
      case op.DUP:
        return this.#push(this.#top())
      case op.PUT:
        return this.#put(cursor.indexLine())
      case op.BINPUT:
        return this.#put(cursor.byte())
      case op.LONG_BINPUT:
        return this.#put(cursor.uint32())
      case op.MEMOIZE:
        return this.#put(this.#memo.size)
      case op.GET:
        return this.#get(cursor.indexLine())
      case op.BINGET:
        return this.#get(cursor.byte())
      case op.LONG_BINGET:
        return this.#get(cursor.uint32())
      default:
        return this.#compound(code)
    }
  }

  /** The instructions that take values from the stack. */
  #compound(code: number): void {
    const { containers } = this
    switch (code) {
      case op.EMPTY_TUPLE:
        return this.#push([])
      case op.TUPLE:
        return this.#push(this.#popMark())
      case op.TUPLE1:
      case op.TUPLE2:
      case op.TUPLE3:
        return this.#push(this.#popMany(code - op.TUPLE1 + 1))
      case op.EMPTY_LIST:
        return this.#push(containers.list())
      case op.LIST:
        return this.#push(containers.list(this.#popMark()))
      case op.APPEND:
        return this.#extend([this.#pop()])
      case op.APPENDS:
        return this.#extend(this.#popMark())
      case op.EMPTY_DICT:
        return this.#push(containers.dict())
      case op.DICT: {
        const items = this.#popMark()
        this.#push(containers.dict())
        return this.#setItems(items)
      }
      case op.SETITEM:
        return this.#setItems(this.#popMany(2))
      case op.SETITEMS:
        return this.#setItems(this.#popMark())
      case op.EMPTY_SET:
        return this.#push(containers.set([]))
      case op.FROZENSET:
        return this.#push(containers.set(this.#popMark(), true))
      case op.ADDITEMS:
        return this.#add(this.#popMark())
      case op.GLOBAL:
        return this.#global(this.#cursor.line(), this.#cursor.line())
      case op.STACK_GLOBAL:
        return this.#global(...(this.#popMany(2) as [unknown, unknown]))
      case op.REDUCE:
      case op.NEWOBJ:
        return this.#call(...(this.#popMany(2) as [unknown, unknown]))
      case op.NEWOBJ_EX:
        return this.#call(...(this.#popMany(3) as [unknown, unknown, unknown]))
      case op.INST: {
        const args = this.#popMark()
        this.#global(this.#cursor.line(), this.#cursor.line())
        return this.#call(this.#pop(), args)
      }
      case op.OBJ: {
        const [type, ...args] = this.#popMark()
        return this.#call(type, args)
      }
      case op.BUILD:
        return this.#build(this.#pop())
      case op.BINPERSID:
        return this.#persistent(this.#pop())
      default:
        throw new UnpicklingError(`unsupported pickle instruction 0x${code.toString(16).padStart(2, '0')}`)
    }
  }

  #protocol(version: number): void {
    if (version > 5) throw new UnpicklingError(`unsupported pickle protocol: ${version}`)
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
    const top = this.#top()
    const list = top instanceof PythonRecord ? top.items : this.containers.lists.has(top) ? (top as unknown[]) : null
    if (!list) throw new UnpicklingError('can only append to lists')
    for (const item of items) list.push(item)
  }

  #setItems(items: unknown[]): void {
    const dict = this.#top()
    if (!(dict instanceof Map || dict instanceof PythonRecord)) throw new UnpicklingError('can only set items of dicts')
    if (items.length % 2 !== 0) throw new UnpicklingError('the pickle is damaged: a key has no value')
    if (dict instanceof PythonRecord) for (const item of items) dict.entries.push(item)
    else for (let i = 0; i < items.length; i += 2) dict.set(hashable(items[i]), items[i + 1])
  }

  #add(items: unknown[]): void {
    const set = this.#top()
    if (set instanceof PythonRecord) for (const item of items) set.items.push(item)
    else if (set instanceof Set && !this.containers.frozenSets.has(set))
      for (const item of items) set.add(hashable(item))
    else throw new UnpicklingError('can only add to sets')
  }

  #global(module: unknown, name: unknown): void {
    if (typeof module !== 'string' || typeof name !== 'string')
      throw new UnpicklingError('the pickle is damaged: a name is missing')
    this.#push(this.#hooks.find(module, name))
  }

  #call(callable: unknown, args: unknown, keywords: unknown = null): void {
    if (!(callable instanceof Allowed) || !callable.call)
      throw new UnpicklingError(
        `trying to call ${callable instanceof Allowed ? callable.name : 'what is no function'}, which is not allowed`,
      )
    if (!isTuple(args, this.containers)) throw new UnpicklingError(`the arguments of ${callable.name} are no tuple`)
    this.#push(callable.call(args, this.containers, keywords))
  }

  #build(state: unknown): void {
    const target = this.#top()
    if (target instanceof Stateful) target.setState(state, this.containers)
    else if (target instanceof Map && this.containers.ordered.has(target) && state instanceof Map)
      this.containers.ordered.set(target, state)
    else if (native.isTensor(target)) setLegacyState(target as Tensor, state)
    else throw new UnpicklingError('can only set the attributes of an OrderedDict, a tensor or a record')
  }

  #persistent(id: unknown): void {
    if (!isTuple(id, this.containers)) throw new UnpicklingError('only storages may lie outside the pickle')
    this.#push(this.#hooks.persistent(id))
  }
}
