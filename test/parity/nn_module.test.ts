/** `nn.Module` and the containers in both languages: names, hooks, printed forms, and what they say to wrong arguments. */
import * as torch from 'torch-node'
import * as nn from 'torch-node/nn'
import { describe, expect, it } from 'vitest'
import { python, runPython } from './python.js'

const program = `
import json, sys, warnings
import torch
from torch import nn
warnings.simplefilter('ignore')
told = []
def tell(*facts): told.append(list(facts))
def refused(*attempts):
    for attempt in attempts:
        try:
            attempt()
            told.append('accepted')
        except Exception as e:
            told.append(e.args[0])

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 3)
        self.b = nn.Sequential(nn.ReLU(), nn.BatchNorm1d(3))
        self.shared = self.a
        self.register_buffer('buf', torch.ones(2))
        self.register_buffer('tmp', torch.ones(1), persistent=False)
        self.register_parameter('none', None)
    def forward(self, x): return self.b(self.a(x))
    def get_extra_state(self): return {'k': 1}
    def set_extra_state(self, state): tell(state)

n = Net()
tell(repr(n), [k for k, _ in n.named_parameters('p', True, False)], [k for k, _ in n.named_parameters(recurse=False)],
     [k for k, _ in n.named_buffers(prefix='q')], [k for k, _ in n.named_modules(remove_duplicate=False)],
     [k for k, _ in n.named_children()], list(n.state_dict()), list(n.state_dict(prefix='x.')))
refused(lambda: n.get_submodule('b.9'), lambda: n.get_submodule('buf'), lambda: n.get_parameter('a.nope'), lambda: n.get_parameter('buf'),
        lambda: n.get_buffer('a.weight'), lambda: n.get_buffer('zz'), lambda: n.register_buffer('a.b', None), lambda: n.register_buffer('', None),
        lambda: n.register_buffer('a', torch.ones(1)), lambda: n.register_buffer('ok', 3), lambda: n.register_parameter('x', torch.ones(1)),
        lambda: n.register_parameter('buf', None), lambda: n.add_module('x.y', nn.ReLU()), lambda: n.add_module('buf', nn.ReLU()),
        lambda: n.set_submodule('', nn.ReLU()), lambda: n.set_submodule('b.zz', nn.ReLU(), strict=True), lambda: n.train(3),
        lambda: n.to(torch.int32), lambda: n.load_state_dict({'a.weight': torch.ones(3, 2), 'zz': torch.ones(1), 'b.7': torch.ones(1), 'buf': torch.ones(3)}),
        lambda: nn.Linear(2, 2, device='meta').to('cpu'))
log = []
n.register_state_dict_pre_hook(lambda m, p, k: log.append(['pre', p, k]))
n.a.register_state_dict_post_hook(lambda m, s, p, l: log.append(['post', p, len(s), dict(l)]))
n.a.register_load_state_dict_pre_hook(lambda m, s, p, l, st, mi, un, er: log.append(['load', p, len(s), st]))
n.register_load_state_dict_post_hook(lambda m, i: i.missing_keys.clear())
state = n.state_dict()
del state['a.bias']
tell(str(n.load_state_dict(state)), log)
tell([str(t.dtype) for k, t in n.half().state_dict().items() if 'extra' not in k], [str(t.dtype) for k, t in n.type(torch.float64).state_dict().items() if 'extra' not in k])
class Late(nn.Module):
    def __init__(self):
        super().__init__()
        self.buf = nn.Buffer(torch.ones(2))
late = Late()
late.load_state_dict({'buf': torch.zeros(2)}, assign=True)
tell([k for k, _ in late.named_buffers()], late.buf.tolist())

l = nn.ModuleList([nn.ReLU(), nn.Tanh()])
l.insert(1, nn.Sigmoid())
refused(lambda: l.extend(3))
tell(repr(l), repr(l[0:1]))
d = nn.ModuleDict({'a': nn.ReLU(), 'b': nn.Tanh()})
refused(lambda: d.update(3), lambda: d.update([['x']]), lambda: d['keys'] if False else d.__setitem__('keys', nn.ReLU()))
tell(repr(d.pop('a')), repr(d))
s = nn.Sequential(nn.ReLU(), nn.Tanh(), nn.Sigmoid())
refused(lambda: s.insert(9, nn.ReLU()))
s.insert(1, nn.Identity()); s.insert(-1, nn.ELU())
tell(repr(s), repr(s.pop(0)), repr(s), repr(s[1:]))
pl = nn.ParameterList([torch.ones(2), 3, nn.Parameter(torch.ones(1, 2))])
pd = nn.ParameterDict({'a': torch.ones(2), 'b': 3})
tell(repr(pl), [k for k, _ in pl.named_parameters()], repr(pd), list(pd.setdefault('c', torch.ones(1)).shape), pd.popitem()[0], list(pd.copy()),
     repr(pd.fromkeys(['x', 'y'], torch.ones(1))), pd.get('zz'))
refused(lambda: pl.extend(3), lambda: pd.pop('zz'))
r, x = nn.LSTM(2, 3, 2, proj_size=1), torch.ones(4, 5, 2)
tell(list(r.get_expected_hidden_size(x, None)), list(r.get_expected_cell_size(x, None)))
refused(lambda: r.check_hidden_size(torch.ones(1, 2), (1, 3)), lambda: r.check_forward_args(x, (torch.ones(2, 5, 1), torch.ones(2, 5, 9)), None),
        lambda: r(x, (torch.ones(2, 5, 2), torch.ones(2, 5, 3))))
tell(repr(nn.Embedding.from_pretrained(torch.ones(3, 2), freeze=False, padding_idx=-1, max_norm=1.5)), repr(nn.ReLU6()), isinstance(nn.ReLU6(), nn.Hardtanh))
json.dump(told, sys.stdout)
`

