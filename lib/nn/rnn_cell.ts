import { type Args, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import { runtimeError, valueError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { emptyParameter, type FactoryOptions } from './_parameters.js'
import { repr } from './_print.js'
import * as init from './init.js'
import type { LSTMState } from './lstm.js'
import { Module } from './module.js'
import type { Parameter } from './parameter.js'

/** Keywords of the recurrent cells. */
export interface RNNCellOptions extends FactoryOptions {
  input_size: number
  hidden_size: number
  bias: boolean
}

type CellOptional = [bias: boolean, device: DeviceLike | null, dtype: dtype | null]

function checkDims(cell: string, what: string, t: Tensor): void {
  const dims = t.dim()
  if (dims !== 1 && dims !== 2) throw valueError(`${cell}: Expected ${what} to be 1D or 2D, got ${dims}D instead`)
}

/**
 * The base of `RNNCell`, `LSTMCell` and `GRUCell`: one step of a recurrent layer. `weight_ih` is (chunks · hidden_size,
 * input_size), `weight_hh` (chunks · hidden_size, hidden_size), the biases (chunks · hidden_size).
 */
export abstract class RNNCellBase extends Module<(input: Tensor, hx?: never) => unknown> {
  input_size: number
  hidden_size: number
  bias: boolean
  weight_ih: Parameter
  weight_hh: Parameter
  bias_ih: Parameter | null
  bias_hh: Parameter | null

  constructor(options: RNNCellOptions, num_chunks: number) {
    super()
    const { input_size, hidden_size, bias } = options
    this.input_size = input_size
    this.hidden_size = hidden_size
    this.bias = bias
    this.weight_ih = emptyParameter([num_chunks * hidden_size, input_size], options)
    this.weight_hh = emptyParameter([num_chunks * hidden_size, hidden_size], options)
    this.bias_ih = bias ? emptyParameter([num_chunks * hidden_size], options) : null
    this.bias_hh = bias ? emptyParameter([num_chunks * hidden_size], options) : null
    this.reset_parameters()
  }

  /** Draws every parameter anew from U(-√k, √k) with k = 1 / hidden_size. */
  reset_parameters(): void {
    const bound = this.hidden_size > 0 ? 1 / Math.sqrt(this.hidden_size) : 0
    for (const weight of this.parameters()) init.uniform_(weight, -bound, bound)
  }

  /** One step of `op` for an input (N, input_size) or (input_size), from `state` or zeros. */
  protected _step(op: number, input: Tensor, state: Tensor | null): Tensor {
    const name = this._get_name()
    checkDims(name, 'input', input)
    if (state !== null) checkDims(name, 'hidden', state)
    const batched = input.dim() === 2
    const x = batched ? input : input.unsqueeze(0)
    const hx = state === null ? this._zeros(x) : batched ? state : state.unsqueeze(0)
    const result = call(op, x, hx, this.weight_ih, this.weight_hh, this.bias_ih, this.bias_hh) as Tensor
    return batched ? result : result.squeeze(0)
  }

  protected _zeros(input: Tensor): Tensor {
    const { dtype, device } = input
    return call(ops.zeros, [input.shape[0]!, this.hidden_size], { dtype, device }) as Tensor
  }

  override extra_repr(): string {
    const { nonlinearity } = this as { nonlinearity?: string }
    let s = `${this.input_size}, ${this.hidden_size}`
    if (!this.bias) s += `, bias=${repr(this.bias)}`
    if (nonlinearity !== undefined && nonlinearity !== 'tanh') s += `, nonlinearity=${nonlinearity}`
    return s
  }
}

export interface ElmanCellOptions extends RNNCellOptions {
  nonlinearity: 'tanh' | 'relu'
}

const rnnCellOptions = signature<ElmanCellOptions>(
  'RNNCell',
  'input_size',
  'hidden_size',
  ['bias', true],
  ['nonlinearity', 'tanh'],
  ['device', null],
  ['dtype', null],
)

const stepArguments = signature<{ input: Tensor; hx: Tensor | null }>('forward', 'input', ['hx', null])
type StepArgs = Args<[input: Tensor], [hx: Tensor | null], { input: Tensor; hx: Tensor | null }>

/**
 * One step of an `RNN`: `h' = tanh(x W_ihᵀ + b_ih + h W_hhᵀ + b_hh)`, or with ReLU. Input (N, input_size) or (input_size), `hx`
 * (N, hidden_size) or (hidden_size), zeros unless given; returns the next `hx`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.RNNCell.html
 */
export class RNNCell extends RNNCellBase {
  nonlinearity: 'tanh' | 'relu'

  constructor(
    ...args: Args<
      [input_size: number, hidden_size: number],
      [bias: boolean, nonlinearity: 'tanh' | 'relu', device: DeviceLike | null, dtype: dtype | null],
      ElmanCellOptions
    >
  ) {
    const options = rnnCellOptions(args)
    super(options, 1)
    this.nonlinearity = options.nonlinearity
  }

  forward(...args: StepArgs): Tensor {
    const { input, hx } = stepArguments(args)
    const { nonlinearity } = this
    if (nonlinearity !== 'tanh' && nonlinearity !== 'relu')
      throw runtimeError(`Unknown nonlinearity: ${String(nonlinearity)}`)
    return this._step(nonlinearity === 'tanh' ? ops.rnn_tanh_cell : ops.rnn_relu_cell, input, hx)
  }
}

const gruCellOptions = signature<RNNCellOptions>(
  'GRUCell',
  'input_size',
  'hidden_size',
  ['bias', true],
  ['device', null],
  ['dtype', null],
)

/**
 * One step of a `GRU`. Input (N, input_size) or (input_size), `hx` (N, hidden_size) or (hidden_size), zeros unless given;
 * returns the next `hx`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.GRUCell.html
 */
export class GRUCell extends RNNCellBase {
  constructor(...args: Args<[input_size: number, hidden_size: number], CellOptional, RNNCellOptions>) {
    super(gruCellOptions(args), 3)
  }

  forward(...args: StepArgs): Tensor {
    const { input, hx } = stepArguments(args)
    return this._step(ops.gru_cell, input, hx)
  }
}

const lstmCellOptions = signature<RNNCellOptions>(
  'LSTMCell',
  'input_size',
  'hidden_size',
  ['bias', true],
  ['device', null],
  ['dtype', null],
)
interface LSTMStep {
  input: Tensor
  hx: LSTMState | null
}
const lstmStepArguments = signature<LSTMStep>('forward', 'input', ['hx', null])

/**
 * One step of an `LSTM`. Input (N, input_size) or (input_size), `hx` is [h, c], each (N, hidden_size) or (hidden_size), zeros
 * unless given; returns the next [h, c].
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html
 */
export class LSTMCell extends RNNCellBase {
  constructor(...args: Args<[input_size: number, hidden_size: number], CellOptional, RNNCellOptions>) {
    super(lstmCellOptions(args), 4)
  }

  forward(...args: Args<[input: Tensor], [hx: LSTMState | null], LSTMStep>): LSTMState {
    const { input, hx } = lstmStepArguments(args)
    checkDims('LSTMCell', 'input', input)
    for (const [i, state] of (hx ?? []).entries()) checkDims('LSTMCell', `hx[${i}]`, state)
    const batched = input.dim() === 2
    const x = batched ? input : input.unsqueeze(0)
    const zeros = hx === null ? this._zeros(x) : null
    const states = hx === null ? [zeros, zeros] : batched ? hx : hx.map(state => state.unsqueeze(0))
    const result = call(ops.lstm_cell, x, states, this.weight_ih, this.weight_hh, this.bias_ih, this.bias_hh)
    const [h, c] = result as Iterable<Tensor> as LSTMState
    return batched ? [h, c] : [h.squeeze(0), c.squeeze(0)]
  }
}
