import { isPlainObject } from '../_C/args.js'
import { call } from '../_C/call.js'
import { define } from '../_C/callable.js'
import { checkString, show } from '../_C/checks.js'
import { native } from '../_C/native.js'
import { assertionError, runtimeError, valueError } from '../_C/raise.js'
import { sizesOf } from '../_C/sizes.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'

/** A dimension of the sublist form: a number from 0 to 51, or `'...'`. */
type Subscript = number | '...'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function subscripts(list: unknown): string {
  if (!Array.isArray(list)) throw new TypeError('einsum(): expected a list of subscripts after each operand')
  if (list.length > letters.length) throw valueError('einsum(): an operand has at most 52 subscripts')
  return list
    .map((n: unknown) => {
      if (n === '...') return n
      const letter = typeof n === 'number' ? letters[n] : undefined
      if (letter === undefined)
        throw valueError('einsum(): subscript in subscript list is not within the valid range [0, 52)')
      return letter
    })
    .join('')
}

/**
 * Sums products of elements by Einstein's convention: `einsum('ij,jk->ik', a, b)`, or with lists of dimension numbers
 * `einsum(a, [0, 1], b, [1, 2], [0, 2])`. Operands are contracted from left to right.
 * https://docs.pytorch.org/docs/stable/generated/torch.einsum.html
 */
export function einsum(equation: string, ...operands: readonly Tensor[] | [readonly Tensor[]]): Tensor
export function einsum(...operandsAndSubscripts: readonly (Tensor | readonly Subscript[])[]): Tensor
export function einsum(...args: readonly unknown[]): Tensor {
  if (args.length < 2)
    throw valueError(
      'einsum(): must specify the equation string and at least one operand, or at least one operand and its subscripts list',
    )
  if (!native.isTensor(args[0])) {
    const operands = args.slice(1)
    return call(
      ops.einsum,
      args[0],
      operands.length === 1 && Array.isArray(operands[0]) ? operands[0] : operands,
    ) as Tensor
  }
  const hasOutput = args.length % 2 === 1
  const pairs = hasOutput ? args.slice(0, -1) : args
  const inputs = pairs.filter((_, i) => i % 2 === 1).map(subscripts)
  const equation = inputs.join(',') + (hasOutput ? `->${subscripts(args.at(-1))}` : '')
  return call(
    ops.einsum,
    equation,
    pairs.filter((_, i) => i % 2 === 0),
  ) as Tensor
}

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)

/**
 * Sums products over `dims` dimensions: the last of `a` with the first of `b`, or those in [dims of a, dims of b].
 * https://docs.pytorch.org/docs/stable/generated/torch.tensordot.html
 */
export const tensordot = define(
  'tensordot',
  ['a', 'b', 'dims?', 'out?'],
  (
    a: Tensor,
    b: Tensor,
    dims: number | readonly (readonly number[])[] | Tensor = 2,
    out: Tensor | null = null,
  ): Tensor => {
    let pair: readonly (readonly number[])[]
    let count: number | null = null
    if (native.isTensor(dims)) {
      const tensor = dims as Tensor
      if (native.numel(tensor) > 1) {
        if (sizesOf(tensor)[0] !== 2)
          throw assertionError(`dims tensor must have size 2 in first dimension, got ${sizesOf(tensor)[0]}`)
        pair = native.toNested(tensor) as number[][]
      } else {
        count = Number(native.item(tensor))
        pair = []
      }
    } else if (typeof dims === 'number') {
      count = dims
      pair = []
    } else pair = dims as readonly (readonly number[])[]
    if (count !== null) {
      if (!(count >= 0)) throw runtimeError(`tensordot expects dims >= 0, but got dims=${count}`)
      if (count > Math.min(native.dim(a), native.dim(b)))
        throw runtimeError(`tensordot expects dims < ndim_a or ndim_b, but got dims=${count}`)
      const n = count
      pair = [upTo(n).map(d => d - n), upTo(n)]
    }
    if (!Array.isArray(pair) || pair.length !== 2)
      throw runtimeError(
        `tensordot expects dims to be int or tuple[list[int], list[int]] or list[list[int]] containing two lists, but got dims=${show(dims)}`,
      )
    return call(ops.tensordot, a, b, pair[0], pair[1], ...(out === null ? [] : [{ out }])) as Tensor
  },
)

/**
 * The product of the matrices, in the cheapest order. Deprecated in favour of `torch.linalg.multi_dot`.
 * https://docs.pytorch.org/docs/stable/generated/torch.chain_matmul.html
 * @deprecated
 */
export function chain_matmul(...args: readonly Tensor[] | [...Tensor[], { out?: Tensor | null }]): Tensor {
  const last = args.at(-1)
  const keywords = isPlainObject(last) ? [last] : []
  return call(ops.chain_matmul, args.slice(0, args.length - keywords.length), ...keywords) as Tensor
}

const computeModes: Record<string, number | null> = {
  use_mm_for_euclid_dist_if_necessary: null,
  use_mm_for_euclid_dist: 1,
  donot_use_mm_for_euclid_dist: 2,
}

/**
 * `p`-norm distances between the rows of `x1` (B, P, M) and `x2` (B, R, M): (B, P, R).
 * https://docs.pytorch.org/docs/stable/generated/torch.cdist.html
 */
export const cdist = define(
  'cdist',
  ['x1', 'x2', 'p?', 'compute_mode?'],
  (x1: Tensor, x2: Tensor, p = 2, compute_mode = 'use_mm_for_euclid_dist_if_necessary'): Tensor => {
    checkString('cdist', 'compute_mode', compute_mode)
    if (!Object.hasOwn(computeModes, compute_mode))
      throw valueError(`${show(compute_mode)} is not a valid value for compute_mode`)
    return call(ops.cdist, x1, x2, p, computeModes[compute_mode]) as Tensor
  },
)
