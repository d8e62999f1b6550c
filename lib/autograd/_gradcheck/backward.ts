/** Backward mode against differences. */
import { call } from '../../_C/call.js'
import * as ops from '../../_generated/ops.js'
import { Complex } from '../../complex.js'
import type { Tensor } from '../../tensor.js'
import {
  analyticalJacobian,
  flatZeros,
  numericalAlong,
  numericalJacobian,
  randomDirection,
  vectorProducts,
} from './jacobian.js'
import { fail } from './options.js'
import { flatDense } from './probe.js'
import { close, partOf, type Subject, zerosOf } from './subject.js'

const complexOne = new Complex(0, 1)

/** Checks all gradients; of complex outputs those of both parts, of which each is a real function. */
export function checkBackward(subject: Subject, complex: boolean): void {
  for (const part of complex ? (['imaginary', 'real'] as const) : (['real'] as const))
    new BackwardCheck(
      subject,
      part,
      complex ? `While considering the ${part} part of complex outputs only, ` : '',
    ).run()
}

class BackwardCheck {
  readonly #subject: Subject
  readonly #part: 'real' | 'imaginary'
  readonly #prefix: string

  constructor(subject: Subject, part: 'real' | 'imaginary', prefix: string) {
    this.#subject = subject
    this.#part = part
    this.#prefix = prefix
  }

  run(): void {
    const { different, options } = this.#subject
    const outputs = partOf(this.#subject.outputs(), this.#part)
    if (options.fast_mode) return this.#fast(outputs)
    const numerical = different.map((_, k) => this.#numerical(k))
    for (const [o, output] of outputs.entries()) {
      if (!output.requires_grad) continue
      const analytical = this.#twice(() => analyticalJacobian(output, different), output)
      for (const [k, jacobian] of analytical.entries()) this.#compare(jacobian, numerical[k]?.[o], o, k)
    }
  }

  readonly #moved = (): Tensor[] => partOf(this.#subject.moved(), this.#part)

  #numerical(k: number): Tensor[] {
    return numericalJacobian(this.#moved, this.#subject.probes[k]!, this.#subject.options.eps)
  }

  #compare(analytical: Tensor, numerical: Tensor | undefined, output: number, input: number): void {
    const { rtol, atol } = this.#subject.options
    if (numerical === undefined || close(analytical, numerical, rtol, atol)) return
    fail(
      `${this.#prefix}Jacobian mismatch for output ${output} with respect to input ${input},\nnumerical:${numerical}\nanalytical:${analytical}\n`,
    )
  }

  /** Computes twice: both must be the same. */
  #twice(compute: () => Tensor[], output: Tensor): Tensor[] {
    const [first, second] = [compute(), compute()]
    const { different, options } = this.#subject
    if (options.check_grad_dtypes) {
      const grads = vectorProducts(output, different, zerosOf(output))
      if (grads.some((each, i) => each !== null && each.dtype !== different[i]!.dtype))
        fail('Gradient has dtype mismatch')
    }
    if (!sameWithin(first, second, options.nondet_tol))
      fail(
        'Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different values, ' +
          `although analytical gradient matches numerical gradient. The tolerance for nondeterminism was ${options.nondet_tol}.`,
      )
    return first
  }

  /** Compares `v · J · u` for random `u` and `v`. */
  #fast(outputs: Tensor[]): void {
    const { different, probes, options } = this.#subject
    const vectors = outputs.map(randomDirection)
    for (const [k, input] of different.entries()) {
      const probe = probes[k]!
      const [along, across] = [probe.random(), probe.random()]
      const imaginary = input.is_complex() ? across.values.mul(complexOne) : null
      const numerical = numericalAlong(this.#moved, probe, { real: along.values, imaginary }, options.eps)
      for (const [o, output] of outputs.entries()) {
        if (!output.requires_grad) continue
        const v = vectors[o]!
        const products = this.#twice(
          () =>
            vectorProducts(output, different, v).map((each, i) =>
              each === null ? flatZeros(different[i]!) : flatDense(each),
            ),
          output,
        )
        const left = dotParts(products[k]!, along.dense, across.dense)
        const right = numerical[o]!.mul(v.reshape([-1])).sum()
        const weight = (sumOf(along.dense) + (imaginary ? sumOf(across.dense) : 0)) * sumOf(v)
        if (close(left, right, options.rtol, options.atol * weight)) continue
        // The whole matrices say more.
        this.#compare(analyticalJacobian(output, different)[k]!, this.#numerical(k)[o], o, k)
        fail(
          `${this.#prefix}Jacobian mismatch for output ${o} with respect to input ${k},\nnumerical:${right}\nanalytical:${left}\nThe quantities are products with random vectors (fast mode); the whole matrices agree within the tolerances.`,
        )
      }
    }
  }
}

/** Do two lists of Jacobians differ by no more than `tolerance` anywhere? */
export function sameWithin(first: readonly Tensor[], second: readonly Tensor[], tolerance: number): boolean {
  // NaN is no sign of chance: the comparison with the numerical derivative finds it.
  return !first.some(
    (jacobian, i) => jacobian.numel() > 0 && (jacobian.sub(second[i]!).abs().max().item() as number) > tolerance,
  )
}

function sumOf(t: Tensor): number {
  return (t.is_complex() ? (call(ops.real, t) as Tensor) : t).sum().item() as number
}

/** `re(a)·u + i im(a)·w` for a complex `a`, else `a·u`. */
function dotParts(a: Tensor, u: Tensor, w: Tensor): Tensor {
  if (!a.is_complex()) return a.mul(u).sum()
  const [re, im] = [ops.real, ops.imag].map(part => call(part, a.resolve_conj()) as Tensor) as [Tensor, Tensor]
  const real = re.mul(call(ops.real, u) as Tensor).sum()
  return call(ops.complex, real, im.mul(call(ops.real, w) as Tensor).sum()) as Tensor
}
