/** Jacobians two ways: by finite differences, and by autograd. Columns are outputs, rows are the elements of an input. */
import { call } from '../../_C/call.js'
import { native } from '../../_C/native.js'
import { assertionError } from '../../_C/raise.js'
import * as ops from '../../_generated/ops.js'
import { Complex } from '../../complex.js'
import { complex128, float64 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import { ofEnabledGrad } from '../_functional.js'
import { dual_level, make_dual, unpack_dual } from '../forward_ad.js'
import { grad } from '../run.js'
import { flatDense, type Probe } from './probe.js'

/** A function of tensors as the checks see it: always with a list of outputs. */
export type ListFunc = () => Tensor[]

/** A direction to go: along the real axis, and for complex inputs along the imaginary one. */
export interface Direction {
  real: Tensor
  imaginary: Tensor | null
}

const complexOne = new Complex(0, 1)

/** Every value of an input as a direction. */
export function* unitDirections(probe: Probe): Generator<Direction> {
  const complex = probe.values.is_complex()
  for (let i = 0; i < native.numel(probe.values); i++) {
    const real = probe.unit(i)
    yield { real, imaginary: complex ? real.mul(complexOne) : null }
  }
}

function sameKind(a: Tensor, b: Tensor, eps: number): void {
  const text = (t: Tensor): string => `shape ${t.shape} and dtype ${t.dtype}`
  if (text(a) !== text(b))
    throw assertionError(
      `Expected \`func\` to return outputs with the same shape and dtype when inputs are perturbed by ${eps}, but got: ${text(a)}, ${text(b)}.`,
    )
}

/** The central difference of `fn`'s outputs along `step`, flattened. The input's memory is changed, and restored. */
export function difference(fn: ListFunc, { values }: Probe, step: Tensor, eps: number): Tensor[] {
  const original = values.clone()
  let below: Tensor[]
  let above: Tensor[]
  try {
    values.copy_(original.sub(step.mul(eps)))
    // Copies: an output may be the input itself.
    below = fn().map(output => output.detach().clone())
    values.copy_(original.add(step.mul(eps)))
    above = fn().map(output => output.detach().clone())
  } finally {
    values.copy_(original)
  }
  return below.map((low, i) => {
    const high = above[i]!
    sameKind(low, high, eps)
    return high
      .sub(low)
      .div(2 * eps)
      .reshape([-1])
  })
}

/** The derivative of every output along a direction; along both axes of a complex one, as the conjugate Wirtinger one. */
export function numericalAlong(fn: ListFunc, probe: Probe, { real, imaginary }: Direction, eps: number): Tensor[] {
  const along = difference(fn, probe, real, eps)
  if (imaginary === null) return along
  const across = difference(fn, probe, imaginary, eps)
  return along.map((dx, i) => dx.add(across[i]!.mul(complexOne)))
}

/** The Jacobian of every output with respect to the input, by differences. */
export function numericalJacobian(fn: ListFunc, probe: Probe, eps: number): Tensor[] {
  const rows = [...unitDirections(probe)].map(direction => numericalAlong(fn, probe, direction, eps))
  const count = rows[0]?.length ?? 0
  const columns = (i: number): unknown[] => rows.map(row => row[i])
  return Array.from({ length: count }, (_, i) => probe.spread(call(ops.stack, columns(i)) as Tensor))
}

/** The gradient of `output` along `v` with respect to each input; null where there is none. */
export function vectorProducts(output: Tensor, inputs: readonly Tensor[], v: Tensor): (Tensor | null)[] {
  return grad(output, inputs, v, { retain_graph: true, allow_unused: true })
}

/** Zeros of `t`'s kind with a one at one element, counted in rows. */
function basis(t: Tensor, element: number): Tensor {
  const flat = call(ops.zeros, [native.numel(t)], { dtype: t.dtype, device: t.device }) as Tensor
  flat.at(element).fill_(1)
  return flat.view(t.shape)
}

/** The Jacobian of one output with respect to each input, by autograd. */
export function analyticalJacobian(output: Tensor, inputs: readonly Tensor[]): Tensor[] {
  const own = ofEnabledGrad(true, () => output.clone())
  const columns: (Tensor | null)[][] = []
  for (let i = 0; i < native.numel(output); i++) columns.push(vectorProducts(own, inputs, basis(own, i)))
  return inputs.map((input, k) => {
    const zeros = flatZeros(input)
    if (columns.length === 0) return zeros.view([-1, 1]).narrow(1, 0, 0)
    const flat = columns.map(column => {
      const found = column[k] ?? null
      return found === null ? zeros : flatDense(found)
    })
    return call(ops.stack, flat, 1) as Tensor
  })
}

/** Zeros for the elements of `t`, flat and dense. */
export function flatZeros(t: Tensor): Tensor {
  return call(ops.zeros, [native.numel(t)], { dtype: t.dtype, device: t.device }) as Tensor
}

/** The derivative of every output along a tangent of `input`, by forward mode. */
export function forwardAlong(fn: (input: Tensor) => Tensor[], input: Tensor, tangent: Tensor): Tensor[] {
  return dual_level(() =>
    fn(make_dual(input.detach(), tangent)).map(output => {
      const { primal, tangent: derivative } = unpack_dual(output)
      return (derivative ?? (call(ops.zeros_like, primal) as Tensor)).detach().reshape([-1]).clone()
    }),
  )
}

/** A random direction of length 1 with no negative part, of an output's kind. */
export function randomDirection(t: Tensor): Tensor {
  const values = call(ops.rand, [native.numel(t)], { dtype: float64 }) as Tensor
  return values
    .div(values.norm())
    .to(t.is_complex() ? complex128 : float64)
    .to(t.dtype)
    .view(t.shape)
}
