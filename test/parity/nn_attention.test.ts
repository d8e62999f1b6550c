/** Attention in both languages from one fresh seed: every form of mask, the fused paths, kernels, causal biases. */
import * as torch from 'torch-node'
import * as nn from 'torch-node/nn'
import { compareSeeded } from './seeded.js'

const F = nn.functional
const { SDPBackend, sdpa_kernel } = nn.attention
const { causal_lower_right, causal_upper_left } = nn.attention.bias

const program = `
import json, sys, warnings
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.attention.bias import causal_lower_right, causal_upper_left
warnings.simplefilter('ignore')
torch.set_num_threads(1)
seed = json.load(sys.stdin)

def values(*tensors):
    return [None if t is None else t.detach().double().nan_to_num(12345.0).tolist() for t in tensors]

def masks(n, heads, length):
    left = torch.arange(length).expand(n, length) >= torch.randint(1, length + 1, (n, 1))
    pairs = torch.rand(length, length) > 0.7
    pairs.fill_diagonal_(False)
    many = torch.rand(n * heads, length, length) > 0.7
    many.diagonal(dim1=1, dim2=2).fill_(False)
    causal = nn.Transformer.generate_square_subsequent_mask(length)
    return [
        (None, None, False), (None, left, False), (pairs, None, False), (many, None, False), (pairs, left, False),
        (many, left, False), (torch.randn(length, length), None, False),
        (torch.randn(n * heads, length, length), None, False), (None, torch.zeros(n, length).masked_fill(left, float('-inf')), False),
        (causal, None, True), (causal, None, False), (causal, torch.zeros(n, length).masked_fill(left, float('-inf')), True),
    ]

def modes(run):
    with torch.no_grad():
        a = run()
    with torch.inference_mode():
        b = run()
    return [a, b, run()]

def attention(make, training=False):
    m = make().train(training)
    x = torch.randn(3, 5, 8)
    forms = masks(3, 2, 5)
    def run():
        return [values(*m(x, x, x, key_padding_mask=pad, attn_mask=mask, is_causal=causal, need_weights=weights, average_attn_weights=mean))
                for mask, pad, causal in forms for weights, mean in ((True, True), (True, False), (False, True)) if not (causal and mask is None)]
    return modes(run)

def layer(make):
    m = make().eval()
    x = torch.randn(3, 5, 8)
    forms = masks(3, 2, 5)
    return modes(lambda: [values(m(x, src_mask=mask, src_key_padding_mask=pad, is_causal=causal)) for mask, pad, causal in forms])

def encoder(make, **options):
    m = nn.TransformerEncoder(make(), 2, **options).eval()
    x = torch.randn(3, 5, 8)
    forms = masks(3, 2, 5)
    return modes(lambda: [values(m(x, mask=mask, src_key_padding_mask=pad, is_causal=causal if causal else None)) for mask, pad, causal in forms])

def transformer():
    m = nn.Transformer(8, 2, 2, 2, 16, batch_first=True).eval()
    src, tgt = torch.randn(3, 5, 8), torch.randn(3, 4, 8)
    pad = torch.arange(5).expand(3, 5) >= torch.randint(1, 6, (3, 1))
    causal = nn.Transformer.generate_square_subsequent_mask(4)
    return modes(lambda: values(m(src, tgt), m(src, tgt, tgt_mask=causal, tgt_is_causal=True),
        m(src, tgt, src_key_padding_mask=pad, memory_key_padding_mask=pad), m(src, tgt, memory_mask=torch.zeros(4, 5))))

def kernels():
    q, k, v = (torch.randn(2, 2, 6, 8) for _ in range(3))
    def run(): return values(F.scaled_dot_product_attention(q, k, v, is_causal=True))
    result = []
    for b in ([SDPBackend.MATH], SDPBackend.FLASH_ATTENTION, [SDPBackend.FLASH_ATTENTION, SDPBackend.MATH]):
        with sdpa_kernel(b): result.append(run())
    for order in ([SDPBackend.MATH, SDPBackend.FLASH_ATTENTION], [SDPBackend.FLASH_ATTENTION, SDPBackend.MATH]):
        with sdpa_kernel(order, set_priority=True): result.append(run())
    return result + [run()]

def biases():
    q, k, v = torch.randn(2, 2, 3, 8), torch.randn(2, 2, 6, 8), torch.randn(2, 2, 6, 8)
    up, low, square = causal_upper_left(3, 6), causal_lower_right(3, 6), causal_lower_right(6, 6)
    return [repr(up), repr(low), values(F.scaled_dot_product_attention(q, k, v, up), F.scaled_dot_product_attention(q, k, v, attn_mask=low),
        F.scaled_dot_product_attention(q, k, v, low, scale=0.3), F.scaled_dot_product_attention(k, k, v, square))]

def gradients():
    i1, w1 = torch.randn(2, 4, 9), torch.randn(6, 2, 3)
    g1 = torch.randn_like(F.conv1d(i1, w1, stride=2, padding=1, groups=2))
    i2, w2 = torch.randn(2, 3, 6, 7), torch.randn(4, 3, 3, 2)
    g2 = torch.randn_like(F.conv2d(i2, w2, padding=(1, 0)))
    i3, w3 = torch.randn(1, 2, 4, 4, 4), torch.randn(3, 2, 2, 2, 2)
    g3 = torch.randn_like(F.conv3d(i3, w3, dilation=2))
    return values(nn.grad.conv1d_input(i1.shape, w1, g1, stride=2, padding=1, groups=2), nn.grad.conv1d_weight(i1, w1.shape, g1, 2, 1, 1, 2),
        nn.grad.conv2d_input(i2.shape, w2, g2, padding=(1, 0)), nn.grad.conv2d_weight(i2, w2.shape, g2, padding=(1, 0)),
        nn.grad.conv3d_input(i3.shape, w3, g3, dilation=2), nn.grad.conv3d_weight(i3, w3.shape, g3, dilation=2))

cases = [
    lambda: attention(lambda: nn.MultiheadAttention(8, 2, batch_first=True)),
    lambda: attention(lambda: nn.MultiheadAttention(8, 2, batch_first=True, bias=False)),
    lambda: attention(lambda: nn.MultiheadAttention(8, 2, batch_first=True), True),
    lambda: layer(lambda: nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)),
    lambda: layer(lambda: nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, norm_first=True, activation='gelu')),
    lambda: layer(lambda: nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, bias=False)),
    lambda: layer(lambda: nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation=F.silu)),
    lambda: encoder(lambda: nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)),
    lambda: encoder(lambda: nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), norm=nn.LayerNorm(8), enable_nested_tensor=False),
    lambda: encoder(lambda: nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation='gelu'), mask_check=False),
    transformer, kernels, biases, gradients,
]
told = []
for case in cases:
    torch.manual_seed(seed)
    told.append(case())
json.dump(told, sys.stdout)
`

