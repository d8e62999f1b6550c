import { isPlainObject } from '../../../_C/args.js'
import { native } from '../../../_C/native.js'
import { Tensor } from '../../../tensor.js'

let warned = false

/** The batch with its tensors in page-locked memory; the batch itself, with a warning, where there is no accelerator. */
export function pinned(batch: unknown): unknown {
  if (native.hasCuda()) return pin(batch)
  if (!warned)
    process.emitWarning(
      "'pin_memory' argument is set as true but no accelerator is found, then device pinned memory won't be used.",
      'TorchWarning',
    )
  warned = true
  return batch
}

function pin(data: unknown): unknown {
  if (data instanceof Tensor) return data.pin_memory()
  if (Array.isArray(data)) return data.map(pin)
  if (data instanceof Map) return new Map([...data].map(([key, value]) => [key, pin(value)]))
  if (isPlainObject(data)) return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, pin(value)]))
  return data
}
