import { call } from '../_C/call.js'
import { define } from '../_C/callable.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'

/**
 * LU factorisation of matrices (*, m, n): [LU, pivots], and the infos with `get_infos`. Deprecated in favour of
 * `torch.linalg.lu_factor`.
 * https://docs.pytorch.org/docs/stable/generated/torch.lu.html
 * @deprecated
 */
export const lu = define(
  'lu',
  ['A', 'pivot?', 'get_infos?', 'out?'],
  (A: Tensor, pivot = true, get_infos = false, out: readonly Tensor[] | null = null): Tensor[] => {
    // With the infos Python's has the names `LU`, `pivots` and `info`, without them it is a plain tuple.
    const all = call(ops._lu_with_info, A, pivot, !get_infos) as [Tensor, Tensor, Tensor]
    const result: Tensor[] = get_infos ? all : [all[0], all[1]]
    if (out === null) return result
    if (!Array.isArray(out) || out.length !== result.length)
      throw new TypeError(`expected tuple of ${result.length} elements but got ${out.length}`)
    return out.map((target: Tensor, i) => {
      call(ops.resize_as_, target, result[i])
      return call(ops.copy_, target, result[i]) as Tensor
    })
  },
)
