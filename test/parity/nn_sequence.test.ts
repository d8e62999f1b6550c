/** What the module database leaves out: lazy layers, packed sequences, the encoder's way around padding. */
import * as torch from 'torch-node'
import * as nn from 'torch-node/nn'
import { describe, expect, it } from 'vitest'
import { python, runPython } from './python.js'

type Values = unknown[]

const program = `
import json, sys, warnings
import torch
from torch import nn
from torch.nn.utils import rnn
warnings.simplefilter('ignore')
torch.set_num_threads(1)

def values(*tensors):
    return [t.detach().double().tolist() for t in tensors]

def lazy(module, *shape):
    torch.manual_seed(5)
    before = repr(module)
    x = torch.randn(shape)
    y = module(x)
    return [before, repr(module), list(module.state_dict()), values(*module.state_dict().values(), y)]

def packed(make):
    torch.manual_seed(6)
    layer = make()
    sequences = [torch.randn(n, 4) for n in (2, 5, 3)]
    output, state = layer(rnn.pack_sequence(sequences, enforce_sorted=False))
    (output.data * output.data).sum().backward()
    states = state if isinstance(state, tuple) else (state,)
    padded, lengths = rnn.pad_packed_sequence(output, batch_first=True)
    return values(padded, lengths, *states, *[p.grad for p in layer.parameters()])

def encoder(**options):
    torch.manual_seed(7)
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, **options)
    model = nn.TransformerEncoder(layer, 2, nn.LayerNorm(8)).eval()
    x = torch.randn(3, 4, 8)
    left = torch.tensor([[0, 0, 0, 1], [0, 0, 1, 1], [0, 0, 0, 0]]).bool()
    gaps = torch.tensor([[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]).bool()
    causal = nn.Transformer.generate_square_subsequent_mask(4)
    def run():
        return values(model(x), model(x, src_key_padding_mask=left), model(x, src_key_padding_mask=gaps), model(x, mask=causal),
                      model(x, causal, left))
    with torch.no_grad():
        fast = run()
    return [fast, run()]

def attention(**options):
    torch.manual_seed(8)
    module = nn.MultiheadAttention(8, 2, batch_first=True, **options).eval()
    x = torch.randn(3, 4, 8)
    pad = torch.tensor([[0, 0, 0, 1], [0, 0, 1, 1], [0, 0, 0, 0]]).bool()
    pairs = torch.ones(4, 4).triu(1).bool()
    def run():
        return values(*module(x, x, x), *module(x, x, x, pad), *module(x, x, x, attn_mask=pairs),
                      *module(x, x, x, pad, attn_mask=pairs, average_attn_weights=False),
                      *module(x, x, x, attn_mask=torch.zeros(6, 4, 4)), module(x, x, x, pad, need_weights=False)[0])
    with torch.no_grad():
        fast = run()
    return [fast, run()]

json.dump([
    lazy(nn.LazyLinear(3), 2, 5),
    lazy(nn.LazyConv1d(4, 3, padding=1), 2, 3, 8),
    lazy(nn.LazyConv2d(6, (2, 3), groups=3, bias=False), 2, 3, 8, 8),
    lazy(nn.LazyConv3d(2, 2), 1, 2, 4, 4, 4),
    lazy(nn.LazyConvTranspose1d(4, 3), 2, 3, 8),
    lazy(nn.LazyConvTranspose2d(4, 3, stride=2), 2, 3, 5, 5),
    lazy(nn.LazyConvTranspose3d(2, 2), 1, 2, 3, 3, 3),
    lazy(nn.LazyBatchNorm1d(), 4, 3),
    lazy(nn.LazyBatchNorm2d(eps=1e-3), 2, 3, 4, 4),
    lazy(nn.LazyBatchNorm3d(affine=False), 2, 3, 2, 2, 2),
    lazy(nn.LazyInstanceNorm1d(), 2, 3, 5),
    lazy(nn.LazyInstanceNorm2d(track_running_stats=False), 2, 3, 4, 4),
    lazy(nn.LazyInstanceNorm3d(bias=False), 2, 3, 2, 2, 2),
    packed(lambda: nn.LSTM(4, 3, 2, bidirectional=True)),
    packed(lambda: nn.LSTM(4, 3, proj_size=2)),
    packed(lambda: nn.GRU(4, 3, 2, bias=False)),
    packed(lambda: nn.RNN(4, 3, nonlinearity='relu', bidirectional=True)),
    encoder(),
    encoder(activation='gelu'),
    encoder(norm_first=True),
    attention(),
    attention(add_bias_kv=True, add_zero_attn=True),
], sys.stdout)
`

const values = (...tensors: torch.Tensor[]): Values => tensors.map(t => t.detach().double().tolist())

function lazy(make: () => nn.Module, ...shape: number[]): () => Values {
  return () => {
    torch.manual_seed(5)
    const module = make()
    const before = String(module)
    const y = module(torch.randn(shape))
    const state = module.state_dict()
    return [before, String(module), Object.keys(state), values(...Object.values(state), y)]
  }
}

function packed(make: () => nn.LSTM | nn.GRU | nn.RNN): () => Values {
  return () => {
    torch.manual_seed(6)
    const layer = make() as nn.LSTM
    const sequences = [2, 5, 3].map(n => torch.randn(n, 4))
    const [output, state] = layer(nn.utils.rnn.pack_sequence(sequences, { enforce_sorted: false }))
    output.data.mul(output.data).sum().backward()
    const states = (Array.isArray(state) ? state : [state]) as torch.Tensor[]
    const [padded, lengths] = nn.utils.rnn.pad_packed_sequence(output, { batch_first: true })
    return values(padded, lengths, ...states, ...layer.parameters().map(p => p.grad!))
  }
}

