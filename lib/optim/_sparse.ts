import { call } from '../_C/call.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'

/** Other values at the places of the coalesced sparse tensor `like`. */
export function makeSparse(like: Tensor, values: Tensor): Tensor {
  return call(ops.sparse_coo_tensor, like._indices(), values, like.size(), {
    dtype: values.dtype,
    device: values.device,
  }) as Tensor
}