type Values = unknown[]
type MaybeTensor = torch.Tensor | null
type Form = readonly [mask: MaybeTensor, pad: MaybeTensor, causal: boolean]

const values = (...tensors: MaybeTensor[]): Values =>
  tensors.map(t => (t === null ? null : t.detach().double().nan_to_num(12345).tolist()))

/** Which positions of each sequence are padding: its end. */
function padding(n: number, length: number): torch.Tensor {
  return torch
    .arange(length)
    .expand(n, length)
    .ge(torch.randint(1, length + 1, [n, 1]))
}

function masks(n: number, heads: number, length: number): Form[] {
  const left = padding(n, length)
  const pairs = torch.rand(length, length).gt(0.7).fill_diagonal_(false)
  const many = torch.rand(n * heads, length, length).gt(0.7)
  many.diagonal({ dim1: 1, dim2: 2 }).fill_(false)
  const causal = nn.Transformer.generate_square_subsequent_mask(length)
  const floatPad = () => torch.zeros(n, length).masked_fill(left, Number.NEGATIVE_INFINITY)
  return [
    [null, null, false],
    [null, left, false],
    [pairs, null, false],
    [many, null, false],
    [pairs, left, false],
    [many, left, false],
    [torch.randn(length, length), null, false],
    [torch.randn(n * heads, length, length), null, false],
    [null, floatPad(), false],
    [causal, null, true],
    [causal, null, false],
    [causal, floatPad(), true],
  ]
}

function modes(run: () => unknown): unknown[] {
  return [torch.no_grad(run), torch.inference_mode(run), run()]
}

function attention(make: () => nn.MultiheadAttention, training = false): unknown[] {
  const m = make().train(training)
  const x = torch.randn(3, 5, 8)
  const forms = masks(3, 2, 5)
  const outputs = [
    [true, true],
    [true, false],
    [false, true],
  ] as const
  return modes(() =>
    forms.flatMap(([attn_mask, key_padding_mask, is_causal]) =>
      outputs.map(([need_weights, average_attn_weights]) =>
        values(...m(x, x, x, { key_padding_mask, attn_mask, is_causal, need_weights, average_attn_weights })),
      ),
    ),
  )
}

function layer(options: Partial<nn.TransformerLayerOptions>): unknown[] {
  const m = new nn.TransformerEncoderLayer(8, 2, 16, { batch_first: true, ...options }).eval()
  const x = torch.randn(3, 5, 8)
  const forms = masks(3, 2, 5)
  return modes(() =>
    forms.map(([src_mask, src_key_padding_mask, is_causal]) =>
      values(m(x, { src_mask, src_key_padding_mask, is_causal })),
    ),
  )
}

function encoder(
  layerOptions: Partial<nn.TransformerLayerOptions>,
  options: () => Partial<nn.TransformerEncoderOptions> = () => ({}),
): unknown[] {
  const layer = new nn.TransformerEncoderLayer(8, 2, 16, { batch_first: true, ...layerOptions })
  const m = new nn.TransformerEncoder(layer, 2, options()).eval()
  const x = torch.randn(3, 5, 8)
  const forms = masks(3, 2, 5)
  return modes(() =>
    forms.map(([mask, src_key_padding_mask, causal]) =>
      values(m(x, { mask, src_key_padding_mask, is_causal: causal ? true : null })),
    ),
  )
}

