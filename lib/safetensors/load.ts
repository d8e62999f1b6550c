import { signature, typeName } from '../_C/args.js'
import { traced } from '../_C/call.js'
import { beforeCall } from '../_C/modes.js'
import { native } from '../_C/native.js'
import { fileSource, memorySource } from '../_serialization/zip_reader.js'
import { type DeviceLike, device } from '../device.js'
import type { dtype } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { ReadFile } from './backing.js'
import { readHeader } from './header.js'
import { openBacking, pathOf, type SafeBackend, SafeOpen, tensorOver, tensorsByName } from './safe_open.js'
import type { OnProgress } from './save.js'

const bindLoadFile = signature<{ filename: string | URL; device: DeviceLike; backend: string }>(
  'load_file',
  'filename',
  ['device', 'cpu'],
  '*',
  ['backend', 'mmap'],
)

/**
 * The tensors of a safetensors file by name. On the CPU they are the file's own pages, read when they are touched; changes
 * of them stay in memory.
 *
 * https://huggingface.co/docs/safetensors/api/torch#safetensors.torch.load_file
 *
 * @throws {SafetensorError} for a damaged file
 */
export function load_file(filename: string | URL, device?: DeviceLike): Record<string, Tensor>
export function load_file(
  filename: string | URL,
  options: { device?: DeviceLike; backend?: SafeBackend },
): Record<string, Tensor>
export function load_file(...args: unknown[]): Record<string, Tensor> {
  const { filename, device: place, backend } = bindLoadFile(args)
  const where = new device(place as device)
  using file = new SafeOpen(openBacking(pathOf(filename), backend), where)
  return file.get_tensors()
}

/** `load_file` that reads all values without holding up the event loop, and tells how far it is. */
export async function loadFileAsync(
  filename: string | URL,
  options: { device?: DeviceLike; onProgress?: OnProgress } = {},
): Promise<Record<string, Tensor>> {
  const where = new device((options.device ?? 'cpu') as device)
  const file = new ReadFile(fileSource(pathOf(filename)))
  try {
    const infos = [...readHeader(file.source).tensors.values()]
    const total = infos.reduce((sum, { begin, end }) => sum + end - begin, 0)
    let done = 0
    const entries: [string, Tensor][] = []
    for (const info of infos) {
      const bytes = await file.bytesAsync(info.begin, info.end, count => {
        done += count
        options.onProgress?.(done, total)
      })
      const t = tensorOver(info, (kind, shape) => bytes.view(kind).view([...shape]))
      entries.push([info.name, where.type === 'cpu' ? t : t.to(where)])
    }
    return tensorsByName(entries)
  } finally {
    file.close()
  }
}

/**
 * The tensors of a safetensors file that is in memory, by name. They are copies.
 *
 * https://huggingface.co/docs/safetensors/api/torch#safetensors.torch.load
 */
export function load(data: Uint8Array | ArrayBuffer): Record<string, Tensor> {
  if (!(data instanceof Uint8Array || data instanceof ArrayBuffer))
    throw new TypeError(`safetensors.load: data must be the bytes of a file, not ${typeName(data)}`)
  const bytes = new Uint8Array(data instanceof ArrayBuffer ? data : data.buffer, ...rangeOf(data))
  const { tensors } = readHeader(memorySource(bytes))
  beforeCall()
  return tensorsByName(
    [...tensors.values()].map(info => {
      const range = bytes.subarray(info.begin, info.end)
      const copy = (kind: dtype, shape: readonly number[]) =>
        traced(native.fromBytes(range, kind.scalarType, shape, true))
      return [info.name, tensorOver(info, copy)]
    }),
  )
}

function rangeOf(data: Uint8Array | ArrayBuffer): [number, number] {
  return data instanceof ArrayBuffer ? [0, data.byteLength] : [data.byteOffset, data.byteLength]
}
