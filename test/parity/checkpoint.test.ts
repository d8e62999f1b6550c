import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { python, runPython } from './python.js'

const { nn, optim } = torch
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-node-parity-checkpoint-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const dtypes = [
  'uint8',
  'int8',
  'int16',
  'int32',
  'int64',
  'float16',
  'bfloat16',
  'float32',
  'float64',
  'complex32',
  'complex64',
  'complex128',
  'bool',
  'uint16',
  'uint32',
  'uint64',
  'float8_e5m2',
  'float8_e4m3fn',
  'float8_e5m2fnuz',
  'float8_e4m3fnuz',
  'float8_e8m0fnu',
] as const

/** The same data in Python; `data` is what the tests below save. */
const make = `
import sys, torch, pickletools, zipfile, zlib
from collections import OrderedDict
base = torch.arange(12.).view(3, 4)
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for _ in range(2):
    optimizer.zero_grad(); model(torch.ones(5, 3)).sum().backward(); optimizer.step()
data = {
    'tensors': [base, base.t(), base[1:, ::2]],
    'model': model.state_dict(),
    'parameter': torch.nn.Parameter(torch.ones(2), requires_grad=False),
    'tuple': (1, 2.5, 'x', None, True),
    'numbers': [0, 255, 256, 65535, 65536, -1, 2**31, -2**31, 2**53 - 1, 2**64, 0.5, float('inf')],
    'texts': ['', 'ä🙂', 'x' * 300],
    'set': {7},
    'bytes': b'\\x00\\xff',
    'size': torch.Size([2, 3]), 'dtype': torch.float32, 'device': torch.device('cuda', 1), 'complex': 1-2j,
    'dict': OrderedDict(a=1), 'keys': {0: 'zero', 1: 'one'},
    'conj': torch.complex(torch.ones(2), torch.ones(2)).conj(), 'scalar': torch.tensor(3), 'empty': torch.empty(0, 2),
}
DTYPES = ${JSON.stringify(dtypes)}
data['dtypes'] = {d: torch.tensor([0, 1, 2, 3]).to(torch.float32).to(getattr(torch, d)) for d in DTYPES}
def same(a, b, path='data'):
    if isinstance(a, torch.Tensor):
        assert type(a) is type(b) and a.dtype == b.dtype and a.shape == b.shape and a.requires_grad == b.requires_grad, path
        assert a.stride() == b.stride() and a.storage_offset() == b.storage_offset() and a.is_conj() == b.is_conj(), path
        if a.numel(): assert bytes(a.untyped_storage()) == bytes(b.untyped_storage()), path
    elif isinstance(a, dict):
        assert isinstance(b, dict) and list(a) == list(b), (path, list(a), list(b))
        for k in a: same(a[k], b[k], f'{path}.{k}')
    elif isinstance(a, (list, tuple)) and not isinstance(a, torch.Size):
        assert type(a) is type(b) and len(a) == len(b), (path, a, b)
        for i, (x, y) in enumerate(zip(a, b)): same(x, y, f'{path}[{i}]')
    else:
        assert type(a) is type(b) and a == b, (path, a, b)
`

