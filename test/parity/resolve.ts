/**
 * Which public function or method an OpInfo entry means, and how its sample's arguments are written here.
 *
 * A name stands for itself: `add` is `torch.add`, `linalg.inv` is `torch.linalg.inv`, `view` is a method, `_chunk_cat` an
 * operator of `torch.ops.aten`. The table below holds the others: Python's dunders, attributes, and the entries whose `op`
 * in the database is a lambda that moves arguments about.
 */
import * as torch from 'torch-node'
import type { Tensor } from '#lib/tensor.js'
import { isTuple } from './values.js'

type Keywords = Record<string, unknown>
export type Function = (...args: unknown[]) => unknown

export interface Target {
  /** Such as `torch.linalg.inv` or `Tensor.view`. */
  readonly where: string
  /** Calls it with a sample: `[input, ...args]` and keywords. */
  call(args: unknown[], keywords: Keywords): unknown
}

interface Rule {
  /** The functions that it needs, all by path. */
  readonly needs: readonly string[]
  call(functions: Function[], args: unknown[], keywords: Keywords): unknown
}

/** Entries whose operator this platform can't have, with the reason. */
export const excused: Record<string, string> = {
  jiterator_unary: 'compiles CUDA source at run time, through a part of PyTorch that CPU builds lack',
  jiterator_binary: 'as jiterator_unary',
  jiterator_binary_return_by_ref: 'as jiterator_unary',
  jiterator_2inputs_2outputs: 'as jiterator_unary',
  jiterator_4inputs_with_extra_args: 'as jiterator_unary',
}

/** Entries whose result is memory as it is found. */
export const withoutContents = new Set([
  'empty',
  'empty_like',
  'empty_permuted',
  'empty_strided',
  'new_empty',
  'new_empty_strided',
  'resize_',
  'resize_as_',
])

/** A property of tensors; reading a getter from the prototype itself would call it without a tensor. */
function descriptor(name: string): PropertyDescriptor | null {
  for (let place: object | null = torch.Tensor.prototype; place; place = Object.getPrototypeOf(place)) {
    const found = Object.getOwnPropertyDescriptor(place, name)
    if (found) return found
  }
  return null
}

/** A method as a function of the tensor and its arguments. */
function method(name: string): Function | null {
  const isMethod = typeof descriptor(name)?.value === 'function'
  return isMethod ? (self, ...args) => ((self as Record<string, unknown>)[name] as Function).apply(self, args) : null
}

/** The function at `linalg.inv` of the namespace, or at `Tensor.view`, or null. */
export function lookUp(path: string): Function | null {
  const steps = path.split('.')
  if (steps[0] === 'Tensor') return method(steps[1]!)
  let place: unknown = torch
  let owner: unknown
  for (const step of steps) {
    if ((typeof place !== 'object' && typeof place !== 'function') || place === null) return null
    owner = place
    place = (place as Record<string, unknown>)[step]
  }
  if (typeof place !== 'function') return null
  // A namespace's function may be a method of the namespace object.
  return (...args) => (place as Function).call(owner, ...args)
}

export function withKeywords(args: unknown[], keywords: Keywords): unknown[] {
  return Object.keys(keywords).length > 0 ? [...args, keywords] : args
}

/** `f(...order(args), keywords)`. */
function rearranged(path: string, order: (...args: never[]) => unknown[]): Rule {
  return {
    needs: [path],
    call: ([f], args, keywords) => f!(...withKeywords(order(...(args as never[])), keywords)),
  }
}

const as = (path: string): Rule => rearranged(path, (...args: unknown[]) => args)
/** `other + self` where Python has `self.__radd__(other)`. */
const reflected = (path: string): Rule => rearranged(path, (self, other) => [other, self])
const onClone = (path: string): Rule => rearranged(path, (self: Tensor, ...rest: unknown[]) => [self.clone(), ...rest])
/** `f(a @ b.mT)`: the database's way to a matrix of low rank. */
const onProduct = (path: string): Rule =>
  rearranged(path, (a: Tensor, b: Tensor, ...rest: unknown[]) => [a.matmul(b.mT), ...rest])

function attribute(name: string): Rule {
  return { needs: [], call: (_, [self]) => (self as Record<string, unknown>)[name] }
}

/** The tensor and the index of `at` for the operator `slice(self, dim, start, end, step)`. */
function sliceIndex(args: unknown[], keywords: Keywords): unknown[] {
  const self = args[0] as Tensor
  const bound = (i: number, name: string) => (args[i] ?? keywords[name] ?? null) as number | null
  const dim = bound(1, 'dim') ?? 0
  const before = Array.from({ length: dim < 0 ? dim + self.dim() : dim }, () => torch.slice(null, null, null))
  return [self, ...before, torch.slice(bound(2, 'start'), bound(3, 'end'), bound(4, 'step'))]
}

const attributes = ['T', 'H', 'mT', 'mH']

