/** Forward mode against differences. */
import { Complex } from '../../complex.js'
import type { Tensor } from '../../tensor.js'
import { dual_level, make_dual, unpack_dual } from '../forward_ad.js'
import { type Direction, difference, forwardAlong, unitDirections } from './jacobian.js'
import { fail } from './options.js'
import { close, type Subject, zerosOf } from './subject.js'

const complexOne = new Complex(0, 1)

export function checkForward(subject: Subject): void {
  const { different, probes, options } = subject
  const { eps, rtol, atol, fast_mode } = options
  for (const [k, input] of different.entries()) {
    const probe = probes[k]!
    const directions: Iterable<Direction> = fast_mode
      ? [{ real: probe.random().values, imaginary: null }]
      : unitDirections(probe)
    for (const { real, imaginary } of directions) {
      for (const step of imaginary === null ? [real] : [real, imaginary]) {
        const numerical = difference(subject.moved, probe, step, eps)
        const analytical = forwardAlong(dual => subject.outputs(different.with(k, dual)), input, step)
        for (const [o, derivative] of analytical.entries())
          if (!close(derivative, numerical[o]!, rtol, atol))
            fail(
              `Jacobian computed with forward mode mismatch for output ${o} with respect to input ${k},\nnumerical:${numerical[o]}\nanalytical:${derivative}\n`,
            )
      }
    }
  }
  if (options.check_undefined_grad) checkUndefinedTangents(subject)
}

/** An input without a tangent must count as one with zeros. */
function checkUndefinedTangents(subject: Subject): void {
  const { different, probes } = subject
  dual_level(() => {
    const duals = different.map((input, i) => {
      const { values } = probes[i]!.random()
      return make_dual(input.detach(), input.is_complex() ? values.add(values.mul(complexOne)) : values)
    })
    for (const [k, input] of different.entries()) {
      const tangents = (replaced: Tensor): (Tensor | null)[] =>
        subject.outputs(duals.with(k, replaced)).map(output => unpack_dual(output).tangent)
      const withZeros = tangents(make_dual(input.detach(), zerosOf(input)))
      const without = tangents(input.detach())
      for (const [o, expected] of withZeros.entries()) {
        const found = without[o] ?? null
        if (expected !== null && found !== null && !expected.allclose(found))
          fail(
            `Mismatch in tangent values for output with index: ${o} when input: ${input} has an undefined tangent value.  Got: ${expected} but expected: ${found}`,
          )
      }
    }
  })
}