describe.skipIf(!python)('checkpoints', () => {
  test('of Python come here, go back, and are the same there', () => {
    const [from, to] = [join(folder, 'python.pt'), join(folder, 'back.pt')]
    runPython(`${make}\ntorch.save(data, sys.argv[1])`, { args: [from] })
    const data = torch.load(from) as Record<string, unknown> & { tensors: torch.Tensor[]; model: object }
    expect(data.numbers).toEqual([
      0,
      255,
      256,
      65535,
      65536,
      -1,
      2 ** 31,
      -(2 ** 31),
      2 ** 53 - 1,
      2n ** 64n,
      0.5,
      Number.POSITIVE_INFINITY,
    ])
    expect(data.tensors[2]!.tolist()).toEqual([
      [4, 6],
      [8, 10],
    ])
    expect([data.keys, Object.isFrozen(data.tuple), data.parameter instanceof nn.Parameter]).toEqual([
      { 0: 'zero', 1: 'one' },
      true,
      true,
    ])
    torch.save(data, to)
    runPython(
      `${make}
there = torch.load(sys.argv[1], weights_only=True)
same(data, there)
assert isinstance(there['model'], OrderedDict)
# The order of modules named by numbers is JavaScript's.
assert dict(there['model']._metadata) == dict(model.state_dict()._metadata)
assert there['tensors'][0].untyped_storage().data_ptr() == there['tensors'][2].untyped_storage().data_ptr()
model.load_state_dict(there['model'])`,
      { args: [to] },
    )
  })

  test('have Python’s very bytes', () => {
    const [from, to] = [join(folder, 'same.pt'), join(folder, 'ours', 'same.pt')]
    mkdirSync(join(folder, 'ours'))
    const python = `
import sys, torch
from collections import OrderedDict
torch.save({'a': torch.arange(6.).view(2, 3), 'b': [1, 300, -7, 2.5, None, True, 'text'], 'c': (1, 2),
            'd': torch.zeros(0), 'e': torch.ones(2, dtype=torch.uint16)}, sys.argv[1])`
    runPython(python, { args: [from] })
    const theirs = readFileSync(from)
    torch.save(
      {
        a: torch.arange(6).to(torch.float32).view(2, 3),
        b: [1, 300, -7, 2.5, null, true, 'text'],
        c: Object.freeze([1, 2]),
        d: torch.zeros(0),
        e: torch.ones([2], { dtype: torch.uint16 }),
      },
      to,
    )
    const ours = readFileSync(to)
    // All but the record that tells checkpoints apart.
    const upTo = (file: Buffer) => file.subarray(0, file.indexOf('.data/serialization_id'))
    expect(upTo(ours).equals(upTo(theirs))).toBe(true)
    expect(ours.length).toBe(theirs.length)
  })

  test('of an optimizer let Python go on with the training, and the other way round', () => {
    const [here, there, end] = ['here.pt', 'there.pt', 'end.pt'].map(name => join(folder, name)) as [
      string,
      string,
      string,
    ]
    const model = new nn.Linear(3, 2)
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 })
    const x = torch.ones(4, 3)
    const step = () => {
      optimizer.zero_grad()
      model(x).pow(2).sum().backward()
      optimizer.step()
    }
    step()
    torch.save({ model: model.state_dict(), optimizer: optimizer.state_dict() }, here)
    runPython(
      `
import sys, torch
model = torch.nn.Linear(3, 2)
optimizer = torch.optim.Adam(model.parameters(), lr=0.5)
state = torch.load(sys.argv[1])
model.load_state_dict(state['model']); optimizer.load_state_dict(state['optimizer'])
def step():
    optimizer.zero_grad(); model(torch.ones(4, 3)).pow(2).sum().backward(); optimizer.step()
step()
torch.save({'model': model.state_dict(), 'optimizer': optimizer.state_dict()}, sys.argv[2])
step()
torch.save(model.state_dict(), sys.argv[3])`,
      { args: [here, there, end] },
    )
    step()
    const middle = torch.load(there) as {
      model: ReturnType<typeof model.state_dict>
      optimizer: ReturnType<typeof optimizer.state_dict>
    }
    expect(middle.model.weight!.equal(model.weight)).toBe(true)
    model.load_state_dict(middle.model)
    optimizer.load_state_dict(middle.optimizer)
    step()
    const last = torch.load(end) as Record<string, torch.Tensor>
    expect(last.weight!.equal(model.weight)).toBe(true)
    expect(last.bias!.equal(model.bias!)).toBe(true)
  })

  test('that Python refuses are refused', () => {
    const path = join(folder, 'evil.pt')
    runPython(
      `
import sys, os, torch
class Evil:
    def __reduce__(self): return (os.system, ('touch ' + sys.argv[1] + '.touched',))
torch.save({'a': torch.ones(1), 'evil': Evil()}, sys.argv[1])`,
      { args: [path] },
    )
    expect(() => torch.load(path)).toThrow(/posix\.system/)
  })
})
