/** https://docs.pytorch.org/docs/stable/autograd.html#numerical-gradient-checking */
import { signature, typeName } from '../_C/args.js'
import { call } from '../_C/call.js'
import { TorchError } from '../_C/errors.js'
import { native } from '../_C/native.js'
import { assertionError, runtimeError, valueError, warn } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import { complex128, float64 } from '../dtype.js'
import { strided } from '../layout.js'
import type { Tensor } from '../tensor.js'
import { ofEnabledGrad } from './_functional.js'
import {
  analyticalJacobian,
  type Direction,
  differenceAlong,
  forwardAlong,
  numericalAlong,
  numericalJacobian,
  randomDirection,
  unitDirections,
  vectorProducts,
} from './_gradcheck.js'
import { Function as CustomFunction, type FunctionCtx } from './function.js'
import { grad } from './run.js'

/** Derivatives by autograd and by differences are not the same. */
export class GradcheckError extends TorchError {
  override name = 'GradcheckError'
}

/** Keywords of `gradcheck`. */
export interface GradcheckOptions {
  /** How far inputs are moved. Default 1e-6. */
  eps: number
  /** Default 1e-5. */
  atol: number
  /** Default 1e-3. */
  rtol: number
  /** False makes a failure the result `false`. Default true. */
  raise_exception: boolean
  /** How much two backward passes may differ. Default 0. */
  nondet_tol: number
  /** Whether backward must take missing gradients. Default true. */
  check_undefined_grad: boolean
  /** Whether gradients must have their input's dtype. Default false. */
  check_grad_dtypes: boolean
  /** Check forward mode too. Default false. */
  check_forward_ad: boolean
  /** Default true. */
  check_backward_ad: boolean
  /** One random direction instead of every element. Default false. */
  fast_mode: boolean
}

type Func = (...inputs: never[]) => Tensor | readonly unknown[]
type Inputs = Tensor | readonly unknown[]

const shared: [string, unknown][] = [
  ['eps', 1e-6],
  ['atol', 1e-5],
  ['rtol', 1e-3],
  ['raise_exception', true],
  ['nondet_tol', 0],
  ['check_undefined_grad', true],
  ['check_grad_dtypes', false],
  ['check_forward_ad', false],
  ['check_backward_ad', true],
  ['fast_mode', false],
]

interface Bound extends GradcheckOptions {
  func: Func
  inputs: Inputs
}

const bindGradcheck = signature<Bound>('gradcheck', 'func', 'inputs', '*', ...shared)

/** A tensor that has derivatives. */
function isDifferentiable(value: unknown): value is Tensor {
  if (!native.isTensor(value)) return false
  const { dtype } = value as Tensor
  return dtype.is_floating_point || dtype.is_complex
}

function needsGrad(value: unknown): value is Tensor {
  return isDifferentiable(value) && value.requires_grad
}

function listOf(value: Inputs): unknown[] {
  return Array.isArray(value) ? [...(value as unknown[])] : [value]
}

function checkInputs(inputs: readonly unknown[]): void {
  for (const [i, input] of inputs.entries()) {
    if (!needsGrad(input)) continue
    if (input.layout !== strided)
      throw runtimeError(`gradcheck: input ${i} is ${input.layout}; it checks strided tensors`)
    if (input.dtype !== float64 && input.dtype !== complex128)
      warn(
        `Input #${i} requires gradient and is not a double precision floating point or complex. This check will likely fail if all the inputs are not of double precision floating point or complex. `,
      )
    const { shape } = input
    if (input.stride().some((step: number, d: number) => step === 0 && shape[d]! > 1))
      throw runtimeError(
        `The ${i}th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous on the input before passing it to gradcheck.`,
      )
  }
  if (!inputs.some(needsGrad))
    throw valueError(
      'gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True.',
    )
}

function fail(message: string): never {
  throw new GradcheckError(message)
}

function close(a: Tensor, b: Tensor, rtol: number, atol: number): boolean {
  const dtype = a.is_complex() || b.is_complex() ? complex128 : float64
  return a.to(dtype).allclose(b.to(dtype), { rtol, atol })
}

/** One check: `run` computes all outputs of the function that have derivatives. */
class Check {
  readonly inputs: readonly unknown[]
  readonly different: Tensor[]
  readonly #func: Func
  readonly #options: GradcheckOptions

