import { inspect } from 'node:util'
import { typeName } from './_C/args.js'
import { native, TagKind } from './_C/native.js'
import { runtimeError } from './_C/raise.js'

/** c10::DeviceType by name. */
const types = {
  cpu: 0,
  cuda: 1,
  mkldnn: 2,
  opengl: 3,
  opencl: 4,
  ideep: 5,
  hip: 6,
  fpga: 7,
  maia: 8,
  xla: 9,
  vulkan: 10,
  metal: 11,
  xpu: 12,
  mps: 13,
  meta: 14,
  hpu: 15,
  ve: 16,
  lazy: 17,
  ipu: 18,
  mtia: 19,
  privateuseone: 20,
} as const

export type DeviceType = keyof typeof types
const typeNames = Object.keys(types) as DeviceType[]

/** Where an argument asks for a device: an object, `'cpu'`, `'cuda:1'`, or the number of an accelerator. */
export type DeviceLike = device | DeviceType | `${DeviceType}:${number}` | number

/** The types that a message tells of, in LibTorch's order. */
const EXPECTED =
  'cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, meta, hpu, mtia, privateuseone'

/** `cuda:1` as `['cuda', 1]`. */
function parse(text: unknown): [type: string, index: number | null] {
  if (typeof text !== 'string') throw new TypeError(`device(): argument 'type' must be str, not ${typeName(text)}`)
  if (text === '') throw runtimeError('Device string must not be empty')
  const [, type, index] = /^([A-Za-z_]+)(?::(0|[1-9]\d*))?$/.exec(text) ?? []
  if (type === undefined) throw runtimeError(`Invalid device string: '${text}'`)
  if (!Object.hasOwn(types, type)) {
    throw runtimeError(`Expected one of ${EXPECTED} device type at start of device string: ${type}`)
  }
  return [type, index === undefined ? null : Number(index)]
}

function checkIndex(index: number): void {
  if (!Number.isInteger(index))
    throw new TypeError(`device(): argument 'index' (position 2) must be int, not ${typeName(index)}`)
  if (index >= 128) throw runtimeError(`Device index must be less than 128, got ${index}`)
  if (index < 0) throw runtimeError('Device index must not be negative')
}

/**
 * Where a tensor's memory is: `new torch.device('cuda:0')`, `new torch.device('cuda', 0)`.
 * https://docs.pytorch.org/docs/stable/tensor_attributes.html#torch.device
 */
export class device<Type extends DeviceType = DeviceType> {
  readonly type: Type
  /** Null means the current device of that type. */
  readonly index: number | null

  constructor(type: Type | `${Type}:${number}` | device<Type> | number, index: number | null = null) {
    if (type instanceof device) {
      this.type = type.type
      this.index = type.index
    } else if (typeof type === 'number') {
      this.type = 'cuda' as Type
      this.index = type
    } else {
      const [name, ownIndex] = parse(type)
      if (ownIndex !== null && index !== null)
        throw runtimeError(`type (string) must not include an index because index was passed explicitly: ${type}`)
      this.type = name as Type
      this.index = ownIndex ?? index
    }
    if (this.index !== null) checkIndex(this.index)
    const code = types[this.type] * 256 + (this.index ?? -1) + 1
    Object.defineProperty(this, native.kTag, { value: TagKind.device * 65536 + code })
    Object.freeze(this)
  }

  /** c10::DeviceType @internal */
  get typeCode(): number {
    return types[this.type]
  }

  /** Devices are objects: compare them with this, or by `toString()`. */
  equals(other: DeviceLike): boolean {
    const that = other instanceof device ? other : new device(other as DeviceType)
    return this.type === that.type && this.index === that.index
  }

  toString(): string {
    return this.index === null ? this.type : `${this.type}:${this.index}`
  }

  [inspect.custom](): string {
    const index = this.index === null ? '' : `, index=${this.index}`
    return `device(type='${this.type}'${index})`
  }
}

const interned = new Map<number, device>()

/** The device of LibTorch's numbers; the same object for the same numbers. @internal */
export function makeDevice(type: number, index: number | null): device {
  const key = type * 256 + (index ?? -1) + 1
  let known = interned.get(key)
  if (!known) {
    const name = typeNames[type] ?? 'privateuseone'
    known = new device(index === null || index < 0 ? name : `${name}:${index}`)
    interned.set(key, known)
  }
  return known
}
