/** The two ways into the autograd engine. */
import { type Args, isPlainObject, signature, typeName } from '../_C/args.js'
import { call, traced } from '../_C/call.js'
import { TorchError, ValueError } from '../_C/errors.js'
import { beforeCall } from '../_C/modes.js'
import { type NativeEdge, native } from '../_C/native.js'
import * as ops from '../_generated/ops.js'
import { sizeText } from '../size.js'
import type { Tensor } from '../tensor.js'
import { GradientEdge } from './gradient_edge.js'
import type { InputMetadata } from './node.js'

/** One tensor or several. */
export type Tensors = Tensor | readonly Tensor[]
/** Tensors, or places of the graph. */
export type Outputs = Tensor | GradientEdge | readonly (Tensor | GradientEdge)[]
/** The same, or named tensors. */
export type Inputs = Outputs | Record<string, Tensor>
/** Where the gradient of an output may be left to autograd: null. */
type OptionalTensors = Tensor | null | readonly (Tensor | null)[]

function tensorList(value: unknown, what: string): Tensor[] {
  if (native.isTensor(value)) return [value as Tensor]
  const list: unknown = isPlainObject(value) ? Object.values(value) : value
  if (!Array.isArray(list)) throw new TypeError(`${what} must be a Tensor or a list of Tensors, got ${typeName(value)}`)
  for (const item of list) {
    if (!native.isTensor(item)) throw new TypeError(`${what} must be Tensors, got ${typeName(item)}`)
  }
  return list as Tensor[]
}

function outputList(value: unknown, what: string): (Tensor | GradientEdge)[] {
  if (value instanceof GradientEdge) return [value]
  if (!Array.isArray(value) || !value.some(item => item instanceof GradientEdge)) return tensorList(value, what)
  for (const item of value as unknown[])
    if (!(item instanceof GradientEdge) && !native.isTensor(item))
      throw new TypeError(`${what} must be Tensors or GradientEdges, got ${typeName(item)}`)
  return value as (Tensor | GradientEdge)[]
}

/** As the addon takes them. */
function natively(list: readonly (Tensor | GradientEdge)[]): (Tensor | NativeEdge)[] {
  return list.map(item => (item instanceof GradientEdge ? item.native : item))
}

/** What a gradient has to look like. */
function factsOf(output: Tensor | GradientEdge): InputMetadata {
  if (!(output instanceof GradientEdge)) return output
  const facts = output.node._input_metadata[output.output_nr]
  if (facts === undefined || facts === null)
    throw new TorchError(`${output.node} takes no gradient number ${output.output_nr}`)
  return facts
}

function sameShape(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((size, i) => size === right[i])
}

/** The gradient to start from at one output. */
function startingGrad(output: Tensor | GradientEdge, grad: unknown, place: number): Tensor | null {
  const isEdge = output instanceof GradientEdge
  if (grad === null || grad === undefined) {
    if (!isEdge && !output.requires_grad) return null
    const facts = factsOf(output)
    const isScalar = isEdge ? facts.shape.every(size => size === 1) : output.numel() === 1
    if (!isScalar) throw new TorchError('grad can be implicitly created only for scalar outputs')
    const { dtype } = facts
    if (!dtype.is_floating_point)
      throw new TorchError(`grad can be implicitly created only for real scalar outputs but got ${dtype}`)
    return (
      isEdge ? call(ops.ones, facts.shape, { dtype, device: facts.device }) : call(ops.ones_like, output)
    ) as Tensor
  }
  if (!native.isTensor(grad)) throw new TypeError(`gradients can be either Tensors or None, but got ${typeName(grad)}`)
  const given = grad as Tensor
  const { shape, dtype } = factsOf(output)
  if (!sameShape(shape, given.shape)) {
    throw new TorchError(
      `Mismatch in shape: grad_output[${place}] has a shape of ${sizeText(given.shape)} and output[${place}] has a shape of ${sizeText(shape)}.`,
    )
  }
  if (dtype.is_complex !== given.dtype.is_complex) {
    throw new TorchError(
      `For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: grad_output[${place}] has a dtype of ${given.dtype} and output[${place}] has a dtype of ${dtype}.`,
    )
  }
  return given
}

function startingGrads(outputs: readonly (Tensor | GradientEdge)[], grads: unknown): (Tensor | null)[] {
  const list: readonly unknown[] =
    grads === null || grads === undefined ? outputs.map(() => null) : native.isTensor(grads) ? [grads] : (grads as [])
  if (!Array.isArray(list))
    throw new TypeError(`gradients must be a Tensor or a list of Tensors, got ${typeName(grads)}`)
  if (list.length !== outputs.length) throw new TorchError(`got ${outputs.length} tensors and ${list.length} gradients`)
  return outputs.map((output, i) => startingGrad(output, list[i], i))
}

interface BackwardKeywords {
  tensors: Outputs
  grad_tensors: OptionalTensors
  retain_graph: boolean | null
  create_graph: boolean
  grad_variables: null
  inputs: Inputs | null
}

type BackwardArgs = Args<
  [tensors: Outputs],
  [
    grad_tensors: OptionalTensors,
    retain_graph: boolean | null,
    create_graph: boolean,
    grad_variables: null,
    inputs: Inputs | null,
  ],
  BackwardKeywords
>

