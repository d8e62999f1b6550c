import { native } from '../_C/native.js'
import { ones } from '../_generated/torch.js'
import { sparse_compressed_tensor, sparse_coo_tensor } from '../_sparse_constructors.js'
import { no_grad } from '../autograd/grad_mode.js'
import { bool } from '../dtype.js'
import type { Tensor } from '../tensor.js'

type Func = (...inputs: never[]) => unknown
type Gradcheck<Options extends object> = (func: never, inputs: unknown[], options?: Options) => boolean

/** What stands for one input of the function: a strided tensor or a plain value, and the way back. */
interface Stand {
  strided: unknown
  restore(strided: unknown): unknown
}

const layouts = new Set(['sparse_coo', 'sparse_csr', 'sparse_csc', 'sparse_bsr', 'sparse_bsc'])

function isSparseVariable(value: unknown): value is Tensor {
  if (!native.isTensor(value)) return false
  const t = value as Tensor
  return t.requires_grad && layouts.has(t.layout.name)
}

/** The same tensor with its zeros stated, so that a derivative can be asked of every element. */
function filled(t: Tensor): Tensor {
  const { layout, shape } = t
  const dense_dim = t.dense_dim()
  const batch = t.ndim - dense_dim - t.sparse_dim()
  const isBlocked = layout.name === 'sparse_bsr' || layout.name === 'sparse_bsc'
  const blocksize = isBlocked ? t.values().shape.slice(batch + 1, batch + 3) : null
  const everywhere = ones(shape, { dtype: bool, device: t.device }).to_sparse({ layout, blocksize, dense_dim })
  return t.to_dense().sparse_mask(everywhere)
}

function standFor(input: unknown, masked: boolean): Stand {
  if (!isSparseVariable(input)) return { strided: input, restore: same => same }
  const t = no_grad(() => (masked ? input.detach() : filled(input.detach())))
  const { layout } = t
  const size = t.shape
  if (t.is_sparse) {
    const indices = t._indices()
    const is_coalesced = t.is_coalesced()
    return {
      strided: t._values().requires_grad_(),
      restore: values => sparse_coo_tensor(indices, values as Tensor, size, { is_coalesced }),
    }
  }
  const byRow = layout.name === 'sparse_csr' || layout.name === 'sparse_bsr'
  const pointers = byRow ? t.crow_indices() : t.ccol_indices()
  const places = byRow ? t.col_indices() : t.row_indices()
  return {
    strided: t.values().detach().requires_grad_(),
    restore: values => sparse_compressed_tensor(pointers, places, values as Tensor, size, { layout }),
  }
}

/**
 * Makes of `gradcheck` one that also takes functions of, and to, sparse tensors; with `masked` only the elements that a
 * sparse input states are varied.
 * https://docs.pytorch.org/docs/stable/generated/torch.sparse.as_sparse_gradcheck.html
 */
export function as_sparse_gradcheck<Options extends object>(
  gradcheck: Gradcheck<Options>,
): (func: Func, inputs: Tensor | readonly unknown[], options?: Options & { masked?: boolean }) => boolean {
  return (func, inputs, options) => {
    const { masked = false, ...rest } = options ?? {}
    const list: readonly unknown[] = Array.isArray(inputs) ? inputs : [inputs]
    const stands = list.map(input => standFor(input, masked))
    const strided = (...values: unknown[]): unknown => {
      const outputs = (func as (...inputs: unknown[]) => unknown)(...stands.map(({ restore }, i) => restore(values[i])))
      const densify = (o: unknown) => (isSparseVariable(o) ? o.to_dense({ masked_grad: masked }) : o)
      return Array.isArray(outputs) ? outputs.map(densify) : densify(outputs)
    }
    const values = stands.map(stand => stand.strided)
    return gradcheck(strided as never, values, rest as Options)
  }
}