class Net extends nn.Module {
  a = new nn.Linear(2, 3)
  b = new nn.Sequential(new nn.ReLU(), new nn.BatchNorm1d(3))
  shared = this.a

  constructor(private readonly tell: (...facts: unknown[]) => void) {
    super()
    this.register_buffer('buf', torch.ones(2))
    this.register_buffer('tmp', torch.ones(1), { persistent: false })
    this.register_parameter('none', null)
  }

  forward(x: torch.Tensor): torch.Tensor {
    return this.b(this.a(x))
  }

  override get_extra_state(): unknown {
    return { k: 1 }
  }

  override set_extra_state(state: unknown): void {
    this.tell(state)
  }
}

class Late extends nn.Module {
  buf: torch.Tensor = new nn.Buffer(torch.ones(2))

  forward(x: torch.Tensor): torch.Tensor {
    return x.mul(this.buf)
  }
}

function account(): unknown[] {
  const told: unknown[] = []
  const tell = (...facts: unknown[]): void => {
    told.push(facts)
  }
  const refused = (...attempts: (() => unknown)[]): void => {
    for (const attempt of attempts)
      try {
        attempt()
        told.push('accepted')
      } catch (error) {
        told.push((error as Error).message)
      }
  }
  const names = (entries: [string, unknown][]): string[] => entries.map(([name]) => name)
  const wrong = <T>(value: unknown): T => value as T

  const n = new Net(tell)
  tell(
    String(n),
    names(n.named_parameters('p', true, false)),
    names(n.named_parameters({ recurse: false })),
    names(n.named_buffers({ prefix: 'q' })),
    names(n.named_modules({ remove_duplicate: false })),
    names(n.named_children()),
    Object.keys(n.state_dict()),
    Object.keys(n.state_dict({ prefix: 'x.' })),
  )
  refused(
    () => n.get_submodule('b.9'),
    () => n.get_submodule('buf'),
    () => n.get_parameter('a.nope'),
    () => n.get_parameter('buf'),
    () => n.get_buffer('a.weight'),
    () => n.get_buffer('zz'),
    () => n.register_buffer('a.b', null),
    () => n.register_buffer('', null),
    () => n.register_buffer('a', torch.ones(1)),
    () => n.register_buffer('ok', wrong(3)),
    () => n.register_parameter('x', wrong(torch.ones(1))),
    () => n.register_parameter('buf', null),
    () => n.add_module('x.y', new nn.ReLU()),
    () => n.add_module('buf', new nn.ReLU()),
    () => n.set_submodule('', new nn.ReLU()),
    () => n.set_submodule('b.zz', new nn.ReLU(), true),
    () => n.train(wrong(3)),
    () => n.to(torch.int32),
    () =>
      n.load_state_dict({
        'a.weight': torch.ones(3, 2),
        zz: torch.ones(1),
        'b.7': torch.ones(1),
        buf: torch.ones(3),
      }),
    () => new nn.Linear(2, 2, { device: 'meta' }).to('cpu'),
  )
  const log: unknown[] = []
  n.register_state_dict_pre_hook((_m, prefix, keep) => {
    log.push(['pre', prefix, keep])
  })
  n.a.register_state_dict_post_hook((_m, state, prefix, local) => {
    log.push(['post', prefix, Object.keys(state).length, { ...local }])
  })
  n.a.register_load_state_dict_pre_hook((_m, state, prefix, _local, strict) => {
    log.push(['load', prefix, Object.keys(state).length, strict])
  })
  n.register_load_state_dict_post_hook((_m, keys) => {
    keys.missing_keys.length = 0
  })
  const state = n.state_dict()
  delete state['a.bias']
  const result = String(n.load_state_dict(state))
  tell(result, log)
  const dtypes = (m: nn.AnyModule): string[] =>
    Object.entries(m.state_dict())
      .filter(([name]) => !name.includes('extra'))
      .map(([, t]) => String(t.dtype))
  tell(dtypes(n.half()), dtypes(n.type(torch.float64)))
  const late = new Late()
  late.load_state_dict({ buf: torch.zeros(2) }, { assign: true })
  tell(names(late.named_buffers()), late.buf.tolist())

  const l = new nn.ModuleList<nn.AnyModule>([new nn.ReLU(), new nn.Tanh()])
  l.insert(1, new nn.Sigmoid())
  refused(() => l.extend(wrong(3)))
  tell(String(l), String(l.slice(0, 1)))
  const d = new nn.ModuleDict<nn.AnyModule>({ a: new nn.ReLU(), b: new nn.Tanh() })
  refused(
    () => d.update(wrong(3)),
    () => d.update(wrong([['x']])),
    () => d.set('keys', new nn.ReLU()),
  )
  tell(String(d.pop('a')), String(d))
  const s = new nn.Sequential(new nn.ReLU(), new nn.Tanh(), new nn.Sigmoid())
  refused(() => s.insert(9, new nn.ReLU()))
  s.insert(1, new nn.Identity())
  s.insert(-1, new nn.ELU())
  tell(String(s), String(s.pop(0)), String(s), String(s.slice(1)))
  const pl = new nn.ParameterList<unknown>([torch.ones(2), 3, new nn.Parameter(torch.ones(1, 2))])
  const pd = new nn.ParameterDict<unknown>({ a: torch.ones(2), b: 3 })
  tell(
    String(pl),
    names(pl.named_parameters()),
    String(pd),
    [...(pd.setdefault('c', torch.ones(1)) as torch.Tensor).shape],
    pd.popitem()[0],
    pd.copy().keys(),
    String(pd.fromkeys(['x', 'y'], torch.ones(1))),
    pd.get('zz'),
  )
  refused(
    () => pl.extend(wrong(3)),
    () => pd.pop('zz'),
  )
  const r = new nn.LSTM(2, 3, 2, { proj_size: 1 })
  const x = torch.ones(4, 5, 2)
  tell(r.get_expected_hidden_size(x, null), r.get_expected_cell_size(x, null))
  refused(
    () => r.check_hidden_size(torch.ones(1, 2), [1, 3]),
    () => r.check_forward_args(x, [torch.ones(2, 5, 1), torch.ones(2, 5, 9)], null),
    () => r(x, [torch.ones(2, 5, 2), torch.ones(2, 5, 3)]),
  )
  const pretrained = { freeze: false, padding_idx: -1, max_norm: 1.5 }
  tell(
    String(nn.Embedding.from_pretrained(torch.ones(3, 2), pretrained)),
    String(new nn.ReLU6()),
    new nn.ReLU6() instanceof nn.Hardtanh,
  )
  return told
}

describe.skipIf(!python)('Module and containers', () => {
  const told = python ? (JSON.parse(runPython(program)) as unknown[]) : []
  const own = python ? account() : []
  it('tell as many facts', () => {
    expect(own.length).toBe(told.length)
  })
  for (const [i, fact] of told.entries())
    it(`fact ${i}: ${JSON.stringify(fact).slice(0, 60)}`, () => {
      expect(own[i]).toEqual(fact)
    })

  it('refuse what is no module, and stay as they were', () => {
    const s = new nn.Sequential(new nn.ReLU(), new nn.Tanh())
    const list = new nn.ModuleList<nn.AnyModule>([new nn.ReLU()])
    expect(() => s.insert(1, 3 as never)).toThrow('int is not a Module subclass')
    expect(() => list.insert(0, 3 as never)).toThrow('int is not a Module subclass')
    expect([s.length, list.length]).toEqual([2, 1])
  })
})
