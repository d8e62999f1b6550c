/** `nn.utils` in both languages from one fresh seed: pruning, fusing, clipping, memory formats, deprecated names. */
import * as torch from 'torch-node'
import * as nn from 'torch-node/nn'
import { compareSeeded } from './seeded.js'

const { prune, parametrize } = nn.utils

const program = `
import json, sys, warnings
import torch
from torch import nn
from torch.nn.utils import prune, parametrize
warnings.simplefilter('ignore')
torch.set_num_threads(1)
seed = json.load(sys.stdin)

def values(*tensors):
    return [t.detach().double().tolist() for t in tensors]

def state(module):
    return [[k, v.tolist()] for k, v in module.double().state_dict().items()]

def net():
    return nn.Sequential(nn.Conv2d(2, 4, 3), nn.Flatten(), nn.Linear(16, 6))

def pruned(change):
    m = net()
    change(m)
    x = torch.randn(3, 2, 4, 4)
    y = m(x)
    y.square().sum().backward()
    grads = values(*[p.grad for p in m.parameters()])
    listed = [n for n, _ in m.named_parameters()] + [n for n, _ in m.named_buffers()]
    result = [values(y), grads, listed, prune.is_pruned(m), state(m)]
    for layer in (m[0], m[2]):
        for name in ('weight', 'bias'):
            if hasattr(layer, name + '_orig'):
                prune.remove(layer, name)
    return result + [prune.is_pruned(m), [n for n, _ in m.named_parameters()], state(m)]

def twice(m):
    prune.random_unstructured(m[2], 'weight', 0.3)
    prune.ln_structured(m[2], 'weight', 2, 2, 0)
    prune.l1_unstructured(m[2], 'weight', 5)
    prune.random_structured(m[2], 'weight', 0.25, -1)
    prune.identity(m[2], 'bias')

def everywhere(m):
    prune.l1_unstructured(m[0], 'bias', 1)
    prune.global_unstructured([(m[0], 'weight'), (m[0], 'bias'), (m[2], 'weight')], prune.L1Unstructured,
                              importance_scores={(m[2], 'weight'): torch.rand(6, 16)}, amount=0.4)

def pieces():
    t = torch.randn(5, 4)
    mask = (torch.rand(5, 4) > 0.3).float()
    c = prune.PruningContainer()
    c._tensor_name = 't'
    a = prune.LnStructured(amount=2, n=float('inf'), dim=1)
    a._tensor_name = 't'
    c.add_pruning_method(a)
    return values(prune.RandomUnstructured(7).prune(t), prune.L1Unstructured(0.55).prune(t, mask),
                  prune.RandomStructured(0.4, dim=0).prune(t), prune.LnStructured(1, 1).prune(t, mask, t.abs()),
                  prune.CustomFromMask(mask).prune(t), c.prune(t, mask), prune.Identity().prune(t), a.prune(t))

def fused():
    conv, tconv, lin = nn.Conv2d(2, 4, 3, bias=False), nn.ConvTranspose2d(2, 4, 3), nn.Linear(4, 4)
    bns = [nn.BatchNorm2d(4), nn.BatchNorm2d(4, affine=False), nn.BatchNorm1d(4)]
    x, v = torch.randn(3, 2, 5, 5), torch.randn(7, 4)
    bns[0](conv(x)), bns[1](tconv(x)), bns[2](lin(v))
    for m in (conv, tconv, lin, *bns): m.eval()
    f = [nn.utils.fuse_conv_bn_eval(conv, bns[0]), nn.utils.fuse_conv_bn_eval(tconv, bns[1], transpose=True),
         nn.utils.fuse_linear_bn_eval(lin, bns[2])]
    return values(f[0](x), f[1](x), f[2](v), *[p for m in f for p in m.parameters()]) + [[str(m) for m in f]]

def clipped():
    p = [nn.Parameter(torch.randn(3, 4)), nn.Parameter(torch.randn(5))]
    def grads():
        for q in p: q.grad = torch.randn_like(q) * 3
    grads()
    total = nn.utils.get_total_norm([q.grad for q in p], norm_type=3.0)
    nn.utils.clip_grads_with_norm_(p, 0.7, total)
    result = values(total, p[0].grad, p[1].grad)
    grads()
    result += values(nn.utils.clip_grad_norm(p, 0.5, 'inf'), p[0].grad, p[1].grad)
    grads()
    result += values(nn.utils.clip_grad_norm_(p, 0.5, foreach=False), p[0].grad)
    return result

def formats():
    m = nn.Sequential(nn.Conv2d(3, 4, 2), nn.Sequential(nn.ConvTranspose2d(3, 4, 2), nn.Conv3d(3, 4, 2)))
    strides = lambda: [list(p.stride()) for p in m.parameters()]
    nn.utils.convert_conv2d_weight_memory_format(m, torch.channels_last)
    result = [strides()]
    nn.utils.convert_conv3d_weight_memory_format(m, torch.channels_last_3d)
    return result + [strides(), values(*m.parameters())]

def initialised():
    t = torch.empty(4, 4)
    i = nn.init
    return values(*[f(t).clone() for f in (i.uniform, i.normal, i.eye, i.xavier_uniform, i.xavier_normal,
        i.kaiming_uniform, i.kaiming_normal, i.orthogonal)], i.constant(t, 2.5).clone(), i.sparse(t, 0.5).clone(),
        i.dirac(torch.empty(2, 2, 3)))

def transferred():
    a, b = nn.Linear(4, 4), nn.Linear(4, 4)
    nn.utils.parametrizations.weight_norm(a)
    class Twice(nn.Module):
        def forward(self, x): return x * 2
    parametrize.register_parametrization(a, 'bias', Twice())
    parametrize.transfer_parametrizations_and_params(a, b, 'weight')
    first = [k for k in b.state_dict()]
    c = nn.Linear(4, 4)
    parametrize.transfer_parametrizations_and_params(a, c)
    return [first, [k for k in c.state_dict()], values(b.weight, c.weight, c.bias)]

def hooked():
    class Double(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(3, 3)
        def forward(self, x):
            return self.inner(x).tanh() * 2
    seen = []
    def note(kind):
        def hook(module, grad_input, grad_output):
            seen.append([kind, type(module).__name__, [None if g is None else g.double().tolist() for g in (*grad_input, *grad_output)]])
        return hook
    m, x = Double(), torch.randn(2, 3, requires_grad=True)
    m.register_backward_hook(note('first'))
    m.register_backward_hook(lambda module, grad_input, grad_output: tuple(None if g is None else g * 3 for g in grad_input))
    handle = m.inner.register_backward_hook(note('inner'))
    m(x).square().sum().backward()
    handle.remove()
    everywhere = nn.modules.module.register_module_backward_hook(note('global'))
    m(x).sum().backward()
    everywhere.remove()
    m(x).sum().backward()
    seen.append(values(x.grad, *[p.grad for p in m.parameters()]))
    for bad in (lambda: m.register_full_backward_hook(note('no')), lambda: nn.modules.module.register_module_full_backward_hook(note('no'))):
        try:
            bad()
        except RuntimeError as error:
            seen.append(str(error))
    return seen

cases = [lambda: pruned(twice), lambda: pruned(everywhere), pieces, fused, clipped, formats, initialised, transferred, hooked]
told = []
for case in cases:
    torch.manual_seed(seed)
    told.append(case())
json.dump(told, sys.stdout)
`

