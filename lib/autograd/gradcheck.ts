/** https://docs.pytorch.org/docs/stable/autograd.html#numerical-gradient-checking */
import { signature, typeName } from '../_C/args.js'
import { call } from '../_C/call.js'
import { assertionError, runtimeError, valueError, warn } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import { complex128, float64 } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { checkBackward } from './_gradcheck/backward.js'
import { checkForward } from './_gradcheck/forward.js'
import { checkUndefinedGradients, checkZeroGradients } from './_gradcheck/gradients.js'
import { numericalJacobian } from './_gradcheck/jacobian.js'
import * as legacy from './_gradcheck/legacy.js'
import { fail, GradcheckError, type GradcheckOptions, needsGrad, sharedOptions } from './_gradcheck/options.js'
import { isSparse, valuesOf } from './_gradcheck/probe.js'
import { type Func, Subject } from './_gradcheck/subject.js'
import { grad } from './run.js'

export { GradcheckError, type GradcheckOptions } from './_gradcheck/options.js'

type Inputs = Tensor | readonly unknown[]

interface Bound extends GradcheckOptions {
  func: Func
  inputs: Inputs
}

const bindGradcheck = signature<Bound>(
  'gradcheck',
  'func',
  'inputs',
  '*',
  ...sharedOptions,
  ['check_batched_forward_grad', false],
  ['check_forward_ad', false],
  ['check_backward_ad', true],
)

function listOf(value: Inputs): unknown[] {
  return Array.isArray(value) ? [...(value as unknown[])] : [value]
}

function checkInputs(inputs: readonly unknown[]): void {
  for (const [i, input] of inputs.entries()) {
    if (!needsGrad(input)) continue
    if (input.dtype !== float64 && input.dtype !== complex128)
      warn(
        `Input #${i} requires gradient and is not a double precision floating point or complex. This check will likely fail if all the inputs are not of double precision floating point or complex. `,
      )
    const values = valuesOf(input)
    const { shape } = values
    if (values.stride().some((step: number, d: number) => step === 0 && shape[d]! > 1))
      throw runtimeError(
        `The ${i}th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous on the input before passing it to gradcheck.`,
      )
  }
  if (!inputs.some(needsGrad))
    throw valueError(
      'gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True.',
    )
}

function checkOptions(options: GradcheckOptions, inputs: readonly unknown[]): void {
  if (!options.check_forward_ad && !options.check_backward_ad)
    throw assertionError('Expected at least one of check_forward_ad or check_backward_ad to be True')
  for (const name of ['check_batched_grad', 'check_batched_forward_grad'] as const)
    if (options[name]) throw runtimeError(`gradcheck: ${name} is not supported, it needs vmap`)
  if (options.check_forward_ad && inputs.some(input => needsGrad(input) && isSparse(input)))
    throw runtimeError('gradcheck: check_forward_ad does not take sparse inputs')
}

function check(subject: Subject): void {
  const outputs = subject.outputs()
  const { check_backward_ad, check_forward_ad, check_undefined_grad } = subject.options
  if (!outputs.some(output => output.requires_grad)) return checkConstant(subject)
  if (check_backward_ad)
    checkBackward(
      subject,
      outputs.some(output => output.is_complex()),
    )
  if (check_forward_ad) checkForward(subject)
  if (!check_backward_ad) return
  checkZeroGradients(subject)
  if (check_undefined_grad) checkUndefinedGradients(subject)
}

/** Without a differentiable output, nothing may depend on the inputs. */
function checkConstant({ probes, moved, options }: Subject): void {
  for (const probe of probes)
    for (const jacobian of numericalJacobian(moved, probe, options.eps))
      if (jacobian.count_nonzero().item() !== 0) fail('Numerical gradient for function expected to be zero')
}

