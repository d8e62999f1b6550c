/**
 * Jacobians, Hessians and their products with vectors, of functions of tensors.
 * https://docs.pytorch.org/docs/stable/autograd.html#functional-higher-level-api
 */
import { type Args, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import { assertionError, notImplementedError, runtimeError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import { sizeText } from '../size.js'
import type { Tensor } from '../tensor.js'
import {
  asList,
  checkRequiresGrad,
  fillInZeros,
  gradOrNull,
  like,
  ofEnabledGrad,
  postprocess,
  preprocess,
  size,
  zerosLike,
} from './_functional.js'
import { dual_level, make_dual, unpack_dual } from './forward_ad.js'
import { is_grad_enabled } from './grad_mode.js'

/** One tensor, or several as an array. */
export type OneOrMany = Tensor | Tensor[]
/** One `E` for each tensor of `L`: the thing itself where `L` is one tensor. */
type Each<L extends OneOrMany, E> = L extends Tensor ? E : E[]
/** A function of tensors: `f(x)` for one input, `f(x, y)` for `[x, y]`. */
type Func<O extends OneOrMany> = (...inputs: Tensor[]) => O

interface ProductKeywords<O extends OneOrMany, V> {
  func: Func<O>
  inputs: OneOrMany
  /** The vector; may be left out where it would have one element, and is 1 then. */
  v: V | null
  /** Makes the results differentiable. */
  create_graph: boolean
  /** An output that does not depend on an input is an error instead of zeros. */
  strict: boolean
}

type ProductArgs<I extends OneOrMany, O extends OneOrMany, V> = Args<
  [func: Func<O>, inputs: I],
  [v: V | null, create_graph: boolean, strict: boolean],
  ProductKeywords<O, V>
>

type Bound = ProductKeywords<OneOrMany, OneOrMany>

const product = (name: string) =>
  signature<Bound>(name, 'func', 'inputs', ['v', null], ['create_graph', false], ['strict', false])

const bindVjp = product('vjp')
const bindJvp = product('jvp')
const bindVhp = product('vhp')
const bindHvp = product('hvp')

const ofOutputs = 'outputs of the user-provided function'

function checkedVector(v: OneOrMany, other: readonly Tensor[], many: boolean, name: string, createGraph: boolean) {
  const vectors = preprocess(asList(v, 'v', name).list, createGraph, false)
  if (vectors.length !== other.length)
    throw runtimeError(
      many
        ? `v is a tuple of invalid length: should be ${other.length} but got ${vectors.length}.`
        : 'The given v should contain a single Tensor.',
    )
  for (const [i, vector] of vectors.entries()) {
    const [got, wanted] = [size(vector), size(other[i]!)]
    if (got.join() === wanted.join()) continue
    const entry = many ? `Entry ${i} in ` : ''
    throw runtimeError(`${entry}v has invalid size: should be ${sizeText(wanted)} but got ${sizeText(got)}.`)
  }
  return vectors
}

/** The vector for the inputs of a function, null where it is left out and may be. */
function inputVector(bound: Bound, inputs: readonly Tensor[], many: boolean, name: string): Tensor[] | null {
  if (bound.v !== null) return checkedVector(bound.v, inputs, many, name, bound.create_graph)
  if (inputs.length !== 1 || inputs[0]!.numel() !== 1)
    throw runtimeError(
      'The vector v can only be None if the input to the user-provided function is a single Tensor with a single element.',
    )
  return null
}

/**
 * The product of `v` and the Jacobian of `func` at `inputs`: backward mode. `v` has the shape of `func`'s output.
 *
 * @returns `[func's output, product]`; the product has the shape of `inputs`.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.vjp.html
 */
export function vjp<I extends OneOrMany, O extends OneOrMany>(
  ...args: ProductArgs<I, O, Each<O, Tensor>>
): [output: Each<O, Tensor>, vjp: Each<I, Tensor>] {
  const { func, inputs: given, v, create_graph, strict } = bindVjp(args)
  const { list, many } = asList(given, 'inputs', 'vjp')
  const { inputs, outputs, manyOut, vector } = ofEnabledGrad(true, () => {
    const inputs = preprocess(list, create_graph, true)
    const { list: outputs, many: manyOut } = asList(func(...inputs), ofOutputs, 'vjp')
    checkRequiresGrad(outputs, 'outputs', strict)
    if (v === null && (outputs.length !== 1 || outputs[0]!.numel() !== 1))
      throw runtimeError(
        'The vector v can only be None if the user-provided function returns a single Tensor with a single element.',
      )
    const vector = v === null ? null : checkedVector(v, outputs, manyOut, 'vjp', create_graph)
    return { inputs, outputs, manyOut, vector }
  })
  const result = ofEnabledGrad(create_graph || is_grad_enabled(), () =>
    fillInZeros(gradOrNull(outputs, inputs, vector, create_graph), inputs, strict, create_graph, 'back'),
  )
  return [like(postprocess(outputs, create_graph), manyOut), like(postprocess(result, create_graph), many)] as [
    Each<O, Tensor>,
    Each<I, Tensor>,
  ]
}

/**
 * The product of the Jacobian of `func` at `inputs` and `v`, computed by going backwards twice; `v` has the shape of `inputs`.
 *
 * @returns `[func's output, product]`; the product has the shape of the output.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.jvp.html
 */
export function jvp<I extends OneOrMany, O extends OneOrMany>(
  ...args: ProductArgs<I, O, Each<I, Tensor>>
): [output: Each<O, Tensor>, jvp: Each<O, Tensor>] {
  const bound = bindJvp(args)
  const { func, create_graph, strict } = bound
  const { list, many } = asList(bound.inputs, 'inputs', 'jvp')
  const { outputs, manyOut, vector, gradInputs, gradOutputs } = ofEnabledGrad(true, () => {
    const inputs = preprocess(list, create_graph, true)
    const vector = inputVector(bound, inputs, many, 'jvp')
    const { list: outputs, many: manyOut } = asList(func(...inputs), ofOutputs, 'jvp')
    checkRequiresGrad(outputs, 'outputs', strict)
    // Backward is linear in them: their values do not matter.
    const gradOutputs = outputs.map(output => zerosLike(output).requires_grad_())
    const gradInputs = gradOrNull(outputs, inputs, gradOutputs, true)
    checkRequiresGrad(gradInputs, 'grad_inputs', strict)
    return { outputs, manyOut, vector, gradInputs, gradOutputs }
  })
  const result = ofEnabledGrad(create_graph || is_grad_enabled(), () =>
    fillInZeros(gradOrNull(gradInputs, gradOutputs, vector, create_graph), outputs, strict, create_graph, 'back_trick'),
  )
  return [like(postprocess(outputs, create_graph), manyOut), like(postprocess(result, create_graph), manyOut)] as [
    Each<O, Tensor>,
    Each<O, Tensor>,
  ]
}

interface JacobianKeywords<O extends OneOrMany> {
  func: Func<O>
  inputs: OneOrMany
  create_graph: boolean
  strict: boolean
  vectorize: boolean
  strategy: 'reverse-mode' | 'forward-mode'
}

const bindJacobian = signature<JacobianKeywords<OneOrMany>>(
  'jacobian',
  'func',
  'inputs',
  ['create_graph', false],
  ['strict', false],
  ['vectorize', false],
  ['strategy', 'reverse-mode'],
)

/**
 * The Jacobian of `func` at `inputs`: for an output of shape `S` and an input of shape `T` a tensor of shape `S × T`; with
 * several outputs or inputs an array of them (outputs outside).
 *
 * It is computed row by row, also with `vectorize`, or with `strategy: 'forward-mode'` column by column.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.jacobian.html
 */
export function jacobian<I extends OneOrMany, O extends OneOrMany>(
  ...args: Args<
    [func: Func<O>, inputs: I],
    [create_graph: boolean, strict: boolean, vectorize: boolean, strategy: JacobianKeywords<O>['strategy']],
    JacobianKeywords<O>
  >
): Each<O, Each<I, Tensor>> {
  const { func, inputs, create_graph, strict, vectorize, strategy } = bindJacobian(args)
  const { list, many } = asList(inputs, 'inputs', 'jacobian')
  if (strategy !== 'forward-mode' && strategy !== 'reverse-mode')
    throw assertionError('Expected strategy to be either "forward-mode" or "reverse-mode".')
  const together = (other: string, option: string, without: string) =>
    `torch.autograd.functional.jacobian: \`${option}\` and \`${other}\` are not supported together (yet). Please either set \`${without}\` or \`strategy="reverse-mode"\`.`
  if (strategy === 'forward-mode') {
    if (create_graph)
      throw notImplementedError(together('strategy="forward-mode"', 'create_graph=True', 'create_graph=False'))
    if (strict) throw runtimeError(together('strategy="forward-mode"', 'strict=True', 'strict=False'))
    if (!vectorize)
      throw notImplementedError(
        'Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for `vectorize=True`.',
      )
    return byColumns(func, list, many) as Each<O, Each<I, Tensor>>
  }
  if (vectorize && strict)
    throw runtimeError(
      'torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. Please either set `strict=False` or `vectorize=False`.',
    )
  return byRows(func, list, many, { create_graph, strict, vectorize }) as Each<O, Each<I, Tensor>>
}

type Nested = Tensor | Tensor[] | Tensor[][]

interface RowOptions {
  create_graph: boolean
  strict: boolean
  vectorize: boolean
}

function byRows(func: Func<OneOrMany>, list: Tensor[], many: boolean, options: RowOptions): Nested {
  const { create_graph: createGraph, strict, vectorize } = options
  return ofEnabledGrad(true, () => {
    const inputs = preprocess(list, createGraph, true)
    const { list: outputs, many: manyOut } = asList(func(...inputs), ofOutputs, 'jacobian')
    checkRequiresGrad(outputs, 'outputs', strict)
    const blocks = outputs.map((output, i) => {
      const rows: Tensor[][] = inputs.map(() => [])
      const flat = output.reshape([-1])
      for (let j = 0; j < output.numel(); j++) {
        const element = flat.at(j)
        // Only `vectorize` starts from a gradient, so that only it takes complex outputs.
        const start = vectorize ? [call(ops.ones_like, element.detach()) as Tensor] : null
        const grads = gradOrNull([element], inputs, start, createGraph, true)
        for (const [k, grad] of grads.entries()) {
          if (grad === null && strict)
            throw runtimeError(
              `Output ${i} of the user-provided function is independent of input ${k}. This is not allowed in strict mode.`,
            )
          if (grad !== null && strict && createGraph && !grad.requires_grad)
            throw runtimeError(
              `The jacobian of the user-provided function is independent of input ${i}. This is not allowed in strict mode when create_graph=True.`,
            )
          rows[k]!.push(grad ?? zerosLike(inputs[k]!))
        }
      }
      const block = rows.map((row, k) => {
        const shape = [...size(output), ...size(inputs[k]!)]
        return row.length === 0
          ? (call(ops.new_zeros, output, shape) as Tensor)
          : (call(ops.stack, row, 0) as Tensor).view(shape)
      })
      return like(postprocess(block, createGraph), many)
    })
    return like(blocks as Tensor[], manyOut)
  })
}

function byColumns(func: Func<OneOrMany>, inputs: Tensor[], many: boolean): Nested {
  let manyOut = false
  /** For each input the tangents of all outputs, one set for each of the input's elements. */
  const columns = inputs.map((input, k) =>
    Array.from({ length: input.numel() }, (_, j) =>
      dual_level(() => {
        const basis = zerosLike(input).reshape([-1])
        basis.at(j).fill_(1)
        const duals = inputs.map((each, i) => make_dual(each, i === k ? basis.view(size(input)) : zerosLike(each)))
        const outputs = asList(func(...duals), ofOutputs, 'jacobian')
        manyOut = outputs.many
        return outputs.list.map(output => {
          const { primal, tangent } = unpack_dual(output)
          return tangent === null ? zerosLike(primal) : tangent.clone()
        })
      }),
    ),
  )
  const count = columns.flat()[0]?.length ?? 0
  const blocks = Array.from({ length: count }, (_, i) => {
    const block = columns.map((column, k) => {
      const stacked = call(
        ops.stack,
        column.map(tangents => tangents[i]),
        -1,
      ) as Tensor
      return stacked.reshape([...size(column[0]![i]!), ...size(inputs[k]!)])
    })
    return like(block, many)
  })
  return like(blocks as Tensor[], manyOut)
}

interface HessianKeywords {
  func: Func<Tensor>
  inputs: OneOrMany
  create_graph: boolean
  strict: boolean
  vectorize: boolean
  outer_jacobian_strategy: 'reverse-mode' | 'forward-mode'
}

const bindHessian = signature<HessianKeywords>(
  'hessian',
  'func',
  'inputs',
  ['create_graph', false],
  ['strict', false],
  ['vectorize', false],
  ['outer_jacobian_strategy', 'reverse-mode'],
)

/** The one element that `func` must return, for `name`. */
function scalar(output: OneOrMany, name: string, strict: boolean): Tensor {
  const { list, many } = asList(output, ofOutputs, name)
  checkRequiresGrad(list, 'outputs', strict)
  if (many) throw runtimeError(`The function given to ${name} should return a single Tensor`)
  if (list[0]!.numel() !== 1)
    throw runtimeError(`The Tensor returned by the function given to ${name} should contain a single element`)
  return list[0]!
}

/**
 * The Hessian of a function with one element as its output: for inputs of shapes `S` and `T` a tensor of shape `S × T`;
 * with several inputs an array of arrays.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.hessian.html
 */
export function hessian<I extends OneOrMany>(
  ...args: Args<
    [func: Func<Tensor>, inputs: I],
    [
      create_graph: boolean,
      strict: boolean,
      vectorize: boolean,
      outer_jacobian_strategy: HessianKeywords['outer_jacobian_strategy'],
    ],
    HessianKeywords
  >
): Each<I, Each<I, Tensor>> {
  const { func, inputs, create_graph, strict, vectorize, outer_jacobian_strategy: strategy } = bindHessian(args)
  const { list, many } = asList(inputs, 'inputs', 'hessian')
  const gradient = (...at: Tensor[]): Tensor[] => {
    if (strategy === 'forward-mode') for (const t of at) t.requires_grad_()
    const f = (...xs: Tensor[]): Tensor => scalar(func(...xs), 'hessian', strict).squeeze()
    const jac = jacobian(f, at, { create_graph: true }) as unknown as Tensor[]
    checkRequiresGrad(jac, 'jacobian', strict)
    return jac
  }
  const options = { create_graph, strict, vectorize, strategy }
  const rows = jacobian(gradient, list, options) as unknown as Tensor[][]
  return (many ? rows : rows[0]![0]!) as Each<I, Each<I, Tensor>>
}

/** What `vhp` and `hvp` begin with: the gradient of the scalar function, recorded. */
function recordedGradient(bound: Bound, list: Tensor[], many: boolean, name: string) {
  const inputs = preprocess(list, bound.create_graph, true)
  const vector = inputVector(bound, inputs, many, name)
  const output = scalar(bound.func(...inputs), name, bound.strict)
  const jac = gradOrNull([output], inputs, null, true)
  checkRequiresGrad(jac, 'jacobian', bound.strict)
  return { inputs, vector, output, jac }
}

/**
 * The product of `v` and the Hessian of `func`, whose output is one element; `v` has the shape of `inputs`.
 *
 * @returns `[func's output, product]`.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.vhp.html
 */
export function vhp<I extends OneOrMany>(
  ...args: ProductArgs<I, Tensor, Each<I, Tensor>>
): [output: Tensor, vhp: Each<I, Tensor>] {
  const bound = bindVhp(args)
  const { create_graph, strict } = bound
  const { list, many } = asList(bound.inputs, 'inputs', 'vhp')
  const { inputs, vector, output, jac } = ofEnabledGrad(true, () => recordedGradient(bound, list, many, 'vhp'))
  const result = ofEnabledGrad(create_graph || is_grad_enabled(), () =>
    fillInZeros(gradOrNull(jac, inputs, vector, create_graph), inputs, strict, create_graph, 'double_back'),
  )
  const [value] = postprocess([output], create_graph)
  return [value!, like(postprocess(result, create_graph), many) as Each<I, Tensor>]
}

/**
 * The product of the Hessian of `func`, whose output is one element, and `v`; `vhp` is the cheaper one, and the same where
 * the Hessian is symmetric.
 *
 * @returns `[func's output, product]`.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.hvp.html
 */
export function hvp<I extends OneOrMany>(
  ...args: ProductArgs<I, Tensor, Each<I, Tensor>>
): [output: Tensor, hvp: Each<I, Tensor>] {
  const bound = bindHvp(args)
  const { create_graph, strict } = bound
  const { list, many } = asList(bound.inputs, 'inputs', 'hvp')
  const { inputs, vector, output, gradJac, twice } = ofEnabledGrad(true, () => {
    const { jac, ...rest } = recordedGradient(bound, list, many, 'hvp')
    const gradJac = rest.inputs.map(input => zerosLike(input).requires_grad_())
    const twice = gradOrNull(jac, rest.inputs, gradJac, true)
    checkRequiresGrad(jac, 'hessian', strict)
    return { ...rest, gradJac, twice }
  })
  const result = ofEnabledGrad(create_graph || is_grad_enabled(), () =>
    fillInZeros(gradOrNull(twice, gradJac, vector, create_graph), inputs, strict, create_graph, 'double_back_trick'),
  )
  const [value] = postprocess([output], create_graph)
  return [value!, like(postprocess(result, create_graph), many) as Each<I, Tensor>]
}
