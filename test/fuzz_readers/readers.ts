/** The readers under test. Each goes on to look at what it read, as a program would. */
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as torch from 'torch-node'
import { type Kind, makeShard } from './corpus.js'

const { safetensors, jit } = torch

/** Larger tensors, such as expanded ones, are valid values that take for ever. */
const maxElements = 1e6
const maxValues = 10_000

/** Reads every value, so that memory which is not there would be touched. */
function look(value: unknown): void {
  const seen = new Set<unknown>()
  const waiting = [value]
  while (waiting.length > 0 && seen.size < maxValues) {
    const part = waiting.pop()
    if (typeof part !== 'object' || part === null || seen.has(part)) continue
    seen.add(part)
    if (torch.is_tensor(part)) lookAt(part as torch.Tensor)
    else if (part instanceof Map) for (const [key, item] of part) waiting.push(key, item)
    else if (part instanceof Set || Array.isArray(part)) for (const item of part) waiting.push(item)
    else waiting.push(...Object.values(part))
  }
}

function lookAt(t: torch.Tensor): void {
  String(t.dtype)
  if (t.device.type === 'meta') return
  const dense = t.layout.name === 'strided' ? t : t.numel() < maxElements ? t.to_dense() : t
  if (dense.numel() > maxElements || dense.layout.name !== 'strided') return
  dense.clone()
  if (dense.numel() < 100) dense.tolist()
}

export type Reader = (path: string, bytes: Buffer) => unknown

/** Several ways for each kind, one of which a case takes. */
export const readers: Record<Kind, Reader[]> = {
  pt: [
    (_, bytes) => look(torch.load(bytes)),
    path => look(torch.load(path)),
    path => look(torch.load(path, { map_location: 'meta' })),
    async path => look(await torch.loadAsync(path)),
    (path, bytes) => look(torch.load(path, { mmap: bytes.subarray(0, 2).toString() === 'PK' })),
    path => look(torch.load(path, { objectsAsRecords: true })),
  ],
  safetensors: [
    (_, bytes) => look(safetensors.load(bytes)),
    path => look(safetensors.load_file(path)),
    path => look(safetensors.load_file(path, { backend: 'pread' })),
    async path => look(await safetensors.loadFileAsync(path)),
  ],
  'index.json': [
    path => {
      makeShard(join(dirname(path), 'shard.bin'))
      look(safetensors.loadSharded(path))
    },
  ],
  npy: [
    (_, bytes) => look(torch.loadNpy(bytes)),
    path => look(torch.loadNpy(path)),
    async path => look(await torch.loadNpyAsync(path)),
  ],
  npz: [(_, bytes) => lookAtArrays(torch.loadNpz(bytes)), path => lookAtArrays(torch.loadNpz(path))],
  torchscript: [
    (_, bytes) => lookAtScript(jit.load(bytes)),
    path => lookAtScript(jit.load(path)),
    path => lookAtScript(jit.load(path, { map_location: 'cpu', _extra_files: { 'labels.txt': '' } })),
    async path => lookAtScript(await jit.loadAsync(path)),
  ],
}

function lookAtArrays(arrays: torch.NpzFile): void {
  using file = arrays
  for (const [, t] of file) look(t)
}

function lookAtScript(module: torch.jit.ScriptModule): void {
  look(module.state_dict())
  String(module.code)
}

/** Reads a case in the way that its number tells. */
export async function read(kind: Kind, path: string, bytes: Buffer, way: number): Promise<void> {
  writeFileSync(path, bytes)
  const ways = readers[kind]
  await ways[way % ways.length]!(path, bytes)
}
