import { typeName } from './_C/args.js'
import { native } from './_C/native.js'
import { StorageBase } from './_storage_base.js'
import type { Tensor } from './tensor.js'

/**
 * The name of a value's type: `torch.LongTensor` for an int64 tensor, `int` for a whole number; of functions, classes and
 * their instances the name without PyTorch's module.
 * https://docs.pytorch.org/docs/stable/generated/torch.typename.html
 */
export function typename(obj: unknown): string {
  if (native.isTensor(obj)) return (obj as Tensor).type()
  if (obj instanceof StorageBase) return `torch.storage.${typeName(obj)}`
  if (typeof obj === 'function') return obj.name
  return Array.isArray(obj) ? 'list' : typeName(obj)
}