  constructor(func: Func, inputs: readonly unknown[], options: GradcheckOptions) {
    this.#func = func
    this.inputs = inputs
    this.different = inputs.filter(needsGrad)
    this.#options = options
  }

  /** The outputs that have derivatives, for the inputs with `replaced` in the place of one of them. */
  outputs(place = -1, replaced: unknown = null): Tensor[] {
    const inputs = this.inputs.map((input, i) => (i === place ? replaced : input))
    const result: unknown = ofEnabledGrad(true, () => (this.#func as (...inputs: unknown[]) => unknown)(...inputs))
    const list: readonly unknown[] = Array.isArray(result) ? result : [result]
    if (!list.every(value => native.isTensor(value)))
      throw valueError(`Expected func to return Tensors, got ${list.map(typeName).join(', ')}`)
    return list.filter(isDifferentiable)
  }

  run(): void {
    const outputs = this.outputs()
    if (!outputs.some(output => output.requires_grad)) return this.#constant()
    const complex = outputs.some(output => output.is_complex())
    const { check_backward_ad, check_forward_ad, check_undefined_grad } = this.#options
    if (check_backward_ad) {
      for (const part of complex ? (['imaginary', 'real'] as const) : (['real'] as const)) this.#backward(part, complex)
    }
    if (check_forward_ad) this.#forward()
    if (!check_backward_ad) return
    this.#zeroGradients()
    if (check_undefined_grad) this.#undefinedGradients()
  }

  /** Without a differentiable output, nothing may depend on the inputs. */
  #constant(): void {
    for (const input of this.different)
      for (const jacobian of numericalJacobian(() => this.#part('real'), input, this.#options.eps))
        if (jacobian.count_nonzero().item() !== 0) fail('Numerical gradient for function expected to be zero')
  }

  /** The outputs as real tensors: the imaginary part of real ones is no output. */
  #part(part: 'real' | 'imaginary'): Tensor[] {
    const outputs = this.outputs()
    const pick = part === 'real' ? ops.real : ops.imag
    return ofEnabledGrad(true, () =>
      outputs.map(output => (output.is_complex() ? (call(pick, output) as Tensor) : output)),
    )
  }

  #backward(part: 'real' | 'imaginary', complex: boolean): void {
    const { eps } = this.#options
    const run = () => this.#part(part)
    const outputs = run()
    const prefix = complex ? `While considering the ${part} part of complex outputs only, ` : ''
    if (this.#options.fast_mode) return this.#fast(run, outputs, prefix)
    const numerical = this.different.map(input => numericalJacobian(run, input, eps))
    for (const [o, output] of outputs.entries()) {
      if (!output.requires_grad) continue
      const analytical = this.#reentrant(() => analyticalJacobian(output, this.different), output)
      for (const [k, jacobian] of analytical.entries()) this.#compare(jacobian, numerical[k]?.[o], o, k, prefix)
    }
  }

  #compare(analytical: Tensor, numerical: Tensor | undefined, output: number, input: number, prefix: string): void {
    const { rtol, atol } = this.#options
    if (numerical === undefined || close(analytical, numerical, rtol, atol)) return
    fail(
      `${prefix}Jacobian mismatch for output ${output} with respect to input ${input},\nnumerical:${numerical}\nanalytical:${analytical}\n`,
    )
  }

  /** Computes twice: both must be the same. */
  #reentrant(compute: () => Tensor[], output: Tensor): Tensor[] {
    const [first, second] = [compute(), compute()]
    const { nondet_tol, check_grad_dtypes } = this.#options
    if (check_grad_dtypes) {
      const zeros = call(ops.zeros_like, output.detach()) as Tensor
      const grads = vectorProducts(output, this.different, zeros)
      if (grads.some((each, i) => each !== null && each.dtype !== this.different[i]!.dtype))
        fail('Gradient has dtype mismatch')
    }
    for (const [i, jacobian] of first.entries())
      if (jacobian.numel() > 0 && (jacobian.sub(second[i]!).abs().max().item() as number) > nondet_tol)
        fail(
          'Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different values, ' +
            `although analytical gradient matches numerical gradient. The tolerance for nondeterminism was ${nondet_tol}.`,
        )
    return first
  }

