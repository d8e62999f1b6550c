/** Where Python's binding of an operator takes more than the operator's schema; the generated facade calls these. */
import { defaultDeviceOr } from '../_default_device.js'
import * as ops from '../_generated/ops.js'
import { memory_format } from '../memory_format.js'
import { isPlainObject } from './args.js'
import { call } from './call.js'

/** `as_tuple` chooses between one tensor of indices and one tensor for each dimension. */
export function nonzero(...args: unknown[]): unknown {
  const keywords = args.at(-1)
  if (!isPlainObject(keywords) || !('as_tuple' in keywords)) return call(ops.nonzero, ...args)
  const { as_tuple = false, ...rest } = keywords
  if (typeof as_tuple !== 'boolean') throw new TypeError('nonzero(): as_tuple must be a bool')
  return call(as_tuple ? ops.nonzero_numpy : ops.nonzero, ...args.slice(0, -1), rest)
}

/** `memory_format` may stand by position too. */
export function contiguous(...args: unknown[]): unknown {
  const [self, format, ...rest] = args
  if (!(format instanceof memory_format) || rest.length > 0) return call(ops.contiguous, ...args)
  return call(ops.contiguous, self, { memory_format: format })
}

/** The arguments of a function that makes a tensor, with the device of `torch.set_default_device` where they name none. */
export function onDefaultDevice(args: unknown[]): unknown[] {
  const device = defaultDeviceOr(null)
  if (device === null) return args
  const keywords = args.at(-1)
  if (!isPlainObject(keywords)) return [...args, { device }]
  const settled = (keywords.device ?? keywords.out ?? null) !== null
  return settled ? args : [...args.slice(0, -1), { ...keywords, device }]
}
