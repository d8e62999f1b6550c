/** The two ways into the autograd engine. */
import { type Args, isPlainObject, signature, typeName } from '../_C/args.js'
import { call, traced } from '../_C/call.js'
import { TorchError, ValueError } from '../_C/errors.js'
import { beforeCall } from '../_C/modes.js'
import { native } from '../_C/native.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'

/** One tensor or several. */
export type Tensors = Tensor | readonly Tensor[]
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

function sameShape(a: Tensor, b: Tensor): boolean {
  const left = a.shape
  const right = b.shape
  return left.length === right.length && left.every((size, i) => size === right[i])
}

/** The gradient to start from at one output. */
function startingGrad(output: Tensor, grad: unknown, place: number): Tensor | null {
  if (grad === null || grad === undefined) {
    if (!output.requires_grad) return null
    if (output.numel() !== 1) throw new TorchError('grad can be implicitly created only for scalar outputs')
    if (!output.dtype.is_floating_point)
      throw new TorchError(`grad can be implicitly created only for real scalar outputs but got ${output.dtype}`)
    return call(ops.ones_like, output.detach()) as Tensor
  }
  if (!native.isTensor(grad)) throw new TypeError(`gradients can be either Tensors or None, but got ${typeName(grad)}`)
  const given = grad as Tensor
  if (!sameShape(output, given)) {
    throw new TorchError(
      `Mismatch in shape: grad_output[${place}] has a shape of ${given.shape} and output[${place}] has a shape of ${output.shape}.`,
    )
  }
  if (output.dtype.is_complex !== given.dtype.is_complex) {
    throw new TorchError(
      `For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: grad_output[${place}] has a dtype of ${given.dtype} and output[${place}] has a dtype of ${output.dtype}.`,
    )
  }
  return given
}

function startingGrads(outputs: readonly Tensor[], grads: unknown): (Tensor | null)[] {
  const list: readonly unknown[] =
    grads === null || grads === undefined ? outputs.map(() => null) : native.isTensor(grads) ? [grads] : (grads as [])
  if (!Array.isArray(list))
    throw new TypeError(`gradients must be a Tensor or a list of Tensors, got ${typeName(grads)}`)
  if (list.length !== outputs.length) throw new TorchError(`got ${outputs.length} tensors and ${list.length} gradients`)
  return outputs.map((output, i) => startingGrad(output, list[i], i))
}

interface BackwardKeywords {
  tensors: Tensors
  grad_tensors: OptionalTensors
  retain_graph: boolean | null
  create_graph: boolean
  grad_variables: null
  inputs: Tensors | Record<string, Tensor> | null
}

type BackwardArgs = Args<
  [tensors: Tensors],
  [
    grad_tensors: OptionalTensors,
    retain_graph: boolean | null,
    create_graph: boolean,
    grad_variables: null,
    inputs: Tensors | Record<string, Tensor> | null,
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
  const targets = inputs === null ? [] : tensorList(inputs, 'inputs')
  if (inputs !== null && targets.length === 0)
    throw new TorchError('`inputs` argument to `backward()` cannot be empty.')
  const outputs = tensorList(tensors, 'tensors')
  const grads = startingGrads(outputs, grad_tensors)
  beforeCall()
  return [outputs, grads, retain_graph ?? create_graph, create_graph, targets]
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
  outputs: Tensors
  inputs: Tensors | Record<string, Tensor>
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
    [outputs: Tensors, inputs: Tensors],
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
  const outputs = tensorList(bound.outputs, 'outputs')
  const inputs = tensorList(bound.inputs, 'inputs')
  if (inputs.length === 0) throw new TorchError('`inputs` argument to `grad()` cannot be empty.')
  const retain = bound.retain_graph ?? create_graph
  const run = (grads: unknown, retainNow: boolean): (Tensor | null)[] => {
    const starts = startingGrads(outputs, grads)
    beforeCall()
    return native.gradOf(outputs, inputs, starts, retainNow, create_graph, allowUnused)
  }
  const found = is_grads_batched ? runBatched(bound.grad_outputs, retain, run) : run(bound.grad_outputs, retain)
  for (const result of found) traced(result)
  if (!materialize_grads) return found as Tensor[]
  return found.map((result, i) => {
    if (result !== null) return result
    const zeros = call(ops.zeros_like, inputs[i]!.detach()) as Tensor
    return create_graph ? zeros.requires_grad_() : zeros
  })
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