  /** Compares `v · J · u` for random `u` and `v`. */
  #fast(run: () => Tensor[], outputs: Tensor[], prefix: string): void {
    const { eps, rtol, atol } = this.#options
    const vectors = outputs.map(randomDirection)
    for (const [k, input] of this.different.entries()) {
      const [along, across] = [randomDirection(input), randomDirection(input)]
      const imaginary = input.is_complex() ? (call(ops.mul, across, iTimes(across)) as Tensor) : null
      const direction: Direction = { real: along, imaginary }
      const numerical = numericalAlong(run, input, direction, eps)
      for (const [o, output] of outputs.entries()) {
        if (!output.requires_grad) continue
        const v = vectors[o]!
        const products = this.#reentrant(
          () => vectorProducts(output, this.different, v).map((each, i) => each ?? zerosOf(this.different[i]!)),
          output,
        )
        const product = products[k]!.reshape([-1])
        const left = dotParts(product, along.reshape([-1]), across.reshape([-1]))
        const right = numerical[o]!.mul(v.reshape([-1])).sum()
        const weight = (sumOf(along) + (imaginary ? sumOf(across) : 0)) * sumOf(v)
        if (close(left, right, rtol, atol * weight)) continue
        // The whole matrices say more.
        const whole = analyticalJacobian(output, this.different)[k]!
        this.#compare(whole, numericalJacobian(run, input, eps)[o], o, k, prefix)
        fail(
          `${prefix}Jacobian mismatch for output ${o} with respect to input ${k},\nnumerical:${right}\nanalytical:${left}\nThe quantities are products with random vectors (fast mode); the whole matrices agree within the tolerances.`,
        )
      }
    }
  }

  #forward(): void {
    const { eps, rtol, atol, fast_mode } = this.#options
    for (const [k, input] of this.different.entries()) {
      const place = this.inputs.indexOf(input)
      const directions = fast_mode ? [{ real: randomDirection(input), imaginary: null }] : [...unitDirections(input)]
      for (const { real, imaginary } of directions) {
        for (const step of imaginary === null ? [real] : [real, imaginary]) {
          const numerical = differenceAlong(() => this.outputs(), input, step, eps)
          const analytical = forwardAlong(dual => this.outputs(place, dual), input, step)
          for (const [o, derivative] of analytical.entries())
            if (!close(derivative, numerical[o]!, rtol, atol))
              fail(
                `Jacobian computed with forward mode mismatch for output ${o} with respect to input ${k},\nnumerical:${numerical[o]}\nanalytical:${derivative}\n`,
              )
        }
      }
    }
  }

  /** Gradients of zero must come out as zero. */
  #zeroGradients(): void {
    const outputs = this.outputs().filter(output => output.requires_grad)
    const zeros = outputs.map(zerosOf)
    const grads = grad(outputs, this.different, zeros, { allow_unused: true }) as (Tensor | null)[]
    for (const each of grads)
      if (each !== null && each.count_nonzero().item() !== 0) fail('backward not multiplied by grad_output')
  }

  /** Backward must take a missing gradient for zeros: for all outputs, and for each alone. */
  #undefinedGradients(): void {
    const count = this.outputs().filter(output => output.requires_grad).length
    const sets = [-1, ...(count > 1 ? Array.from({ length: count }, (_, i) => i) : [])]
    for (const alone of sets) {
      const outputs = this.outputs().filter(output => output.requires_grad)
      const passed = ofEnabledGrad(true, () =>
        outputs.map((output, i) => (alone === -1 || alone === i ? (UndefinedGrad.apply(output) as Tensor) : output)),
      )
      let grads: (Tensor | null)[]
      try {
        grads = grad(passed, this.different, outputs.map(zerosOf), { allow_unused: true })
      } catch (error) {
        throw Object.assign(new GradcheckError('Expected backward function to handle undefined output grads.'), {
          cause: error,
        })
      }
      for (const each of grads)
        if (each !== null && each.count_nonzero().item() !== 0)
          fail('Expected all input grads to be undefined or zero when all output grads are undefined or zero.')
    }
  }
}