const bindBackward = signature<BackwardKeywords>(
  'backward',
  'tensors',
  ['grad_tensors', null],
  ['retain_graph', null],
  ['create_graph', false],
  ['grad_variables', null],
  ['inputs:dict', null],
)

type EngineArgs = Parameters<typeof native.backward>

function engineArgs(args: readonly unknown[]): EngineArgs {
  const { tensors, grad_tensors, retain_graph, create_graph, inputs } = bindBackward(args)
  const targets = inputs === null ? [] : outputList(inputs, 'inputs')
  if (inputs !== null && targets.length === 0)
    throw new TorchError('`inputs` argument to `backward()` cannot be empty.')
  const outputs = outputList(tensors, 'tensors')
  const grads = startingGrads(outputs, grad_tensors)
  beforeCall()
  return [natively(outputs), grads, retain_graph ?? create_graph, create_graph, natively(targets)]
}

/**
 * Adds the gradients of `tensors` with respect to the graph's leaves (or `inputs` alone) to their `grad`. For outputs that
 * are not scalars `grad_tensors` gives the gradient to start from. The graph is freed unless `retain_graph`.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.backward.html
 */
export function backward(...args: BackwardArgs): void {
  native.backward(...engineArgs(args))
}

/** `backward` on a thread of the addon's own: the event loop goes on meanwhile. */
export async function backwardAsync(...args: BackwardArgs): Promise<void> {
  await native.backwardAsync(...engineArgs(args))
}

interface GradKeywords {
  outputs: Outputs
  inputs: Inputs
  grad_outputs: OptionalTensors
  retain_graph: boolean | null
  create_graph: boolean
  only_inputs: boolean
  allow_unused: boolean | null
  is_grads_batched: boolean
  materialize_grads: boolean
}

const bindGrad = signature<GradKeywords>(
  'grad',
  'outputs',
  'inputs:dict',
  ['grad_outputs', null],
  ['retain_graph', null],
  ['create_graph', false],
  ['only_inputs', true],
  ['allow_unused', null],
  ['is_grads_batched', false],
  ['materialize_grads', false],
)

/**
 * The gradients of the sum of `outputs` with respect to `inputs`, one for each, without touching any `grad`. An input that
 * the outputs don't depend on is an error, or null with `allow_unused`, or zeros with `materialize_grads`. With
 * `is_grads_batched` the first dimension of each of `grad_outputs` is a batch, and of each result.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad.html
 */
export function grad(
  ...args: Args<
    [outputs: Outputs, inputs: Inputs],
    [
      grad_outputs: OptionalTensors,
      retain_graph: boolean | null,
      create_graph: boolean,
      only_inputs: boolean,
      allow_unused: boolean | null,
      is_grads_batched: boolean,
      materialize_grads: boolean,
    ],
    GradKeywords
  >
): Tensor[] {
  const bound = bindGrad(args)
  const { create_graph, is_grads_batched, materialize_grads } = bound
  if (materialize_grads && bound.allow_unused === false) {
    throw new ValueError(
      'Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.',
      'ERR_TORCH_VALUE',
    )
  }
  const allowUnused = bound.allow_unused ?? materialize_grads
  const outputs = outputList(bound.outputs, 'outputs')
  const inputs = outputList(bound.inputs, 'inputs')
  if (inputs.length === 0) throw new TorchError('`inputs` argument to `grad()` cannot be empty.')
  const retain = bound.retain_graph ?? create_graph
  const run = (grads: unknown, retainNow: boolean): (Tensor | null)[] => {
    const starts = startingGrads(outputs, grads)
    beforeCall()
    return native.gradOf(natively(outputs), natively(inputs), starts, retainNow, create_graph, allowUnused)
  }
  const found = is_grads_batched ? runBatched(bound.grad_outputs, retain, run) : run(bound.grad_outputs, retain)
  for (const result of found) traced(result)
  if (!materialize_grads) return found as Tensor[]
  return found.map((result, i) => {
    if (result !== null) return result
    const zeros = zerosFor(inputs[i]!)
    return create_graph ? zeros.requires_grad_() : zeros
  })
}

function zerosFor(input: Tensor | GradientEdge): Tensor {
  if (!(input instanceof GradientEdge)) return call(ops.zeros_like, input.detach()) as Tensor
  const { shape, dtype, device } = factsOf(input)
  return call(ops.zeros, shape, { dtype, device }) as Tensor
}

/** One pass for each item of the batch, stacked: the engine has no batched pass without functorch. */
function runBatched(
  gradOutputs: unknown,
  retain: boolean,
  run: (grads: unknown, retain: boolean) => (Tensor | null)[],
): (Tensor | null)[] {
  const batched = tensorList(gradOutputs, 'grad_outputs')
  const count = batched[0]?.shape[0]
  if (count === undefined || count === 0)
    throw new TorchError('is_grads_batched needs grad_outputs with a batch dimension')
  const passes: (Tensor | null)[][] = []
  for (let i = 0; i < count; i++) {
    const grads = batched.map(all => call(ops.select, all, 0, i))
    passes.push(run(grads, retain || i < count - 1))
  }
  return passes[0]!.map((first, input) =>
    first === null
      ? null
      : (call(
          ops.stack,
          passes.map(pass => pass[input]),
        ) as Tensor),
  )
}
