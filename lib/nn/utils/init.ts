import { isPlainObject } from '../../_C/args.js'
import { runtimeError } from '../../_C/raise.js'
import type { DeviceLike } from '../../device.js'
import { type AnyModule, Module } from '../module.js'

/** A class of modules. */
type ModuleClass<A extends unknown[], M extends AnyModule> = new (...args: A) => M

/**
 * Makes a module whose parameters and buffers have memory but no values: `new module_cls(...args)` without the time that
 * initialisation takes. The class must take the keyword `device`, and pass it to all that it makes.
 *
 * ```ts
 * const layer = nn.utils.skip_init(nn.Linear, 1000, 1000)
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.skip_init.html
 *
 * @throws TorchError for what is not a class of modules, TypeError for one that does not take `device`.
 */
export function skip_init<A extends unknown[], M extends AnyModule>(module_cls: ModuleClass<A, M>, ...args: A): M {
  if (typeof module_cls !== 'function' || !(module_cls.prototype instanceof Module))
    throw runtimeError(`Expected a Module; got ${String(module_cls)}`)
  const last = args.at(-1)
  const keywords: { device?: DeviceLike | null } = isPlainObject(last) ? last : {}
  const positional = isPlainObject(last) ? args.slice(0, -1) : args
  const made = new module_cls(...([...positional, { ...keywords, device: 'meta' }] as A))
  const tensors = [...made.parameters(), ...made.buffers()]
  if (tensors.some(t => !t.is_meta)) throw runtimeError("Module must support a 'device' arg to skip initialization")
  return made.to_empty({ device: keywords.device === undefined ? 'cpu' : keywords.device })
}