function transformer(): unknown[] {
  const m = new nn.Transformer(8, 2, 2, 2, 16, { batch_first: true }).eval()
  const [src, tgt] = [torch.randn(3, 5, 8), torch.randn(3, 4, 8)]
  const pad = padding(3, 5)
  const causal = nn.Transformer.generate_square_subsequent_mask(4)
  return modes(() =>
    values(
      m(src, tgt),
      m(src, tgt, { tgt_mask: causal, tgt_is_causal: true }),
      m(src, tgt, { src_key_padding_mask: pad, memory_key_padding_mask: pad }),
      m(src, tgt, { memory_mask: torch.zeros(4, 5) }),
    ),
  )
}

function kernels(): unknown[] {
  const [q, k, v] = [0, 1, 2].map(() => torch.randn(2, 2, 6, 8)) as [torch.Tensor, torch.Tensor, torch.Tensor]
  const run = (): Values => values(F.scaled_dot_product_attention(q, k, v, { is_causal: true }))
  const { MATH, FLASH_ATTENTION } = SDPBackend
  return [
    sdpa_kernel([MATH], run),
    sdpa_kernel(FLASH_ATTENTION, run),
    sdpa_kernel([FLASH_ATTENTION, MATH], run),
    sdpa_kernel([MATH, FLASH_ATTENTION], { set_priority: true }, run),
    sdpa_kernel([FLASH_ATTENTION, MATH], true, run),
    run(),
  ]
}

function biases(): unknown[] {
  const [q, k, v] = [torch.randn(2, 2, 3, 8), torch.randn(2, 2, 6, 8), torch.randn(2, 2, 6, 8)]
  const [up, low, square] = [causal_upper_left(3, 6), causal_lower_right(3, 6), causal_lower_right(6, 6)]
  return [
    String(up),
    String(low),
    values(
      F.scaled_dot_product_attention(q, k, v, up),
      F.scaled_dot_product_attention(q, k, v, { attn_mask: low }),
      F.scaled_dot_product_attention(q, k, v, low, { scale: 0.3 }),
      F.scaled_dot_product_attention(k, k, v, square),
    ),
  ]
}

function gradients(): unknown[] {
  const { grad } = nn
  const [i1, w1] = [torch.randn(2, 4, 9), torch.randn(6, 2, 3)]
  const g1 = torch.randn_like(F.conv1d(i1, w1, { stride: 2, padding: 1, groups: 2 }))
  const [i2, w2] = [torch.randn(2, 3, 6, 7), torch.randn(4, 3, 3, 2)]
  const g2 = torch.randn_like(F.conv2d(i2, w2, { padding: [1, 0] }))
  const [i3, w3] = [torch.randn(1, 2, 4, 4, 4), torch.randn(3, 2, 2, 2, 2)]
  const g3 = torch.randn_like(F.conv3d(i3, w3, { dilation: 2 }))
  return values(
    grad.conv1d_input(i1.shape, w1, g1, { stride: 2, padding: 1, groups: 2 }),
    grad.conv1d_weight(i1, w1.shape, g1, 2, 1, 1, 2),
    grad.conv2d_input(i2.shape, w2, g2, { padding: [1, 0] }),
    grad.conv2d_weight(i2, w2.shape, g2, { padding: [1, 0] }),
    grad.conv3d_input(i3.shape, w3, g3, { dilation: 2 }),
    grad.conv3d_weight(i3, w3.shape, g3, { dilation: 2 }),
  )
}

const cases: [name: string, run: () => unknown][] = [
  ['MultiheadAttention', () => attention(() => new nn.MultiheadAttention(8, 2, { batch_first: true }))],
  [
    'MultiheadAttention without bias',
    () => attention(() => new nn.MultiheadAttention(8, 2, { batch_first: true, bias: false })),
  ],
  [
    'MultiheadAttention in training',
    () => attention(() => new nn.MultiheadAttention(8, 2, { batch_first: true }), true),
  ],
  ['TransformerEncoderLayer', () => layer({})],
  ['TransformerEncoderLayer, normalisation first, GELU', () => layer({ norm_first: true, activation: 'gelu' })],
  ['TransformerEncoderLayer without bias', () => layer({ bias: false })],
  ['TransformerEncoderLayer with another activation', () => layer({ activation: F.silu })],
  ['TransformerEncoder', () => encoder({})],
  [
    'TransformerEncoder without nested tensors',
    () => encoder({}, () => ({ norm: new nn.LayerNorm(8), enable_nested_tensor: false })),
  ],
  ['TransformerEncoder without mask_check', () => encoder({ activation: 'gelu' }, () => ({ mask_check: false }))],
  ['Transformer', transformer],
  ['sdpa_kernel', kernels],
  ['CausalBias', biases],
  ['nn.grad', gradients],
]

compareSeeded('attention, to the last bit as in Python', program, cases)
