import { inspect } from 'node:util'
import { native, TagKind } from './_C/native.js'

/** The order of a dense tensor's strides. https://docs.pytorch.org/docs/stable/tensor_attributes.html#torch.memory_format */
export class memory_format {
  readonly name: string
  /** c10::MemoryFormat */
  readonly code: number

  /** @internal */
  constructor(name: string, code: number) {
    this.name = name
    this.code = code
    Object.defineProperty(this, native.kTag, { value: TagKind.memory_format * 65536 + code })
    Object.freeze(this)
  }

  toString(): string {
    return `torch.${this.name}`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

export const contiguous_format = new memory_format('contiguous_format', 0)
export const preserve_format = new memory_format('preserve_format', 1)
export const channels_last = new memory_format('channels_last', 2)
export const channels_last_3d = new memory_format('channels_last_3d', 3)

/** Every memory format at the place of its c10::MemoryFormat. @internal */
export const memoryFormats: memory_format[] = [contiguous_format, preserve_format, channels_last, channels_last_3d]
