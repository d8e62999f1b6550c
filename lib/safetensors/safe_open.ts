import { fileURLToPath } from 'node:url'
import { signature, typeName } from '../_C/args.js'
import { empty } from '../_generated/torch.js'
import { MappedFile } from '../_serialization/mapped_file.js'
import { fileSource } from '../_serialization/zip_reader.js'
import { type DeviceLike, device } from '../device.js'
import type { dtype } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { type Backing, ReadFile } from './backing.js'
import { formats } from './dtypes.js'
import { SafetensorError } from './errors.js'
import { type Header, readHeader, type TensorInfo } from './header.js'
import { SafeSlice } from './safe_slice.js'

/** How a file's bytes are had: `'mmap'` takes the file's own pages when they are touched, `'pread'` copies. */
export type SafeBackend = 'mmap' | 'pread'

/** Keywords of `safe_open`. */
export interface SafeOpenOptions {
  framework?: 'pt' | 'torch' | 'pytorch'
  device?: DeviceLike
  backend?: SafeBackend
}

const bind = signature<{ filename: string | URL; framework: string; device: DeviceLike; backend: string }>(
  'safe_open',
  'filename',
  ['framework', 'pt'],
  ['device', 'cpu'],
  '*',
  ['backend', 'mmap'],
)

/** @internal */
export function pathOf(filename: unknown): string {
  if (typeof filename === 'string') return filename
  if (filename instanceof URL) return fileURLToPath(filename)
  throw new TypeError(`safetensors: filename must be a path or a file URL, not ${typeName(filename)}`)
}

/** @internal */
export function openBacking(path: string, backend: string): Backing {
  if (backend === 'mmap') return new MappedFile(path)
  if (backend === 'pread') return new ReadFile(fileSource(path))
  throw new SafetensorError(`backend ${backend} is invalid, expected mmap or pread`)
}

/** An open safetensors file, whose tensors are read when they are asked for. */
export class SafeOpen implements Disposable {
  readonly #backing: Backing
  readonly #header: Header
  readonly #device: device
  #closed = false

  /** @internal */
  constructor(backing: Backing, where: device) {
    this.#backing = backing
    this.#device = where
    try {
      this.#header = readHeader(backing.source)
    } catch (error) {
      backing.close()
      throw error
    }
  }

  #open(): Header {
    if (this.#closed) throw new SafetensorError('File is closed')
    return this.#header
  }

  /** The names of the tensors, in alphabetical order. */
  keys(): string[] {
    return [...this.#open().tensors.keys()].sort(byBytes)
  }

  /** The names of the tensors, in the order of their data. */
  offset_keys(): string[] {
    return [...this.#open().tensors.keys()]
  }

  /** The texts that were saved beside the tensors; null where there are none. */
  metadata(): Record<string, string> | null {
    const { metadata } = this.#open()
    return metadata && { ...metadata }
  }

  /** @throws {SafetensorError} where the file has no such tensor */
  get_tensor(name: string): Tensor {
    return this.#place(this.#read(this.#info(name)))
  }

  /** All tensors by name. */
  get_tensors(): Record<string, Tensor> {
    return tensorsByName(this.offset_keys().map(name => [name, this.get_tensor(name)]))
  }

  /** A tensor to take a part of: `f.get_slice('embedding').at(torch.slice(0, 10))`. */
  get_slice(name: string): SafeSlice {
    const info = this.#info(name)
    return new SafeSlice(
      info,
      () => {
        this.#open()
        return this.#read(info)
      },
      part => this.#place(part),
    )
  }

  /** Closes the file. Tensors that it gave stay. */
  close(): void {
    if (!this.#closed) this.#backing.close()
    this.#closed = true
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #info(name: string): TensorInfo {
    const info = this.#open().tensors.get(name)
    if (info === undefined) throw new SafetensorError(`File does not contain tensor ${name}`)
    return info
  }

  #read(info: TensorInfo): Tensor {
    return tensorOver(info, (kind, shape) => this.#backing.tensor(info.begin, info.end, kind, shape))
  }

  #place(t: Tensor): Tensor {
    return this.#device.type === 'cpu' ? t : t.to(this.#device)
  }
}

/** As the format sorts names. @internal */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** @internal */
export function tensorsByName(entries: Iterable<readonly [string, Tensor]>): Record<string, Tensor> {
  // Not by assignment: `__proto__` is a name like any other.
  return Object.fromEntries(entries)
}

/** The tensor that the header describes, from `read`, which is not asked for an empty one. @internal */
export function tensorOver(info: TensorInfo, read: (kind: dtype, shape: readonly number[]) => Tensor): Tensor {
  const kind = formats.get(info.dtype)!.dtype
  if (kind === null) throw new SafetensorError(`PyTorch has no dtype for ${info.dtype}, which \`${info.name}\` is of`)
  const shape = [...info.shape]
  if (info.dtype === 'F4') {
    // PyTorch's elements are pairs.
    const last = shape.pop()
    if (last === undefined || last % 2 !== 0)
      throw new SafetensorError(`f4_x2 dtype requires that the last dim be divisible by 2 in torch: got ${last}`)
    shape.push(last / 2)
  }
  if (info.begin === info.end) return empty(shape, { dtype: kind, device: 'cpu' })
  return read(kind, shape)
}

/**
 * Opens a safetensors file for reading tensors by name. `using f = safetensors.safe_open(path, { framework: 'pt' })` closes
 * it at the end of the block; tensors stay valid. On the CPU a tensor is the file's own memory, so opening and loading cost
 * nothing until values are needed; changes of it are not written to the file, and the file must not be cut off meanwhile
 * (replacing it is fine).
 *
 * https://huggingface.co/docs/safetensors/api/torch
 *
 * @throws {SafetensorError} for a file that is damaged: every size and place in it is checked first
 */
export function safe_open(filename: string | URL, framework?: 'pt', device?: DeviceLike): SafeOpen
export function safe_open(filename: string | URL, options?: SafeOpenOptions): SafeOpen
export function safe_open(...args: unknown[]): SafeOpen {
  const { filename, framework, device: place, backend } = bind(args)
  if (!['pt', 'torch', 'pytorch'].includes(framework)) throw new SafetensorError(`framework ${framework} is invalid`)
  const where = new device(place as device)
  return new SafeOpen(openBacking(pathOf(filename), backend), where)
}
