import { typeName } from '../_C/args.js'
import { call } from '../_C/call.js'
import { runtimeError, valueError, warn } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { recordOf } from './_module_state.js'
import { emptyParameter, type FactoryOptions } from './_parameters.js'
import { repr, reprFloat } from './_print.js'
import * as init from './init.js'
import { type Forward, Module } from './module.js'
import type { Parameter } from './parameter.js'
import { PackedSequence } from './utils/packed_sequence.js'

export type RNNMode = 'RNN_TANH' | 'RNN_RELU' | 'LSTM' | 'GRU'

/** Keywords that the recurrent layers share. */
export interface RNNBaseOptions extends FactoryOptions {
  input_size: number
  hidden_size: number
  /** How many layers, each taking the outputs of the one below. */
  num_layers: number
  bias: boolean
  /** Whether input and output are (N, L, *) instead of (L, N, *). */
  batch_first: boolean
  /** The share of outputs dropped after every layer but the last. */
  dropout: number
  /** Whether there is a second set of layers that reads the sequence from its end. */
  bidirectional: boolean
  /** The size that an LSTM's hidden states are projected to; 0 for none. */
  proj_size: number
}

/** Parameters with defaults that come after those that the classes differ in. */
export type RNNOptional = [
  bias: boolean,
  batch_first: boolean,
  dropout: number,
  bidirectional: boolean,
  device: DeviceLike | null,
  dtype: dtype | null,
]

const gates: Record<RNNMode, number> = { RNN_TANH: 1, RNN_RELU: 1, LSTM: 4, GRU: 3 }

function checkOptions(options: RNNBaseOptions): void {
  const { input_size, hidden_size, num_layers, dropout, proj_size } = options
  if (typeof dropout !== 'number' || !(dropout >= 0 && dropout <= 1))
    throw valueError(
      'dropout should be a number in range [0, 1] representing the probability of an element being zeroed',
    )
  if (dropout > 0 && num_layers === 1)
    warn(
      'dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers greater than ' +
        `1, but got dropout=${reprFloat(dropout)} and num_layers=${num_layers}`,
    )
  for (const name of ['bias', 'batch_first'] as const)
    if (typeof options[name] !== 'boolean')
      throw new TypeError(`${name} should be of type bool, got: ${typeName(options[name])}`)
  for (const name of ['input_size', 'hidden_size', 'num_layers', 'proj_size'] as const) {
    if (!Number.isInteger(options[name]))
      throw new TypeError(`${name} should be of type int, got: ${typeName(options[name])}`)
  }
  if (input_size <= 0) throw valueError('input_size must be greater than zero')
  if (hidden_size <= 0) throw valueError('hidden_size must be greater than zero')
  if (num_layers <= 0) throw valueError('num_layers must be greater than zero')
  if (proj_size < 0) throw valueError('proj_size should be a positive integer or zero to disable projections')
  if (proj_size >= hidden_size) throw valueError('proj_size has to be smaller than hidden_size')
}

const tuple = (sizes: readonly number[]): string => `(${sizes.join(', ')})`
const list = (sizes: readonly number[]): string => `[${sizes.join(', ')}]`

/**
 * The base of `RNN`, `LSTM` and `GRU`. The parameters of layer k are `weight_ih_l{k}` (gates · hidden_size, input size),
 * `weight_hh_l{k}` (gates · hidden_size, hidden_size or proj_size), `bias_ih_l{k}`, `bias_hh_l{k}` (gates · hidden_size) and
 * `weight_hr_l{k}` (proj_size, hidden_size), with `_reverse` after the name for the second direction.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.RNNBase.html
 */
export abstract class RNNBase extends Module<Forward> {
  [weight: `weight_${string}`]: Parameter
  [bias: `bias_${string}`]: Parameter
  mode: RNNMode
  input_size: number
  hidden_size: number
  num_layers: number
  bias: boolean
  batch_first: boolean
  dropout: number
  bidirectional: boolean
  proj_size: number
  /** The names of each layer's parameters, direction by direction. */
  protected readonly _all_weights: readonly (readonly string[])[]