const values = (...tensors: torch.Tensor[]): unknown[] => tensors.map(t => t.detach().double().tolist())
const state = (module: nn.Module): unknown[] =>
  Object.entries(module.double().state_dict()).map(([name, t]) => [name, (t as torch.Tensor).tolist()])

type Net = nn.Sequential & { 0: nn.Conv2d; 2: nn.Linear }

function pruned(change: (m: Net) => void): unknown[] {
  const m = new nn.Sequential(new nn.Conv2d(2, 4, 3), new nn.Flatten(), new nn.Linear(16, 6)) as Net
  change(m)
  const y = m(torch.randn(3, 2, 4, 4))
  y.square().sum().backward()
  const grads = values(...m.parameters().map(p => p.grad!))
  const parameters = (): string[] => m.named_parameters().map(([name]) => name)
  const result = [
    values(y),
    grads,
    [...parameters(), ...m.named_buffers().map(([name]) => name)],
    prune.is_pruned(m),
    state(m),
  ]
  for (const layer of [m[0], m[2]])
    for (const name of ['weight', 'bias']) if (`${name}_orig` in layer) prune.remove(layer, name)
  return [...result, prune.is_pruned(m), parameters(), state(m)]
}

function pieces(): unknown[] {
  const t = torch.randn(5, 4)
  const mask = torch.rand(5, 4).gt(0.3).float()
  const container = new prune.PruningContainer()
  container._tensor_name = 't'
  const a = new prune.LnStructured({ amount: 2, n: Number.POSITIVE_INFINITY, dim: 1 })
  a._tensor_name = 't'
  container.add_pruning_method(a)
  return values(
    new prune.RandomUnstructured(7).prune(t),
    new prune.L1Unstructured(0.55).prune(t, mask),
    new prune.RandomStructured(0.4, { dim: 0 }).prune(t),
    new prune.LnStructured(1, 1).prune(t, mask, t.abs()),
    new prune.CustomFromMask(mask).prune(t),
    container.prune(t, mask),
    new prune.Identity().prune(t),
    a.prune(t),
  )
}