/** Hands its input on, and no gradient back. */
class UndefinedGrad extends CustomFunction {
  static forward(ctx: FunctionCtx, x: Tensor): Tensor {
    ctx.set_materialize_grads(false)
    return x.view_as(x)
  }

  static backward(): null {
    return null
  }
}

function zerosOf(t: Tensor): Tensor {
  return call(ops.zeros_like, t.detach()) as Tensor
}

/** The imaginary unit, in `t`'s dtype. */
function iTimes(t: Tensor): Tensor {
  const one = call(ops.ones_like, call(ops.real, t)) as Tensor
  return call(ops.complex, zerosOf(one), one) as Tensor
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

function checked(func: Func, inputs: readonly unknown[], options: GradcheckOptions): boolean {
  if (typeof func !== 'function') throw new TypeError(`gradcheck(): func must be a function, got ${typeName(func)}`)
  if (!options.check_forward_ad && !options.check_backward_ad)
    throw assertionError('Expected at least one of check_forward_ad and check_backward_ad to be True.')
  checkInputs(inputs)
  try {
    new Check(func, inputs, options).run()
    return true
  } catch (error) {
    if (options.raise_exception || !(error instanceof GradcheckError)) throw error
    return false
  }
}

/**
 * Compares the derivatives of `func` by autograd with those by finite differences, for all inputs that require gradients.
 * They are to be float64 or complex128. A complex output is checked as its real and imaginary parts.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html
 *
 * @throws GradcheckError that shows both Jacobians where they differ; with `raise_exception` false the result is false
 */
export function gradcheck(func: Func, inputs: Inputs, keywords: Partial<GradcheckOptions> = {}): boolean {
  const { func: f, inputs: given, ...options } = bindGradcheck([func, inputs, keywords])
  return checked(f, listOf(given), options)
}

/** Keywords of `gradgradcheck`. */
export interface GradgradcheckOptions extends GradcheckOptions {
  /** Where the gradients of the outputs start from. */
  grad_outputs: Inputs | null
  /** Random `grad_outputs` that are not contiguous. Default false. */
  gen_non_contig_grad_outputs: boolean
}

type GradgradBound = Bound & GradgradcheckOptions

const bindGradgrad = signature<GradgradBound>(
  'gradgradcheck',
  'func',
  'inputs',
  ['grad_outputs', null],
  '*',
  ...shared,
  ['gen_non_contig_grad_outputs', false],
)

/**
 * `gradcheck` of `func`'s gradients: the second derivatives, with respect to inputs and `grad_outputs`, which are random
 * unless given.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradgradcheck.html
 */
export function gradgradcheck(func: Func, inputs: Inputs, keywords?: Partial<GradgradcheckOptions>): boolean
export function gradgradcheck(
  func: Func,
  inputs: Inputs,
  grad_outputs: Inputs | null,
  keywords?: Partial<GradgradcheckOptions>,
): boolean
export function gradgradcheck(...args: unknown[]): boolean {
  const bound = bindGradgrad(args)
  const { func: f, inputs: given, grad_outputs: starts, gen_non_contig_grad_outputs, ...options } = bound
  const list = listOf(given)
  checkInputs(list)
  const outputs = () => new Check(f, list, options).outputs().filter(output => output.requires_grad)
  const seeds =
    starts === null ? outputs().map(output => randomGrad(output, gen_non_contig_grad_outputs)) : listOf(starts)
  const gradients = (...args: unknown[]): Tensor[] => {
    const inner = args.slice(0, list.length)
    const results = new Check(f, inner, options).outputs().filter(output => output.requires_grad)
    const found = grad(results, inner.filter(needsGrad), args.slice(list.length) as Tensor[], {
      create_graph: true,
      allow_unused: true,
    }) as (Tensor | null)[]
    return found.filter(each => each !== null)
  }
  return checked(gradients as Func, [...list, ...seeds], options)
}

function randomGrad(output: Tensor, nonContiguous: boolean): Tensor {
  const options = { dtype: output.is_complex() ? complex128 : float64, device: output.device }
  const { shape } = output
  const made = nonContiguous
    ? (call(ops.randn, [...shape, 2], options) as Tensor).select(-1, 0)
    : (call(ops.randn, shape, options) as Tensor)
  return made.to(output.dtype).detach().requires_grad_()
}
