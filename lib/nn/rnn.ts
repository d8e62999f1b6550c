import { type Args, signature } from '../_C/args.js'
import { valueError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'
import { RNNBase, type RNNBaseOptions, type RNNOptional } from './rnn_base.js'
import type { PackedSequence } from './utils/packed_sequence.js'

/** The state of a recurrent layer by keyword. */
type Hidden = { hx?: Tensor | null }

export interface RNNOptions extends Omit<RNNBaseOptions, 'proj_size'> {
  nonlinearity: 'tanh' | 'relu'
}

const rnnOptions = signature<RNNOptions>(
  'RNN',
  'input_size',
  'hidden_size',
  ['num_layers', 1],
  ['nonlinearity', 'tanh'],
  ['bias', true],
  ['batch_first', false],
  ['dropout', 0],
  ['bidirectional', false],
  ['device', null],
  ['dtype', null],
)

const stateArgument = signature<{ input: Tensor | PackedSequence; hx: Tensor | null }>('forward', 'input', ['hx', null])

export interface RNN {
  (input: Tensor, hx?: Tensor | Hidden | null): [output: Tensor, h_n: Tensor]
  (input: PackedSequence, hx?: Tensor | Hidden | null): [output: PackedSequence, h_n: Tensor]
}

/**
 * A recurrent network, `h_t = tanh(x_t W_ihᵀ + b_ih + h_{t−1} W_hhᵀ + b_hh)`, or with ReLU. Input (L, N, input_size), (N, L,
 * input_size) with `batch_first`, (L, input_size) or packed; `hx` (D · num_layers, N, hidden_size), zeros unless given. Returns
 * the outputs (L, N, D · hidden_size) and the last states, with D = 2 if bidirectional.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the call signatures tell packed from plain.
export class RNN extends RNNBase {
  nonlinearity: 'tanh' | 'relu'

  constructor(
    ...args: Args<
      [input_size: number, hidden_size: number],
      [num_layers: number, nonlinearity: 'tanh' | 'relu', ...RNNOptional],
      RNNOptions
    >
  ) {
    const options = rnnOptions(args)
    const { nonlinearity } = options
    if (nonlinearity !== 'tanh' && nonlinearity !== 'relu')
      throw valueError(`Unknown nonlinearity '${String(nonlinearity)}'. Select from 'tanh' or 'relu'.`)
    super(nonlinearity === 'tanh' ? 'RNN_TANH' : 'RNN_RELU', { ...options, proj_size: 0 })
    this.nonlinearity = nonlinearity
  }

  forward(...args: [input: Tensor | PackedSequence, hx?: Tensor | Hidden | null]): [Tensor | PackedSequence, Tensor] {
    const { input, hx } = stateArgument(args)
    const [output, states] = this._run(this.mode === 'RNN_TANH' ? ops.rnn_tanh : ops.rnn_relu, input, hx && [hx])
    return [output, states[0]!]
  }
}
