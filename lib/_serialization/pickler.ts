/** JavaScript values as a pickle, in the very instructions that Python's `torch.save` writes. */
import { isPlainObject, typeName } from '../_C/args.js'
import { ValueError } from '../_C/errors.js'
import { native } from '../_C/native.js'
import { Complex } from '../complex.js'
import { device } from '../device.js'
import { dtype } from '../dtype.js'
import { layout } from '../layout.js'
import { memory_format } from '../memory_format.js'
import { qscheme } from '../qscheme.js'
import { Size } from '../size.js'
import { Slice } from '../slice.js'
import { UntypedStorage } from '../storage.js'
import type { Tensor } from '../tensor.js'
import { TypedStorage } from '../typed_storage.js'
import { ByteWriter } from './byte_writer.js'
import { isIndex } from './finish.js'
import { op } from './opcodes.js'
import { Float, Global, globalOf, OrderedDict, PersistentId, Reduce, Tuple } from './python_objects.js'
import { reduceTensor } from './reduce_tensor.js'
import type { StorageTable } from './storage_table.js'

const orderedDict = globalOf('collections', 'OrderedDict')
/** Items that one instruction adds to a list or dict. */
const batchSize = 1000
/** Deeper than any data. */
const maxDepth = 1000

export class Pickler {
  readonly #out = new ByteWriter()
  readonly #memo = new Map<unknown, number>()
  readonly #storages: StorageTable
  #memoSize = 0
  #depth = 0

  constructor(storages: StorageTable) {
    this.#storages = storages
  }

  /** The whole pickle of `value`. @throws {TypeError} for what has no counterpart in a checkpoint */
  dump(value: unknown): Buffer {
    this.#out.byte(op.PROTO)
    this.#out.byte(2)
    this.#save(value)
    this.#out.byte(op.STOP)
    return this.#out.finish()
  }

  #save(value: unknown): void {
    switch (typeof value) {
      case 'undefined':
        return this.#out.byte(op.NONE)
      case 'boolean':
        return this.#out.byte(value ? op.NEWTRUE : op.NEWFALSE)
      case 'number':
        return this.#saveNumber(value)
      case 'bigint':
        return this.#saveInt(value)
      case 'string':
        return this.#saveString(value)
    }
    if (value === null) return this.#out.byte(op.NONE)
    const known = this.#memo.get(value)
    if (known !== undefined) return this.#get(known)
    if (++this.#depth > maxDepth) throw new ValueError(`torch.save: the data is nested more than ${maxDepth} deep`)
    this.#saveObject(value as object)
    this.#depth--
  }

