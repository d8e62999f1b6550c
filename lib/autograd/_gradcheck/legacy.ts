/** Python's deprecated entries into the middle of `gradcheck`. */
import { define } from '../../_C/callable.js'
import { assertionError, valueError, warn } from '../../_C/raise.js'
import type { Tensor } from '../../tensor.js'
import { sameWithin } from './backward.js'
import { analyticalJacobian, numericalJacobian, vectorProducts } from './jacobian.js'
import { isDifferentiable, needsGrad } from './options.js'
import { Probe } from './probe.js'
import { zerosOf } from './subject.js'

type Outputs = Tensor | readonly Tensor[]

const asList = (value: Outputs): Tensor[] => (Array.isArray(value) ? [...(value as Tensor[])] : [value as Tensor])

function deprecated(name: string): void {
  warn(
    `\`${name}\` was part of PyTorch's private API and not meant to be exposed. We are deprecating it and it will be removed in a future version of PyTorch.`,
    'FutureWarning',
  )
}

function checkArguments(name: string, outputs: readonly Tensor[], gradOut: number): void {
  if (gradOut !== 1)
    throw valueError(`Expected grad_out to be 1.0. ${name} no longer supports values of grad_out != 1.0.`)
  if (outputs.some(output => output.is_complex()))
    throw valueError(
      `Expected output to be non-complex. ${name} no longer supports functions that return complex outputs.`,
    )
}

/**
 * The Jacobians by differences of `fn(inputs)`'s first output, one for each of `target` (by default `inputs`) that requires a
 * gradient; rows are the input's elements. Deprecated in PyTorch.
 */
export const get_numerical_jacobian = define(
  'get_numerical_jacobian',
  ['fn', 'inputs', 'target?', 'eps?', 'grad_out?'],
  (
    fn: (inputs: Outputs) => Outputs,
    inputs: Outputs,
    target: Outputs | null = null,
    eps = 1e-3,
    grad_out = 1,
  ): Tensor[] => {
    deprecated('get_numerical_jacobian')
    const run = (): Tensor[] => asList(fn(inputs))
    checkArguments('get_numerical_jacobian', run(), grad_out)
    return asList(target ?? inputs)
      .filter(needsGrad)
      .map(input => numericalJacobian(run, new Probe(input, true), eps)[0]!)
  },
)

/** The Jacobians by differences of `fn(...inputs)`, one for each output, with respect to one of `inputs`. */
export const get_numerical_jacobian_wrt_specific_input = define(
  'get_numerical_jacobian_wrt_specific_input',
  ['fn', 'input_idx', 'inputs', 'outputs', 'eps', 'input?', 'is_forward_ad?'],
  (
    fn: (...inputs: Tensor[]) => Outputs,
    input_idx: number,
    inputs: readonly Tensor[],
    _outputs: Outputs,
    eps: number,
    input: Tensor | null = null,
    _is_forward_ad = false,
  ): Tensor[] => {
    const moved = input ?? inputs[input_idx]
    if (!needsGrad(moved)) throw assertionError('Expected input to have requires_grad=True')
    const run = (): Tensor[] => asList(fn(...inputs)).filter(isDifferentiable)
    return numericalJacobian(run, new Probe(moved, true), eps)
  },
)

/**
 * The Jacobians of `output` by autograd, one for each of `inputs` that requires a gradient; then whether two passes agree
 * within `nondet_tol`, and whether the gradients have their inputs' sizes and dtypes. Deprecated in PyTorch.
 */
export const get_analytical_jacobian = define(
  'get_analytical_jacobian',
  ['inputs', 'output', 'nondet_tol?', 'grad_out?'],
  (inputs: Outputs, output: Tensor, nondet_tol = 0, grad_out = 1): [Tensor[], boolean, boolean, boolean] => {
    deprecated('get_analytical_jacobian')
    checkArguments('get_analytical_jacobian', [output], grad_out)
    const different = asList(inputs).filter(needsGrad)
    const [first, second] = [analyticalJacobian(output, different), analyticalJacobian(output, different)]
    const grads = vectorProducts(output, different, zerosOf(output))
    const all = (same: (grad: Tensor, input: Tensor) => boolean): boolean =>
      grads.every((grad, i) => grad === null || same(grad, different[i]!))
    const sizes = all((grad, input) => `${grad.shape}` === `${input.shape}`)
    return [first, sameWithin(first, second, nondet_tol), sizes, all((grad, input) => grad.dtype === input.dtype)]
  },
)
