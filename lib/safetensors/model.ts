import { signature } from '../_C/args.js'
import { runtimeError } from '../_C/raise.js'
import type { DeviceLike } from '../device.js'
import type { Module } from '../nn/module.js'
import type { Tensor } from '../tensor.js'
import { load_file } from './load.js'
import { byBytes, type SafeBackend } from './safe_open.js'
import { type Metadata, save_file } from './save.js'
import { findDuplicates } from './shared_tensors.js'

/**
 * Writes a module's `state_dict()` as a safetensors file. Of tensors that share memory one is written; the metadata tells
 * which one stands for which.
 *
 * https://huggingface.co/docs/safetensors/api/torch#safetensors.torch.save_model
 */
export function save_model(
  model: Module,
  filename: string | URL,
  metadata: Metadata | null = null,
  force_contiguous = true,
): void {
  const tensors = new Map(Object.entries(model.state_dict()) as [string, Tensor][])
  const texts: Record<string, string> = { ...metadata }
  for (const [kept, others] of findDuplicates(tensors)) {
    for (const name of others) {
      if (!Object.hasOwn(texts, name)) texts[name] = kept
      tensors.delete(name)
    }
  }
  if (force_contiguous) for (const [name, t] of tensors) tensors.set(name, t.contiguous())
  save_file(tensors, filename, metadata === null && Object.keys(texts).length === 0 ? null : texts)
}

interface LoadModelArguments {
  model: Module
  filename: string | URL
  strict: boolean
  device: DeviceLike
  backend: SafeBackend
}

const bindLoadModel = signature<LoadModelArguments>(
  'load_model',
  'model',
  'filename',
  ['strict', true],
  ['device', 'cpu'],
  '*',
  ['backend', 'mmap'],
)

/**
 * Loads a safetensors file into a module, also where `save_model` left out tensors that share memory. Returns the names that
 * the file lacks and those that the module lacks.
 *
 * https://huggingface.co/docs/safetensors/api/torch#safetensors.torch.load_model
 *
 * @throws {TorchError} with `strict` (the default), where there are any such names
 */
export function load_model(
  model: Module,
  filename: string | URL,
  strict?: boolean,
  device?: DeviceLike,
): [missing: string[], unexpected: string[]]
export function load_model(
  model: Module,
  filename: string | URL,
  options: { strict?: boolean; device?: DeviceLike; backend?: SafeBackend },
): [missing: string[], unexpected: string[]]
export function load_model(...args: unknown[]): [missing: string[], unexpected: string[]] {
  const { model, filename, strict, device, backend } = bindLoadModel(args)
  const loaded = load_file(filename, { device, backend })
  const own = new Map(Object.entries(model.state_dict()) as [string, Tensor][])
  const duplicates = findDuplicates(own, Object.keys(loaded))
  const result = model.load_state_dict(loaded, false)
  const missing = new Set(result.missing_keys)
  const unexpected = [...result.unexpected_keys]
  // A name that shares its memory with a loaded one is not missing, and one beside it too many.
  for (const name of [...duplicates.values()].flat()) if (!missing.delete(name)) unexpected.push(name)
  if (strict && missing.size + unexpected.length > 0)
    throw runtimeError(
      [
        `Error(s) in loading state_dict for ${model.constructor.name}:`,
        ...(missing.size > 0 ? [`    Missing key(s) in state_dict: ${quoted([...missing])}`] : []),
        ...(unexpected.length > 0 ? [`    Unexpected key(s) in state_dict: ${quoted(unexpected)}`] : []),
      ].join('\n'),
    )
  return [[...missing], unexpected]
}

function quoted(names: string[]): string {
  return names
    .sort(byBytes)
    .map(name => `"${name}"`)
    .join(', ')
}