  #saveObject(value: object): void {
    if (value instanceof Global) return this.#saveGlobal(value)
    if (value instanceof Reduce) return this.#saveReduce(value, value)
    if (value instanceof Tuple) return this.#saveTuple(value.items, value)
    if (value instanceof OrderedDict) return this.#saveOrderedDict(value, value)
    if (value instanceof PersistentId) return this.#savePersistent(value)
    if (native.isTensor(value)) return this.#saveReduce(reduceTensor(value as unknown as Tensor, this.#storages), value)
    if (value instanceof Size)
      return this.#saveReduce(new Reduce(globalOf('torch', 'Size'), new Tuple([new Tuple([...value])])), value)
    if (Array.isArray(value)) return Object.isFrozen(value) ? this.#saveTuple(value, value) : this.#saveList(value)
    if (value instanceof Map) return this.#saveDict(value, [...value])
    if (value instanceof Set) return this.#saveReduce(reduceSet(value), value)
    if (value instanceof UntypedStorage || value instanceof TypedStorage)
      return this.#savePersistent(this.#storages.addStorage(value))
    if (value instanceof memory_format || value instanceof qscheme)
      return this.#saveGlobal(globalOf('torch', value.name))
    if (value instanceof Slice) return this.#saveReduce(reduceSlice(value), value)
    if (value instanceof Uint8Array) return this.#saveReduce(reduceBytes(value), value)
    if (value instanceof dtype) return this.#saveGlobal(globalOf('torch', value.name))
    if (value instanceof device) return this.#saveReduce(reduceDevice(value), value)
    if (value instanceof layout) return this.#saveReduce(reduceLayout(value), value)
    if (value instanceof Complex)
      return this.#saveReduce(
        new Reduce(globalOf('__builtin__', 'complex'), new Tuple([new Float(value.re), new Float(value.im)])),
        value,
      )
    if (value instanceof Float) return this.#saveFloat(value.value)
    if (isPlainObject(value)) return this.#savePlain(value)
    throw new TypeError(
      `torch.save cannot write ${typeName(value)}: a checkpoint holds tensors, numbers, strings, booleans, null, bytes ` +
        '(Uint8Array), arrays, plain objects, Maps, Sets, dtypes, devices and sizes. Save a module by its state_dict()',
    )
  }

  #saveNumber(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) this.#saveInt(BigInt(value))
    else this.#saveFloat(value)
  }

  #saveFloat(value: number): void {
    this.#out.byte(op.BINFLOAT)
    this.#out.double(value)
  }

  #saveInt(value: bigint): void {
    if (value >= 0n && value < 256n) {
      this.#out.byte(op.BININT1)
      return this.#out.byte(Number(value))
    }
    if (value >= 0n && value < 65536n) {
      this.#out.byte(op.BININT2)
      return this.#out.uint16(Number(value))
    }
    if (BigInt.asIntN(32, value) === value) {
      this.#out.byte(op.BININT)
      return this.#out.int32(Number(value))
    }
    const bytes = twosComplement(value)
    if (bytes.length > 255) throw new ValueError('torch.save cannot write an integer of more than 255 bytes')
    this.#out.byte(op.LONG1)
    this.#out.byte(bytes.length)
    this.#out.bytes(bytes)
  }

  #saveString(value: string): void {
    const known = this.#memo.get(value)
    if (known !== undefined) return this.#get(known)
    const bytes = Buffer.from(value)
    this.#out.byte(op.BINUNICODE)
    this.#out.uint32(bytes.length)
    this.#out.bytes(bytes)
    this.#put(value)
  }

  #saveGlobal(value: Global): void {
    const known = this.#memo.get(value)
    if (known !== undefined) return this.#get(known)
    this.#out.byte(op.GLOBAL)
    this.#out.bytes(Buffer.from(`${value.module}\n${value.name}\n`))
    this.#put(value)
  }

  #saveReduce({ callable, args }: Reduce, as: unknown): void {
    this.#save(callable)
    this.#save(args)
    this.#out.byte(op.REDUCE)
    this.#put(as)
  }

  #savePersistent({ id }: PersistentId): void {
    this.#save(id)
    this.#out.byte(op.BINPERSID)
  }

  #saveTuple(items: readonly unknown[], as: unknown): void {
    if (items.length === 0) return this.#out.byte(op.EMPTY_TUPLE)
    if (items.length > 3) this.#out.byte(op.MARK)
    for (const item of items) this.#save(item)
    // By then its items hold it: what undoes that in a pickle is not among what is loaded.
    if (this.#memo.has(as)) throw new ValueError('torch.save cannot write a tuple that contains itself')
    this.#out.byte([op.TUPLE, op.TUPLE1, op.TUPLE2, op.TUPLE3][items.length > 3 ? 0 : items.length]!)
    this.#put(as)
  }

  #saveList(list: readonly unknown[]): void {
    this.#out.byte(op.EMPTY_LIST)
    // Known before its items are written: one of them may be the list itself.
    this.#put(list)
    this.#batches(list, op.APPEND, op.APPENDS, item => this.#save(item))
  }

  #savePlain(value: Record<string, unknown>): void {
    // A module's state dict: Python's are OrderedDicts, with the modules' versions as an attribute.
    if (isStateDict(value))
      return this.#saveOrderedDict(new OrderedDict(Object.entries(value), metadataOf(value)), value)
    this.#saveDict(
      value,
      Object.entries(value).map(([key, item]) => [isIndex(key) ? Number(key) : key, item]),
    )
  }

  #saveDict(value: object, entries: readonly (readonly [unknown, unknown])[]): void {
    this.#out.byte(op.EMPTY_DICT)
    this.#put(value)
    this.#saveEntries(entries)
  }

  #saveOrderedDict({ entries, attributes }: OrderedDict, as: unknown): void {
    this.#saveReduce(new Reduce(orderedDict, new Tuple([])), as)
    this.#saveEntries(entries)
    if (attributes === null) return
    this.#save(attributes)
    this.#out.byte(op.BUILD)
  }

  #saveEntries(entries: readonly (readonly [unknown, unknown])[]): void {
    this.#batches(entries, op.SETITEM, op.SETITEMS, ([key, item]) => {
      this.#save(key)
      this.#save(item)
    })
  }

  #batches<T>(items: readonly T[], one: number, many: number, save: (item: T) => void): void {
    for (let start = 0; start < items.length; start += batchSize) {
      const batch = items.slice(start, start + batchSize)
      if (batch.length > 1) this.#out.byte(op.MARK)
      for (const item of batch) save(item)
      this.#out.byte(batch.length > 1 ? many : one)
    }
  }

  #get(index: number): void {
    if (index < 256) {
      this.#out.byte(op.BINGET)
      return this.#out.byte(index)
    }
    this.#out.byte(op.LONG_BINGET)
    this.#out.uint32(index)
  }

  #put(value: unknown): void {
    const index = this.#memoSize++
    this.#memo.set(value, index)
    if (index < 256) {
      this.#out.byte(op.BINPUT)
      return this.#out.byte(index)
    }
    this.#out.byte(op.LONG_BINPUT)
    this.#out.uint32(index)
  }
}

function isStateDict(value: object): boolean {
  const metadata = Object.getOwnPropertyDescriptor(value, '_metadata')
  return metadata !== undefined && !metadata.enumerable
}

function metadataOf(stateDict: object): Record<string, unknown> | null {
  const metadata: unknown = (stateDict as { _metadata?: unknown })._metadata
  return isPlainObject(metadata) ? { _metadata: new OrderedDict(Object.entries(metadata)) } : null
}

function twosComplement(value: bigint): Uint8Array {
  let bits = 8
  while (BigInt.asIntN(bits, value) !== value) bits += 8
  let rest = BigInt.asUintN(bits, value)
  return Uint8Array.from({ length: bits / 8 }, () => {
    const byte = Number(rest & 255n)
    rest >>= 8n
    return byte
  })
}

function reduceSet(value: ReadonlySet<unknown>): Reduce {
  return new Reduce(globalOf('__builtin__', Object.isFrozen(value) ? 'frozenset' : 'set'), new Tuple([[...value]]))
}

function reduceSlice({ start, stop, step }: Slice): Reduce {
  return new Reduce(globalOf('__builtin__', 'slice'), new Tuple([start, stop, step]))
}

function reduceBytes(value: Uint8Array): Reduce {
  const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')
  return new Reduce(globalOf('_codecs', 'encode'), new Tuple([text, 'latin1']))
}

function reduceDevice({ type, index }: device): Reduce {
  return new Reduce(globalOf('torch', 'device'), new Tuple(index === null ? [type] : [type, index]))
}

function reduceLayout(value: layout): Reduce {
  return new Reduce(globalOf('torch.serialization', '_get_layout'), new Tuple([value.toString()]))
}