function fused(): unknown[] {
  const conv = new nn.Conv2d(2, 4, 3, { bias: false })
  const tconv = new nn.ConvTranspose2d(2, 4, 3)
  const linear = new nn.Linear(4, 4)
  const bns = [new nn.BatchNorm2d(4), new nn.BatchNorm2d(4, { affine: false }), new nn.BatchNorm1d(4)] as const
  const [x, v] = [torch.randn(3, 2, 5, 5), torch.randn(7, 4)]
  bns[0](conv(x))
  bns[1](tconv(x))
  bns[2](linear(v))
  for (const m of [conv, tconv, linear, ...bns]) m.eval()
  const f = [
    nn.utils.fuse_conv_bn_eval(conv, bns[0]),
    nn.utils.fuse_conv_bn_eval(tconv, bns[1], { transpose: true }),
    nn.utils.fuse_linear_bn_eval(linear, bns[2]),
  ] as const
  return [...values(f[0](x), f[1](x), f[2](v), ...f.flatMap(m => m.parameters())), f.map(String)]
}

function clipped(): unknown[] {
  const p = [new nn.Parameter(torch.randn(3, 4)), new nn.Parameter(torch.randn(5))] as const
  const grads = (): void => {
    for (const q of p) q.grad = torch.randn_like(q).mul(3)
  }
  grads()
  const total = nn.utils.get_total_norm(
    p.map(q => q.grad!),
    { norm_type: 3 },
  )
  nn.utils.clip_grads_with_norm_(p, 0.7, total)
  const result = values(total, p[0].grad!, p[1].grad!)
  grads()
  result.push(...values(nn.utils.clip_grad_norm(p, 0.5, 'inf'), p[0].grad!, p[1].grad!))
  grads()
  return [...result, ...values(nn.utils.clip_grad_norm_(p, 0.5, { foreach: false }), p[0].grad!)]
}

function formats(): unknown[] {
  const m = new nn.Sequential(
    new nn.Conv2d(3, 4, 2),
    new nn.Sequential(new nn.ConvTranspose2d(3, 4, 2), new nn.Conv3d(3, 4, 2)),
  )
  const strides = (): number[][] => m.parameters().map(p => [...p.stride()])
  nn.utils.convert_conv2d_weight_memory_format(m, torch.channels_last)
  const first = strides()
  nn.utils.memory_format.convert_conv3d_weight_memory_format(m, torch.channels_last_3d)
  return [first, strides(), values(...m.parameters())]
}