function bool(rows: number[][]): torch.Tensor {
  return torch.tensor(rows).to(torch.bool)
}

const left = [
  [0, 0, 0, 1],
  [0, 0, 1, 1],
  [0, 0, 0, 0],
]

function encoder(options: Partial<nn.TransformerLayerOptions>): () => Values {
  return () => {
    torch.manual_seed(7)
    const layer = new nn.TransformerEncoderLayer(8, 2, 16, { batch_first: true, ...options })
    const model = new nn.TransformerEncoder(layer, 2, new nn.LayerNorm(8)).eval()
    const x = torch.randn(3, 4, 8)
    const gaps = [
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 0],
    ]
    const causal = nn.Transformer.generate_square_subsequent_mask(4)
    const run = (): Values =>
      values(
        model(x),
        model(x, { src_key_padding_mask: bool(left) }),
        model(x, { src_key_padding_mask: bool(gaps) }),
        model(x, { mask: causal }),
        model(x, causal, bool(left)),
      )
    return [torch.no_grad(run), run()]
  }
}

function attention(options: Partial<nn.MultiheadAttentionOptions>): () => Values {
  return () => {
    torch.manual_seed(8)
    const module = new nn.MultiheadAttention(8, 2, { batch_first: true, ...options }).eval()
    const x = torch.randn(3, 4, 8)
    const pad = bool(left)
    const pairs = torch.ones(4, 4).triu(1).to(torch.bool)
    const run = (): Values => {
      const results = [
        module(x, x, x),
        module(x, x, x, pad),
        module(x, x, x, { attn_mask: pairs }),
        module(x, x, x, pad, { attn_mask: pairs, average_attn_weights: false }),
        module(x, x, x, { attn_mask: torch.zeros(6, 4, 4) }),
      ]
      const [alone, none] = module(x, x, x, pad, { need_weights: false })
      expect(none).toBeNull()
      return values(...(results.flat() as torch.Tensor[]), alone)
    }
    return [torch.no_grad(run), run()]
  }
}

const cases: [name: string, run: () => Values][] = [
  ['LazyLinear', lazy(() => new nn.LazyLinear(3), 2, 5)],
  ['LazyConv1d', lazy(() => new nn.LazyConv1d(4, 3, { padding: 1 }), 2, 3, 8)],
  ['LazyConv2d', lazy(() => new nn.LazyConv2d(6, [2, 3], { groups: 3, bias: false }), 2, 3, 8, 8)],
  ['LazyConv3d', lazy(() => new nn.LazyConv3d(2, 2), 1, 2, 4, 4, 4)],
  ['LazyConvTranspose1d', lazy(() => new nn.LazyConvTranspose1d(4, 3) as unknown as nn.Module, 2, 3, 8)],
  [
    'LazyConvTranspose2d',
    lazy(() => new nn.LazyConvTranspose2d(4, 3, { stride: 2 }) as unknown as nn.Module, 2, 3, 5, 5),
  ],
  ['LazyConvTranspose3d', lazy(() => new nn.LazyConvTranspose3d(2, 2) as unknown as nn.Module, 1, 2, 3, 3, 3)],
  ['LazyBatchNorm1d', lazy(() => new nn.LazyBatchNorm1d(), 4, 3)],
  ['LazyBatchNorm2d', lazy(() => new nn.LazyBatchNorm2d({ eps: 1e-3 }), 2, 3, 4, 4)],
  ['LazyBatchNorm3d', lazy(() => new nn.LazyBatchNorm3d({ affine: false }), 2, 3, 2, 2, 2)],
  ['LazyInstanceNorm1d', lazy(() => new nn.LazyInstanceNorm1d(), 2, 3, 5)],
  ['LazyInstanceNorm2d', lazy(() => new nn.LazyInstanceNorm2d({ track_running_stats: false }), 2, 3, 4, 4)],
  ['LazyInstanceNorm3d', lazy(() => new nn.LazyInstanceNorm3d({ bias: false }), 2, 3, 2, 2, 2)],
  ['packed LSTM', packed(() => new nn.LSTM(4, 3, 2, { bidirectional: true }))],
  ['packed LSTM with projections', packed(() => new nn.LSTM(4, 3, { proj_size: 2 }))],
  ['packed GRU', packed(() => new nn.GRU(4, 3, 2, { bias: false }))],
  ['packed RNN', packed(() => new nn.RNN(4, 3, { nonlinearity: 'relu', bidirectional: true }))],
  ['TransformerEncoder', encoder({})],
  ['TransformerEncoder with GELU', encoder({ activation: 'gelu' })],
  ['TransformerEncoder, normalisation first', encoder({ norm_first: true })],
  ['MultiheadAttention', attention({})],
  ['MultiheadAttention with added positions', attention({ add_bias_kv: true, add_zero_attn: true })],
]

describe.skipIf(!python)('to the last bit as in Python', () => {
  const threads = torch.get_num_threads()
  torch.set_num_threads(1)
  const told = python ? (JSON.parse(runPython(program)) as Values[]) : []
  for (const [i, [name, run]] of cases.entries()) {
    it(name, () => {
      expect(run()).toEqual(told[i])
    })
  }
  it('has every name of torch.nn.modules', () => {
    const names = JSON.parse(runPython('import json, torch; print(json.dumps(torch.nn.modules.__all__))')) as string[]
    expect(names.length).toBeGreaterThan(160)
    expect(names.filter(name => !(name in nn))).toEqual([])
  })
  it('leaves the number of threads as it was', () => {
    torch.set_num_threads(threads)
    expect(told.length).toBe(cases.length)
  })
})
