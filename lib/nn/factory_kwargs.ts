import { isPlainObject, typeName } from '../_C/args.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import type { memory_format } from '../memory_format.js'

/** Keywords of functions that make tensors. */
export interface FactoryKwargs {
  device?: DeviceLike | null
  dtype?: dtype | null
  memory_format?: memory_format
}

/**
 * The keywords `device`, `dtype` and `memory_format` of a layer's constructor, with those in `factory_kwargs`, for functions
 * such as `torch.empty`.
 *
 * @throws TypeError for any other keyword, and for one given twice.
 */
export function factory_kwargs(kwargs: (FactoryKwargs & { factory_kwargs?: FactoryKwargs }) | null): FactoryKwargs {
  if (kwargs === null) return {}
  if (!isPlainObject(kwargs)) throw new TypeError(`factory_kwargs() expects a dict, not ${typeName(kwargs)}`)
  const { factory_kwargs: inner = {}, ...outer } = kwargs as FactoryKwargs & { factory_kwargs?: FactoryKwargs }
  const unexpected = Object.keys(outer).filter(name => !['device', 'dtype', 'memory_format'].includes(name))
  if (unexpected.length > 0) throw new TypeError(`unexpected kwargs ${unexpected.join(', ')}`)
  for (const name of Object.keys(outer))
    if (name in inner) throw new TypeError(`${name} specified twice, in **kwargs and in factory_kwargs`)
  return { ...inner, ...outer }
}