function initialised(): unknown[] {
  const t = torch.empty(4, 4)
  const i = nn.init
  const plain = [
    i.uniform,
    i.normal,
    i.eye,
    i.xavier_uniform,
    i.xavier_normal,
    i.kaiming_uniform,
    i.kaiming_normal,
    i.orthogonal,
  ].map(f => f(t).clone())
  return values(...plain, i.constant(t, 2.5).clone(), i.sparse(t, 0.5).clone(), i.dirac(torch.empty(2, 2, 3)))
}

class Twice extends nn.Module {
  forward(x: torch.Tensor): torch.Tensor {
    return x.mul(2)
  }
}

function transferred(): unknown[] {
  const [a, b] = [new nn.Linear(4, 4), new nn.Linear(4, 4)]
  nn.utils.parametrizations.weight_norm(a)
  parametrize.register_parametrization(a, 'bias', new Twice())
  parametrize.transfer_parametrizations_and_params(a, b, 'weight')
  const first = Object.keys(b.state_dict())
  const c = new nn.Linear(4, 4)
  parametrize.transfer_parametrizations_and_params(a, c)
  return [first, Object.keys(c.state_dict()), values(b.weight, c.weight, c.bias!)]
}

class Double extends nn.Module {
  inner = new nn.Linear(3, 3)

  forward(x: torch.Tensor): torch.Tensor {
    return this.inner(x).tanh().mul(2)
  }
}

function hooked(): unknown[] {
  type Grads = readonly (torch.Tensor | null)[]
  const seen: unknown[] = []
  const note =
    (kind: string) =>
    (module: nn.AnyModule, grad_input: Grads, grad_output: Grads): void => {
      const grads = [...grad_input, ...grad_output].map(g => (g === null ? null : g.double().tolist()))
      seen.push([kind, module._get_name(), grads])
    }
  const m = new Double()
  const x = torch.randn(2, 3, { requires_grad: true })
  m.register_backward_hook(note('first'))
  m.register_backward_hook((_module, grad_input) => grad_input.map(g => g?.mul(3) ?? null))
  const handle = m.inner.register_backward_hook(note('inner'))
  m(x).square().sum().backward()
  handle.remove()
  const { register_module_backward_hook, register_module_full_backward_hook } = nn.modules.module
  const everywhere = register_module_backward_hook(note('global'))
  m(x).sum().backward()
  everywhere.remove()
  m(x).sum().backward()
  seen.push(values(x.grad!, ...m.parameters().map(p => p.grad!)))
  const no = note('no')
  for (const bad of [() => m.register_full_backward_hook(no), () => register_module_full_backward_hook(no)])
    try {
      bad()
    } catch (error) {
      seen.push((error as Error).message)
    }
  return seen
}

const cases: [name: string, run: () => unknown][] = [
  [
    'pruning one tensor several times',
    () =>
      pruned(m => {
        prune.random_unstructured(m[2], 'weight', 0.3)
        prune.ln_structured(m[2], 'weight', 2, 2, 0)
        prune.l1_unstructured(m[2], 'weight', { amount: 5 })
        prune.random_structured(m[2], 'weight', { amount: 0.25, dim: -1 })
        prune.identity(m[2], 'bias')
      }),
  ],
  [
    'pruning several tensors as one',
    () =>
      pruned(m => {
        prune.l1_unstructured(m[0], 'bias', 1)
        prune.global_unstructured(
          [
            [m[0], 'weight'],
            [m[0], 'bias'],
            [m[2], 'weight'],
          ],
          prune.L1Unstructured,
          { importance_scores: [[[m[2], 'weight'], torch.rand(6, 16)]], amount: 0.4 },
        )
      }),
  ],
  ['pruning methods', pieces],
  ['fuse_conv_bn_eval and fuse_linear_bn_eval', fused],
  ['clip_grad_norm and its parts', clipped],
  ['convert_conv…d_weight_memory_format', formats],
  ['deprecated names of nn.init', initialised],
  ['transfer_parametrizations_and_params', transferred],
  ['backward hooks of the older kind', hooked],
]

compareSeeded('nn.utils, to the last bit as in Python', program, cases)
