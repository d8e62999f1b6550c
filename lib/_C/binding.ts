/** Where Python's binding of an operator takes more than the operator's schema; the generated facade calls these. */
import * as ops from '../_generated/ops.js'
import { sparse_bsc, sparse_bsr, sparse_csc, sparse_csr } from '../layout.js'
import { memory_format } from '../memory_format.js'
import { withChecks } from '../sparse/check_sparse_tensor_invariants.js'
import { isPlainObject } from './args.js'
import { call } from './call.js'

const compressed: ReadonlySet<unknown> = new Set([sparse_csr, sparse_csc, sparse_bsr, sparse_bsc])

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

/** The indices of a compressed layout are whatever was in memory: no check may look at them. */
export function empty(...args: unknown[]): unknown {
  const keywords = args.at(-1)
  const given = isPlainObject(keywords) ? keywords.layout : undefined
  const make = () => call(ops.empty, ...args)
  return compressed.has(given) ? withChecks(false, make) : make()
}
