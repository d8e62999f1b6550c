/** Which tensors of a state dict share memory, which the format can't express. */
import { native } from '../_C/native.js'
import { runtimeError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { byBytes } from './safe_open.js'

export type NamedTensors = ReadonlyMap<string, Tensor>

interface Place {
  name: string
  start: bigint
  stop: bigint
}

/** Groups of names whose tensors lie in one storage and overlap there; tensors alone are groups of one. */
export function findShared(tensors: NamedTensors): string[][] {
  const storages = new Map<string, string[]>()
  for (const [name, t] of tensors) {
    const base = storageStart(t)
    const bytes = native.storageBytes(t)
    if (t.device.type === 'meta' || base === 0n || bytes === 0) continue
    const key = `${t.device} ${base} ${bytes}`
    storages.set(key, [...(storages.get(key) ?? []), name])
  }
  return [...storages.values()].flatMap(names => overlapping(names, tensors))
}

function overlapping(names: string[], tensors: NamedTensors): string[][] {
  const places = names.map(name => placeOf(name, tensors.get(name)!))
  places.sort((a, b) => compare(a.start, b.start) || compare(a.stop, b.stop) || byBytes(a.name, b.name))
  const groups: string[][] = []
  let lastStop = -1n
  for (const { name, start, stop } of places) {
    if (start >= lastStop) groups.push([name])
    else groups.at(-1)!.push(name)
    lastStop = stop
  }
  return groups
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : Number(a > b))

function storageStart(t: Tensor): bigint {
  return native.dataPtr(t) - BigInt(native.storageOffset(t) * t.itemsize)
}

function placeOf(name: string, t: Tensor): Place {
  const start = native.dataPtr(t)
  const strides = t.stride()
  const last = t.shape.reduce((sum, size, i) => sum + (size - 1) * strides[i]!, 0)
  return { name, start, stop: t.numel() === 0 ? start : start + BigInt((last + 1) * t.itemsize) }
}

function isComplete(t: Tensor): boolean {
  return native.storageOffset(t) === 0 && t.numel() * t.itemsize === native.storageBytes(t)
}

/** For each name to keep, those of the same memory to leave out; `preferred` names are kept where there is a choice. */
export function findDuplicates(tensors: NamedTensors, preferred: readonly string[] = []): Map<string, string[]> {
  const duplicates = new Map<string, string[]>()
  for (const shared of findShared(tensors)) {
    const complete = shared.filter(name => isComplete(tensors.get(name)!)).sort(byBytes)
    if (complete.length === 0)
      throw runtimeError(
        'Error while trying to find names to remove to save state dict, but found no suitable name to keep for saving ' +
          `amongst: ${asSet(shared)}. None is covering the entire storage.Refusing to save/load the model since you could ` +
          'be storing much more memory than needed. Please refer to https://huggingface.co/docs/safetensors/' +
          'torch_shared_tensors for more information. Or open an issue.',
      )
    const kept = complete.find(name => preferred.includes(name)) ?? complete[0]!
    const others = shared.filter(name => name !== kept).sort(byBytes)
    if (others.length > 0) duplicates.set(kept, others)
  }
  return duplicates
}

/** @throws {TorchError} that names the tensors which share memory */
export function refuseShared(tensors: NamedTensors): void {
  const failing = findShared(tensors).filter(names => names.length > 1)
  if (failing.length === 0) return
  throw runtimeError(
    'Some tensors share memory, this will lead to duplicate memory on disk and potential differences when loading them ' +
      `again: [${failing.map(asSet).join(', ')}]. A potential way to correctly save your model is to use \`save_model\`. ` +
      'More information at https://huggingface.co/docs/safetensors/torch_shared_tensors',
  )
}

function asSet(names: readonly string[]): string {
  return `{${names.map(name => `'${name}'`).join(', ')}}`
}
