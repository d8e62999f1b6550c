import { type Args, signature } from '../_C/args.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'
import { RNNBase, type RNNBaseOptions, type RNNOptional } from './rnn_base.js'
import type { PackedSequence } from './utils/packed_sequence.js'

/** The state of a recurrent layer by keyword. */
type Hidden = { hx?: Tensor | null }

export type GRUOptions = Omit<RNNBaseOptions, 'proj_size'>

const gruOptions = signature<GRUOptions>(
  'GRU',
  'input_size',
  'hidden_size',
  ['num_layers', 1],
  ['bias', true],
  ['batch_first', false],
  ['dropout', 0],
  ['bidirectional', false],
  ['device', null],
  ['dtype', null],
)

const stateArgument = signature<{ input: Tensor | PackedSequence; hx: Tensor | null }>('forward', 'input', ['hx', null])

export interface GRU {
  (input: Tensor, hx?: Tensor | Hidden | null): [output: Tensor, h_n: Tensor]
  (input: PackedSequence, hx?: Tensor | Hidden | null): [output: PackedSequence, h_n: Tensor]
}

/**
 * A network of gated recurrent units. Input (L, N, input_size), (N, L, input_size) with `batch_first`, (L, input_size) or
 * packed; `hx` (D · num_layers, N, hidden_size), zeros unless given. Returns the outputs (L, N, D · hidden_size) and the last
 * states, with D = 2 if bidirectional.
 *
 * ```ts
 * const gru = new nn.GRU(10, 20, { num_layers: 2 })
 * const [output, h_n] = gru(torch.randn(5, 3, 10))
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the call signatures tell packed from plain.
export class GRU extends RNNBase {
  constructor(
    ...args: Args<[input_size: number, hidden_size: number], [num_layers: number, ...RNNOptional], GRUOptions>
  ) {
    super('GRU', { ...gruOptions(args), proj_size: 0 })
  }

  forward(...args: [input: Tensor | PackedSequence, hx?: Tensor | Hidden | null]): [Tensor | PackedSequence, Tensor] {
    const { input, hx } = stateArgument(args)
    const [output, states] = this._run(ops.gru, input, hx && [hx])
    return [output, states[0]!]
  }
}
