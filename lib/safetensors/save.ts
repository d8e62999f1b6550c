import { typeName } from '../_C/args.js'
import { native } from '../_C/native.js'
import { valueError } from '../_C/raise.js'
import { writeAtomically, writeAtomicallyAsync } from '../_serialization/atomic_file.js'
import { pieces } from '../_serialization/pieces.js'
import type { Tensor } from '../tensor.js'
import { nameOf, rank } from './dtypes.js'
import { byBytes, pathOf } from './safe_open.js'
import { refuseShared } from './shared_tensors.js'

/** Tensors by name, such as a module's `state_dict()`. */
export type TensorDict = Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>

/** Texts to save beside the tensors. */
export type Metadata = Readonly<Record<string, string>>

/** Told how many bytes of how many are done. */
export type OnProgress = (done: number, total: number) => void

interface Prepared {
  name: string
  tensor: Tensor
  dtype: string
  bytes: number
}

/** A file that can be written: its size, and its bytes in pieces. */
interface Plan {
  size: number
  chunks: () => Iterable<Uint8Array>
}

/**
 * The tensors as the bytes of a safetensors file. They must be dense and contiguous and share no memory.
 *
 * https://huggingface.co/docs/safetensors/api/torch#safetensors.torch.save
 */
export function save(tensors: TensorDict, metadata: Metadata | null = null): Uint8Array {
  const { size, chunks } = plan(tensors, metadata)
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks()) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}

/**
 * Writes the tensors as a safetensors file, which appears when it is whole. They must be dense and contiguous and share no
 * memory; `save_model` leaves out what is there twice.
 *
 * https://huggingface.co/docs/safetensors/api/torch#safetensors.torch.save_file
 */
export function save_file(tensors: TensorDict, filename: string | URL, metadata: Metadata | null = null): void {
  writeAtomically(pathOf(filename), plan(tensors, metadata).chunks())
}

/** `save_file` without waiting for the disk. The tensors must not change until the promise settles. */
export async function saveFileAsync(
  tensors: TensorDict,
  filename: string | URL,
  metadata: Metadata | null = null,
  { onProgress }: { onProgress?: OnProgress } = {},
): Promise<void> {
  const { size, chunks } = plan(tensors, metadata)
  await writeAtomicallyAsync(pathOf(filename), onProgress ? reported(chunks(), size, onProgress) : chunks())
}

function* reported(chunks: Iterable<Uint8Array>, size: number, onProgress: OnProgress): Generator<Uint8Array> {
  let done = 0
  for (const chunk of chunks) {
    yield chunk
    done += chunk.byteLength
    onProgress(done, size)
  }
}

/** Checks everything, so that nothing is written of what can't be. */
function plan(tensors: TensorDict, metadata: Metadata | null): Plan {
  const prepared = entriesOf(tensors).map(([name, tensor]) => prepare(name, tensor))
  prepared.sort((a, b) => rank.get(b.dtype)! - rank.get(a.dtype)! || byBytes(a.name, b.name))
  const header = headerOf(prepared, metadata)
  return {
    size: prepared.reduce((sum, { bytes }) => sum + bytes, header.byteLength),
    *chunks() {
      yield header
      for (const { tensor } of prepared) for (const [, piece] of pieces(plainBytes(tensor))) yield piece
    },
  }
}

function entriesOf(tensors: TensorDict): [string, Tensor][] {
  if (typeof tensors !== 'object' || tensors === null || native.isTensor(tensors) || Array.isArray(tensors))
    throw valueError(`Expected a dict of [str, torch.Tensor] but received ${typeName(tensors)}`)
  const entries: [string, Tensor][] = tensors instanceof Map ? [...tensors] : Object.entries(tensors)
  const sparse: string[] = []
  for (const [name, tensor] of entries) {
    if (typeof name !== 'string') throw valueError(`Key \`${String(name)}\` is invalid, expected a string`)
    if (!native.isTensor(tensor))
      throw valueError(`Key \`${name}\` is invalid, expected torch.Tensor but received ${typeName(tensor)}`)
    if (name === '__metadata__') throw valueError('`__metadata__` can be no tensor: the format keeps other texts there')
    if (Buffer.from(name).toString() !== name) throw valueError(`Key ${JSON.stringify(name)} is no Unicode text`)
    if (tensor.layout.name !== 'strided') sparse.push(name)
  }
  if (sparse.length > 0)
    throw valueError(
      `You are trying to save a sparse tensors: \`[${sparse.map(name => `'${name}'`).join(', ')}]\` which this library ` +
        'does not support. You can make it a dense tensor before saving with `.to_dense()` but be aware this might make ' +
        'a much larger file than needed.',
    )
  refuseShared(new Map(entries))
  return entries
}

function prepare(name: string, tensor: Tensor): Prepared {
  if (tensor.device.type === 'meta') throw valueError(`\`${name}\` is on the meta device: it has no values to save`)
  if (!tensor.is_contiguous())
    throw valueError(
      `You are trying to save a non contiguous tensor: \`${name}\` which is not allowed. It either means you are trying to ` +
        "save tensors which are reference of each other in which case it's recommended to save only the full tensors, and " +
        'reslice at load time, or simply call `.contiguous()` on your tensor to pack it before saving.',
    )
  const dtype = nameOf(tensor.dtype)
  if (dtype === undefined)
    throw new TypeError(`\`${name}\` has the dtype ${tensor.dtype}, which the safetensors format does not have`)
  return { name, tensor, dtype, bytes: tensor.numel() * tensor.itemsize }
}

/** On the CPU, with the values themselves in memory. */
function plainBytes(tensor: Tensor): Tensor {
  return tensor.detach().cpu().resolve_conj().resolve_neg()
}

function headerOf(prepared: readonly Prepared[], metadata: Metadata | null): Uint8Array {
  const parts: string[] = []
  if (metadata !== null) parts.push(`"__metadata__":${JSON.stringify(checkedMetadata(metadata))}`)
  let at = 0
  for (const { name, tensor, dtype, bytes } of prepared) {
    const shape = [...tensor.shape]
    if (dtype === 'F4' && shape.length > 0) shape.push(shape.pop()! * 2)
    parts.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [at, at + bytes] })}`)
    at += bytes
  }
  const json = Buffer.from(`{${parts.join(',')}}`)
  // The data begins at a multiple of 8 bytes.
  const header = Buffer.alloc(8 + Math.ceil(json.byteLength / 8) * 8, ' ')
  header.writeBigUInt64LE(BigInt(header.byteLength - 8))
  json.copy(header, 8)
  return header
}

function checkedMetadata(metadata: Metadata): Metadata {
  if (typeof metadata !== 'object' || Array.isArray(metadata))
    throw new TypeError(`argument 'metadata': expected a dict of texts, not ${typeName(metadata)}`)
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string')
      throw new TypeError(`argument 'metadata': '${typeName(value)}' object is not an instance of 'str'`)
    if (Buffer.from(key + value).toString() !== key + value)
      throw valueError(`metadata ${JSON.stringify(key)} is no Unicode text`)
  }
  return metadata
}