  constructor(mode: RNNMode, options: RNNBaseOptions) {
    super()
    checkOptions(options)
    if (!Object.hasOwn(gates, mode)) throw valueError(`Unrecognized RNN mode: ${mode}`)
    const { hidden_size, proj_size, bias } = options
    this.mode = mode
    this.input_size = options.input_size
    this.hidden_size = hidden_size
    this.num_layers = options.num_layers
    this.bias = bias
    this.batch_first = options.batch_first
    this.dropout = options.dropout
    this.bidirectional = options.bidirectional
    this.proj_size = proj_size
    const gateSize = gates[mode] * hidden_size
    const outputSize = proj_size > 0 ? proj_size : hidden_size
    const all: string[][] = []
    for (let layer = 0; layer < options.num_layers; layer++) {
      const inputSize = layer === 0 ? options.input_size : outputSize * this.directions
      for (const direction of this.bidirectional ? ['', '_reverse'] : ['']) {
        const suffix = `_l${layer}${direction}`
        const shapes: [string, number[]][] = [
          [`weight_ih${suffix}`, [gateSize, inputSize]],
          [`weight_hh${suffix}`, [gateSize, outputSize]],
        ]
        if (bias) shapes.push([`bias_ih${suffix}`, [gateSize]], [`bias_hh${suffix}`, [gateSize]])
        if (proj_size > 0) shapes.push([`weight_hr${suffix}`, [proj_size, hidden_size]])
        for (const [name, shape] of shapes) recordOf(this)[name] = emptyParameter(shape, options)
        all.push(shapes.map(([name]) => name))
      }
    }
    this._all_weights = all
    this.reset_parameters()
  }

  /** The sizes of the states of one sequence, in the order in which `forward` takes them. */
  protected get stateSizes(): number[] {
    return [this.proj_size > 0 ? this.proj_size : this.hidden_size]
  }

  protected get directions(): number {
    return this.bidirectional ? 2 : 1
  }

  /** The parameters of each layer and direction. */
  get all_weights(): Parameter[][] {
    return this._all_weights.map(names => names.map(name => recordOf(this)[name] as Parameter))
  }

  /** Draws every parameter anew from U(-√k, √k) with k = 1 / hidden_size. */
  reset_parameters(): void {
    const bound = 1 / Math.sqrt(this.hidden_size)
    for (const weight of this.parameters()) init.uniform_(weight, -bound, bound)
  }

  /** Does nothing here: only cuDNN wants the weights in one piece of memory, and it copies them itself. */
  flatten_parameters(): void {}

  /** @throws ValueError or TorchError for an input of another dtype or size than the layer's. */
  check_input(input: Tensor, batch_sizes: Tensor | null): void {
    const own = this.all_weights[0]![0]!.dtype
    if (input.dtype !== own)
      throw valueError(
        `RNN input dtype (${input.dtype}) does not match weight dtype (${own}). Convert input: input.to(${own}), or ` +
          `convert model: model.to(${input.dtype})`,
      )
    const dims = batch_sizes === null ? 3 : 2
    if (input.dim() !== dims) throw runtimeError(`input must have ${dims} dimensions, got ${input.dim()}`)
    const size = input.shape.at(-1)
    if (size !== this.input_size)
      throw runtimeError(`input.size(-1) must be equal to input_size. Expected ${this.input_size}, got ${size}`)
  }

  /** Runs `op` over the input, (L, N, *), (N, L, *), (L, *) or packed; a missing state is zeros. */
  protected _run(
    op: number,
    input: Tensor | PackedSequence,
    states: readonly Tensor[] | null,
  ): [output: Tensor | PackedSequence, states: Tensor[]] {
    const packed = input instanceof PackedSequence ? input : null
    let steps = packed ? packed.data : (input as Tensor)
    const name = this.mode.slice(0, 3) === 'RNN' ? 'RNN' : this.mode
    const dims = steps.dim()
    if (!packed && dims !== 2 && dims !== 3)
      throw valueError(`${name}: Expected input to be 2D or 3D, got ${dims}D${name === 'RNN' ? ' tensor' : ''} instead`)
    const batched = packed !== null || dims === 3
    const batchDim = this.batch_first ? 0 : 1
    if (!batched) steps = steps.unsqueeze(batchDim)
    const batch = packed ? Number(packed.batch_sizes.select(0, 0).item()) : steps.shape[batchDim]!
    let given = states
    if (given === null) {
      const { dtype, device } = steps
      const rows = this.num_layers * this.directions
      given = this.stateSizes.map(size => call(ops.zeros, [rows, batch, size], { dtype, device }) as Tensor)
    } else {
      this._check_state_dims(given, batched)
      if (!batched) given = given.map(state => state.unsqueeze(1))
    }
    this.check_forward_args(steps, given, packed ? packed.batch_sizes : null)
    const order = packed?.sorted_indices ?? null
    if (order !== null && states !== null) given = this.permute_hidden(given, order)
    const hx = given.length === 1 ? given[0] : given
    const { bias, num_layers, dropout, training, bidirectional } = this
    const weights = this.all_weights.flat()
    const result = (
      packed
        ? call(op, steps, packed.batch_sizes, hx, weights, bias, num_layers, dropout, training, bidirectional)
        : call(op, steps, hx, weights, bias, num_layers, dropout, training, bidirectional, this.batch_first)
    ) as Iterable<Tensor>
    const [output, ...last] = result as [Tensor, ...Tensor[]]
    if (packed) {
      const back = packed.unsorted_indices
      return [
        new PackedSequence(output, packed.batch_sizes, order, back),
        back === null ? last : last.map(state => state.index_select(1, back)),
      ]
    }
    return batched ? [output, last] : [output.squeeze(batchDim), last.map(state => state.squeeze(1))]
  }

