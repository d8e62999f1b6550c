import { type Args, signature } from '../_C/args.js'
import { runtimeError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { RNNBase, type RNNBaseOptions } from './rnn_base.js'
import type { PackedSequence } from './utils/packed_sequence.js'

/** Hidden and cell states. */
export type LSTMState = [h: Tensor, c: Tensor]
type Given = LSTMState | { hx?: LSTMState | null } | null

const lstmOptions = signature<RNNBaseOptions>(
  'LSTM',
  'input_size',
  'hidden_size',
  ['num_layers', 1],
  ['bias', true],
  ['batch_first', false],
  ['dropout', 0],
  ['bidirectional', false],
  ['proj_size', 0],
  ['device', null],
  ['dtype', null],
)

const stateArgument = signature<{ input: Tensor | PackedSequence; hx: LSTMState | null }>('forward', 'input', [
  'hx',
  null,
])

export interface LSTM {
  (input: Tensor, hx?: Given): [output: Tensor, state: LSTMState]
  (input: PackedSequence, hx?: Given): [output: PackedSequence, state: LSTMState]
}

/**
 * A network of long short-term memory cells. Input (L, N, input_size), (N, L, input_size) with `batch_first`, (L, input_size)
 * or packed; `hx` is [h, c] of (D · num_layers, N, proj_size or hidden_size) and (D · num_layers, N, hidden_size), zeros unless
 * given. Returns the outputs (L, N, D · (proj_size or hidden_size)) and the last [h, c], with D = 2 if bidirectional.
 *
 * ```ts
 * const lstm = new nn.LSTM(10, 20, { num_layers: 2 })
 * const [output, [h_n, c_n]] = lstm(torch.randn(5, 3, 10))
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the call signatures tell packed from plain.
export class LSTM extends RNNBase {
  constructor(
    ...args: Args<
      [input_size: number, hidden_size: number],
      [
        num_layers: number,
        bias: boolean,
        batch_first: boolean,
        dropout: number,
        bidirectional: boolean,
        proj_size: number,
        device: DeviceLike | null,
        dtype: dtype | null,
      ],
      RNNBaseOptions
    >
  ) {
    super('LSTM', lstmOptions(args))
  }

  protected override get stateSizes(): number[] {
    return [...super.stateSizes, this.hidden_size]
  }

  /** The shape of c_0: (D · num_layers, N, hidden_size). */
  get_expected_cell_size(input: Tensor, batch_sizes: Tensor | null): [number, number, number] {
    return this._expectedState(1, input, batch_sizes)
  }

  protected override _check_state_dims(states: readonly Tensor[], batched: boolean): void {
    const dims = batched ? 3 : 2
    if (states.length !== 2) throw new TypeError(`LSTM: expected hx to be [h_0, c_0], got ${states.length} tensors`)
    const [h, c] = states.map(state => `${state.dim()}-D`)
    if (h !== `${dims}-D` || c !== `${dims}-D`)
      throw runtimeError(
        `For ${batched ? 'batched' : 'unbatched'} ${dims}-D input, hx and cx should also be ${dims}-D but got (${h}, ${c}) tensors`,
      )
  }

  forward(...args: [input: Tensor | PackedSequence, hx?: Given]): [Tensor | PackedSequence, LSTMState] {
    const { input, hx } = stateArgument(args)
    const [output, states] = this._run(ops.lstm, input, hx)
    return [output, states as LSTMState]
  }
}