/** By `name.variant`, or by name for all variants. */
const rules: Record<string, Rule> = {
  ...Object.fromEntries(attributes.map(name => [name, attribute(name)])),
  __getitem__: rearranged('Tensor.at', (self, index) => [self, ...(isTuple(index) ? index : [index])]),
  __radd__: reflected('add'),
  __rand__: reflected('bitwise_and'),
  // As Python's: one rounding more than `div`, which bfloat16 shows.
  __rdiv__: {
    needs: ['Tensor.reciprocal', 'Tensor.mul'],
    call: ([reciprocal, mul], [self, other]) => mul!(reciprocal!(self), other),
  },
  __rmatmul__: reflected('matmul'),
  __rmod__: reflected('remainder'),
  __rmul__: reflected('mul'),
  __ror__: reflected('bitwise_or'),
  __rpow__: reflected('pow'),
  __rsub__: reflected('sub'),
  __rxor__: reflected('bitwise_xor'),
  slice: { needs: ['Tensor.at'], call: ([at], args, keywords) => at!(...sliceIndex(args, keywords)) },
  // Random in place.
  cauchy: as('Tensor.cauchy_'),
  exponential: as('Tensor.exponential_'),
  geometric: as('Tensor.geometric_'),
  log_normal: as('Tensor.log_normal_'),
  'normal.in_place': as('Tensor.normal_'),
  uniform: as('Tensor.uniform_'),
  resize_: onClone('Tensor.resize_'),
  resize_as_: onClone('Tensor.resize_as_'),
  zero_: onClone('Tensor.zero_'),
  // Python's private alias.
  _segment_reduce: as('segment_reduce'),
  // The database calls randn_like under this name.
  rand_like: { needs: ['randn_like', 'rand_like'], call: ([f], args, keywords) => f!(...withKeywords(args, keywords)) },
  // The tensor that the sample is about is not the function's first parameter.
  einsum: rearranged('einsum', (tensors, equation) => [equation, ...(tensors as unknown[])]),
  polygamma: rearranged('polygamma', (x, n) => [n, x]),
  'special.polygamma': rearranged('special.polygamma', (x, n) => [n, x]),
  where: rearranged('where', (self, condition, ...other: unknown[]) => [condition, self, ...other]),
  'normal.number_mean': rearranged('normal', (std, mean, ...rest: unknown[]) => [mean, std, ...rest]),
  'nn.functional.embedding': rearranged('nn.functional.embedding', (weight, index, ...rest: unknown[]) => [
    index,
    weight,
    ...rest,
  ]),
  'nn.functional.embedding_bag': rearranged('nn.functional.embedding_bag', (weight, index, ...rest: unknown[]) => [
    index,
    weight,
    ...rest,
  ]),
  // Made of matrices of low rank.
  svd_lowrank: onProduct('svd_lowrank'),
  pca_lowrank: onProduct('pca_lowrank'),
  'linalg.pinv.singular': onProduct('linalg.pinv'),
  'linalg.lstsq.grad_oriented': {
    needs: ['linalg.lstsq'],
    call: ([lstsq], args, keywords) => [...(lstsq!(...withKeywords(args, keywords)) as Iterable<unknown>)].slice(0, 2),
  },
  max_pool2d_with_indices_backward: {
    needs: ['nn.functional.max_pool2d', 'ops.aten.max_pool2d_with_indices_backward'],
    call: ([forward, backward], [x], keywords) => {
      const { kernel_size, stride, padding = [0], dilation = [1], ceil_mode = false } = keywords
      const [out, indices] = forward!(x, { ...keywords, return_indices: true }) as [Tensor, Tensor]
      const grad = torch.ones_like(out)
      return backward!(grad, x, kernel_size, stride ?? kernel_size, padding, dilation, ceil_mode, indices)
    },
  },
}

/** Where a name may live, in order. */
function places(name: string): string[] {
  const plain = name.replace(/^torch\./, '').replace(/\.default$/, '')
  const paths = [plain, `Tensor.${plain}`, `ops.aten.${plain}`]
  return plain.includes('.') ? paths.slice(0, 1) : paths
}

/** The public function or method of an entry, or null when there is none. */
export function resolve(name: string, variant: string): Target | null {
  const rule = rules[`${name}.${variant}`] ?? rules[name]
  if (rule) {
    if (attributes.includes(name) && !descriptor(name)?.get) return null
    const functions = rule.needs.map(lookUp)
    if (functions.includes(null)) return null
    const where = qualified(rule.needs.at(-1) ?? `Tensor.${name}`)
    return { where, call: (args, keywords) => rule.call(functions as Function[], args, keywords) }
  }
  for (const path of places(name)) {
    const f = lookUp(path)
    if (f) return { where: qualified(path), call: (args, keywords) => f(...withKeywords(args, keywords)) }
  }
  return null
}

function qualified(path: string): string {
  return path.startsWith('Tensor.') ? path : `torch.${path}`
}

/** Such as `torch.linalg` of `torch.linalg.inv`. */
export function namespaceOf(where: string): string {
  return where.slice(0, where.lastIndexOf('.'))
}