  /** @throws TorchError for a state that is batched where the input is not, or the other way round. */
  protected _check_state_dims(states: readonly Tensor[], batched: boolean): void {
    const dims = batched ? 3 : 2
    for (const state of states)
      if (state.dim() !== dims)
        throw runtimeError(
          `For ${batched ? 'batched' : 'unbatched'} ${dims}-D input, hx should also be ${dims}-D but got ${state.dim()}-D tensor`,
        )
  }

  /** The shape that the state number `i` has to have. */
  protected _expectedState(i: number, input: Tensor, batch_sizes: Tensor | null): [number, number, number] {
    const batch =
      batch_sizes === null ? input.shape[this.batch_first ? 0 : 1]! : Number(batch_sizes.select(0, 0).item())
    return [this.num_layers * this.directions, batch, this.stateSizes[i]!]
  }

  /** The shape of h_0: (D · num_layers, N, proj_size or hidden_size). */
  get_expected_hidden_size(input: Tensor, batch_sizes: Tensor | null): [number, number, number] {
    return this._expectedState(0, input, batch_sizes)
  }

  /** @throws TorchError for a state of another size; `{}` in the message are the two sizes. */
  check_hidden_size(hx: Tensor, expected: readonly number[], msg = 'Expected hidden size {}, got {}'): void {
    const { shape } = hx
    if (shape.length !== expected.length || shape.some((n, i) => n !== expected[i]))
      throw runtimeError(msg.replace('{}', tuple(expected)).replace('{}', list(shape)))
  }

  /** @throws ValueError or TorchError unless input and state, of an LSTM [h, c], are of the layer's dtype and sizes. */
  check_forward_args(input: Tensor, hidden: Tensor | readonly Tensor[], batch_sizes: Tensor | null): void {
    this.check_input(input, batch_sizes)
    const states = Array.isArray(hidden) ? (hidden as readonly Tensor[]) : [hidden as Tensor]
    for (const [i, state] of states.entries()) {
      const name = states.length === 1 ? 'hidden' : `hidden[${i}]`
      this.check_hidden_size(state, this._expectedState(i, input, batch_sizes), `Expected ${name} size {}, got {}`)
    }
  }

  /** The state of the sequences, of an LSTM [h, c], in another order. */
  permute_hidden<H extends Tensor | readonly Tensor[]>(hx: H, permutation: Tensor | null): H {
    if (permutation === null) return hx
    const permuted = (state: Tensor): Tensor => state.index_select(1, permutation)
    return (Array.isArray(hx) ? hx.map(permuted) : permuted(hx as Tensor)) as H
  }

  override extra_repr(): string {
    let s = `${this.input_size}, ${this.hidden_size}`
    if (this.proj_size !== 0) s += `, proj_size=${this.proj_size}`
    if (this.num_layers !== 1) s += `, num_layers=${this.num_layers}`
    if (!this.bias) s += `, bias=${repr(this.bias)}`
    if (this.batch_first) s += `, batch_first=${repr(this.batch_first)}`
    if (this.dropout !== 0) s += `, dropout=${reprFloat(this.dropout)}`
    if (this.bidirectional) s += `, bidirectional=${repr(this.bidirectional)}`
    return s
  }
}