function checked(func: Func, inputs: readonly unknown[], options: GradcheckOptions): boolean {
  if (typeof func !== 'function') throw new TypeError(`gradcheck(): func must be a function, got ${typeName(func)}`)
  checkOptions(options, inputs)
  checkInputs(inputs)
  try {
    check(new Subject(func, inputs, options))
    return true
  } catch (error) {
    if (options.raise_exception || !(error instanceof GradcheckError)) throw error
    return false
  }
}

function runGradcheck(func: Func, inputs: Inputs, keywords: Partial<GradcheckOptions> = {}): boolean {
  const { func: f, inputs: given, ...options } = bindGradcheck([func, inputs, keywords])
  return checked(f, listOf(given), options)
}

/** Keywords of `gradgradcheck`. */
export interface GradgradcheckOptions
  extends Omit<GradcheckOptions, 'check_forward_ad' | 'check_backward_ad' | 'check_batched_forward_grad'> {
  /** Where the gradients of the outputs start from. */
  grad_outputs: Inputs | null
  /** Random `grad_outputs` that are not contiguous. Default false. */
  gen_non_contig_grad_outputs: boolean
  /** Check the backward pass by forward mode. Default false. */
  check_fwd_over_rev: boolean
  /** Check the backward pass by another one. Default true. */
  check_rev_over_rev: boolean
}

const bindGradgrad = signature<GradgradcheckOptions & { func: Func; inputs: Inputs }>(
  'gradgradcheck',
  'func',
  'inputs',
  ['grad_outputs', null],
  '*',
  ...sharedOptions,
  ['gen_non_contig_grad_outputs', false],
  ['check_fwd_over_rev', false],
  ['check_rev_over_rev', true],
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
  const { func: f, inputs: given, grad_outputs: starts, gen_non_contig_grad_outputs, ...rest } = bound
  const { check_fwd_over_rev, check_rev_over_rev, ...shared } = rest
  if (!check_fwd_over_rev && !check_rev_over_rev)
    throw assertionError('Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True')
  if (shared.check_undefined_grad && !check_rev_over_rev)
    throw assertionError('Setting check_undefined_grad=True requires check_rev_over_rev to be True')
  const options: GradcheckOptions = {
    ...shared,
    check_forward_ad: check_fwd_over_rev,
    check_backward_ad: check_rev_over_rev,
    check_batched_forward_grad: false,
  }
  const list = listOf(given)
  checkInputs(list)
  const seeds =
    starts === null
      ? new Subject(f, list, options).differentiable().map(output => randomGrad(output, gen_non_contig_grad_outputs))
      : listOf(starts)
  const gradients = (...args: unknown[]): Tensor[] => {
    // Forward mode hands over inputs that require no gradient.
    const inner = args.map((arg, i) => {
      const before = i < list.length ? list[i] : seeds[i - list.length]
      return needsGrad(before) ? (arg as Tensor).requires_grad_() : arg
    })
    const inputs = inner.slice(0, list.length)
    const results = new Subject(f, inputs, options).differentiable()
    const found = grad(results, inputs.filter(needsGrad), inner.slice(list.length) as Tensor[], {
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

/**
 * Compares the derivatives of `func` by autograd with those by finite differences, for all inputs that require gradients.
 * They are to be float64 or complex128. A complex output is checked as its real and imaginary parts. Of a sparse input every
 * element is moved, with `masked` those that it stores.
 *
 * As in Python, `torch.autograd.gradcheck` is the function and also the home of its relatives.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html
 *
 * @throws GradcheckError that shows both Jacobians where they differ; with `raise_exception` false the result is false
 */
export const gradcheck: typeof runGradcheck & {
  gradcheck: typeof runGradcheck
  gradgradcheck: typeof gradgradcheck
  GradcheckError: typeof GradcheckError
} & typeof legacy = Object.assign((...args: Parameters<typeof runGradcheck>) => runGradcheck(...args), {
  gradcheck: runGradcheck,
  gradgradcheck,
  GradcheckError,
  ...legacy,
})
