/** Packing, and recurrent layers over packed sequences. */
import * as torch from 'torch-node'
import * as nn from 'torch-node/nn'
import { describe, expect, it } from 'vitest'

const { pack_padded_sequence, pack_sequence, pad_packed_sequence, pad_sequence, unpack_sequence, unpad_sequence } =
  nn.utils.rnn
const sequences = [1, 3, 2].map(length => torch.randn(length, 4))

describe('nn.utils.rnn', () => {
  it('packs and unpacks sequences in any order', () => {
    const packed = pack_sequence(sequences, { enforce_sorted: false })
    expect(packed.batch_sizes.tolist()).toEqual([3, 2, 1])
    expect(packed.data.shape).toEqual([6, 4])
    for (const [i, back] of unpack_sequence(packed).entries()) expect(back.equal(sequences[i]!)).toBe(true)
    const [padded, lengths] = pad_packed_sequence(packed, { batch_first: true, padding_value: 7, total_length: 5 })
    expect(padded.shape).toEqual([3, 5, 4])
    expect(lengths.tolist()).toEqual([1, 3, 2])
    expect(padded.at(0, 4, 0).item()).toBe(7)
    expect(() => pad_packed_sequence(packed, { total_length: 2 })).toThrow(
      /total_length=2 and max sequence length being 3/,
    )
  })

  it('insists on sorted sequences unless told', () => {
    expect(() => pack_sequence(sequences)).toThrow(/sorted in decreasing order/)
    expect(() => pack_padded_sequence(torch.randn(3, 2, 1), [3, 0])).toThrow(/greater than 0/)
  })

  it('pads on either side and undoes it', () => {
    const padded = pad_sequence(sequences, { batch_first: true, padding_value: -1, padding_side: 'left' })
    expect(padded.at(0, 0, 0).item()).toBe(-1)
    const right = pad_sequence(sequences)
    expect(right.shape).toEqual([3, 3, 4])
    for (const [i, back] of unpad_sequence(right, [1, 3, 2]).entries()) expect(back.equal(sequences[i]!)).toBe(true)
    expect(right.shape).toEqual([3, 3, 4])
  })

  it('moves a packed sequence to another dtype', () => {
    const packed = pack_sequence(sequences, false)
    expect(packed.double().data.dtype).toBe(torch.float64)
    expect(packed.float()).toBe(packed)
  })
})

describe('recurrent layers', () => {
  it.each([
    ['LSTM', () => new nn.LSTM(4, 5, { num_layers: 2, bidirectional: true, proj_size: 3 })],
    ['GRU', () => new nn.GRU(4, 5, { num_layers: 2, bidirectional: true })],
    ['RNN', () => new nn.RNN(4, 5, 2, 'relu', { bidirectional: true })],
  ] as const)('%s treats each packed sequence as it would alone', (_, make) => {
    const layer = make() as nn.GRU
    const [output] = layer(pack_sequence(sequences, false))
    for (const [i, mine] of unpack_sequence(output).entries()) {
      const [alone] = layer(sequences[i]!)
      expect(mine.allclose(alone, { atol: 1e-6 })).toBe(true)
    }
  })

  it('takes states by keyword and refuses wrong ones', () => {
    const lstm = new nn.LSTM(4, 5)
    const state: nn.LSTMState = [torch.zeros(1, 2, 5), torch.zeros(1, 2, 5)]
    const x = torch.randn(3, 2, 4)
    expect(lstm(x, { hx: state })[0].equal(lstm(x)[0])).toBe(true)
    expect(() => lstm(x, [state[0], torch.zeros(1, 3, 5)])).toThrow('Expected hidden[1] size (1, 2, 5), got [1, 3, 5]')
    expect(() => lstm(torch.randn(3, 2, 6))).toThrow('input.size(-1) must be equal to input_size. Expected 4, got 6')
    expect(() => lstm(x.double())).toThrow(/does not match weight dtype/)
    expect(() => new nn.GRU(4, 5, { dropout: 2 })).toThrow(/range \[0, 1\]/)
    expect(() => new nn.LSTM(4, 5, { proj_size: 5 })).toThrow(/proj_size has to be smaller/)
  })

  it('unrolled cells do what the layer does', () => {
    const gru = new nn.GRU(4, 5)
    const cell = new nn.GRUCell(4, 5)
    cell.load_state_dict(
      Object.fromEntries(Object.entries(gru.state_dict()).map(([name, t]) => [name.replace('_l0', ''), t])),
    )
    const x = torch.randn(3, 2, 4)
    const [, last] = gru(x)
    let h: torch.Tensor | null = null
    for (const step of x) h = cell(step, h)
    expect(h!.allclose(last.select(0, 0), { atol: 1e-6 })).toBe(true)
  })
})
