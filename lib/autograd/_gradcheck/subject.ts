import { typeName } from '../../_C/args.js'
import { call } from '../../_C/call.js'
import { native } from '../../_C/native.js'
import { valueError } from '../../_C/raise.js'
import * as ops from '../../_generated/ops.js'
import { complex128, float64 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import { ofEnabledGrad } from '../_functional.js'
import { type GradcheckOptions, isDifferentiable, needsGrad } from './options.js'
import { isSparse, Probe } from './probe.js'

export type Func = (...inputs: never[]) => Tensor | readonly unknown[]

/** The function to check, with its inputs. */
export class Subject {
  readonly options: GradcheckOptions
  readonly inputs: readonly unknown[]
  /** The inputs that have derivatives. */
  readonly different: readonly Tensor[]
  /** How each of them is moved. */
  readonly probes: readonly Probe[]
  readonly #func: Func
  readonly #places: readonly number[]

  constructor(func: Func, inputs: readonly unknown[], options: GradcheckOptions) {
    this.#func = func
    this.inputs = inputs
    this.options = options
    this.#places = inputs.flatMap((input, i) => (needsGrad(input) ? [i] : []))
    this.different = this.#places.map(i => inputs[i] as Tensor)
    this.probes = this.different.map(input => new Probe(input, options.masked ?? false))
  }

  /** The outputs that have derivatives, with `replaced` in the places of `different`. */
  outputs(replaced: readonly Tensor[] = this.different): Tensor[] {
    const inputs = [...this.inputs]
    for (const [i, place] of this.#places.entries()) inputs[place] = replaced[i]
    const result: unknown = ofEnabledGrad(true, () => (this.#func as (...inputs: unknown[]) => unknown)(...inputs))
    const list: readonly unknown[] = Array.isArray(result) ? result : [result]
    if (!list.every(value => native.isTensor(value)))
      throw valueError(`Expected func to return Tensors, got ${list.map(typeName).join(', ')}`)
    const outputs = list.filter(isDifferentiable)
    if (outputs.some(isSparse))
      throw valueError(
        'Sparse output is not supported at gradcheck yet. Please call to_dense(masked_grad=...) on the output of fn for gradcheck.',
      )
    return outputs
  }

  /** The outputs that a backward pass may start from. */
  differentiable(): Tensor[] {
    return this.outputs().filter(output => output.requires_grad)
  }

  /** For the differences: the outputs for the inputs as they are moved. */
  readonly moved = (): Tensor[] => this.outputs(this.probes.map(probe => probe.input))
}

/** The real or imaginary parts of complex outputs; a real one is its own real and imaginary part. */
export function partOf(outputs: readonly Tensor[], part: 'real' | 'imaginary'): Tensor[] {
  const pick = part === 'real' ? ops.real : ops.imag
  return ofEnabledGrad(true, () =>
    outputs.map(output => (output.is_complex() ? (call(pick, output) as Tensor) : output)),
  )
}

export function close(a: Tensor, b: Tensor, rtol: number, atol: number): boolean {
  const dtype = a.is_complex() || b.is_complex() ? complex128 : float64
  return a.to(dtype).allclose(b.to(dtype), { rtol, atol })
}

export function zerosOf(t: Tensor): Tensor {
  return call(ops.zeros_like, t.detach()) as Tensor
}
