import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askSafetensors, whyNoSafetensors } from './safetensors_python.js'

const { nn, safetensors } = torch

if (whyNoSafetensors) console.warn(`safetensors: the tests against Python are skipped: ${whyNoSafetensors}`)

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-node-safetensors-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const dtypes = [
  'bool',
  'uint8',
  'int8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float16',
  'bfloat16',
  'float32',
  'float64',
  'complex64',
  'float8_e5m2',
  'float8_e4m3fn',
  'float8_e5m2fnuz',
  'float8_e4m3fnuz',
  'float8_e8m0fnu',
] as const

/** The same tensors here and in Python, by their bytes. */
const bytes = Array.from({ length: 48 }, (_, i) => (i * 37 + 1) % 120)
const make = `
import torch, json, sys
raw = torch.tensor(${JSON.stringify(bytes)}, dtype=torch.uint8)
tensors = {n: (raw % 2 if n == 'bool' else raw).clone().view(getattr(torch, n)).reshape(2, -1) for n in ${JSON.stringify(dtypes)}}
tensors['pairs'] = raw.clone().view(torch.float4_e2m1fn_x2).reshape(4, 12)
tensors['scalar'] = torch.tensor(2.5)
tensors['empty'] = torch.empty(0, 3)
tensors['ä🙂 "quoted"\\n'] = torch.ones(1)
`

const namedDtype = (name: string) => (torch as unknown as Record<string, torch.dtype>)[name]!

function ours(): Record<string, torch.Tensor> {
  const raw = torch.tensor(bytes, { dtype: torch.uint8 })
  const tensors: Record<string, torch.Tensor> = {}
  for (const name of dtypes)
    tensors[name] = (name === 'bool' ? raw.remainder(2) : raw).clone().view(namedDtype(name)).reshape([2, -1])
  tensors.pairs = raw.clone().view(torch.float4_e2m1fn_x2).reshape([4, 12])
  tensors.scalar = torch.tensor(2.5)
  tensors.empty = torch.empty([0, 3])
  tensors['ä🙂 "quoted"\n'] = torch.ones([1])
  return tensors
}

const bits = (t: torch.Tensor): unknown => (t.numel() === 0 ? [] : t.reshape([-1]).view(torch.uint8).tolist())

describe.skipIf(whyNoSafetensors)('files of Python and ours', () => {
  test('the same tensors make the same bytes', () => {
    const theirs = join(folder, 'theirs.safetensors')
    askSafetensors(`${make}\nsave_file(tensors, sys.argv[1], metadata={'format': 'pt'})`, { args: [theirs] })
    expect(Buffer.from(safetensors.save(ours(), { format: 'pt' })).equals(readFileSync(theirs))).toBe(true)
    const own = join(folder, 'ours.safetensors')
    safetensors.save_file(ours(), own, { format: 'pt' })
    expect(readFileSync(own).equals(readFileSync(theirs))).toBe(true)
  })

  test('what Python wrote arrives, however it is read', async () => {
    const path = join(folder, 'read.safetensors')
    askSafetensors(`${make}\nsave_file(tensors, sys.argv[1], metadata={'a': '1', 'b': 'ü'})`, { args: [path] })
    const expected = ours()
    const readings = [
      safetensors.load_file(path),
      safetensors.load_file(path, { backend: 'pread' }),
      safetensors.load(readFileSync(path)),
      await safetensors.loadFileAsync(path),
    ]
    for (const loaded of readings) {
      expect(Object.keys(loaded).sort()).toEqual(Object.keys(expected).sort())
      for (const [name, t] of Object.entries(expected)) {
        expect([name, loaded[name]!.dtype, loaded[name]!.shape]).toEqual([name, t.dtype, t.shape])
        expect([name, bits(loaded[name]!)]).toEqual([name, bits(t)])
      }
    }
  })

  test('safe_open tells what Python tells', () => {
    const path = join(folder, 'open.safetensors')
    const answer = askSafetensors(
      `${make}
save_file(tensors, sys.argv[1], metadata={'a': '1', 'b': 'ü'})
with safe_open(sys.argv[1], framework='pt') as f:
    print(json.dumps([f.keys(), f.offset_keys(), f.metadata(), [[f.get_slice(k).get_shape(), f.get_slice(k).get_dtype()] for k in f.keys()],
        f.get_slice('int32')[1:, ::2].tolist(), f.get_slice('int32')[0, 3].tolist()]))`,
      { args: [path] },
    )
    using f = safetensors.safe_open(path, { framework: 'pt' })
    const slice = f.get_slice('int32')
    expect([
      f.keys(),
      f.offset_keys(),
      f.metadata(),
      f.keys().map(key => [f.get_slice(key).get_shape(), f.get_slice(key).get_dtype()]),
      slice.at(torch.slice(1, null), torch.slice(null, null, 2)).tolist(),
      slice.at(0, 3).tolist(),
    ]).toEqual(JSON.parse(answer))
  })

  test('models with shared parameters, both ways', () => {
    class Tied extends nn.Module {
      b = new nn.Linear(3, 3)
      a = new nn.Linear(3, 3)
      constructor() {
        super()
        this.a.weight = this.b.weight
      }
      override forward(x: torch.Tensor): torch.Tensor {
        return this.a(this.b(x))
      }
    }
    const tied = `
import torch, sys, json
class Tied(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.b = torch.nn.Linear(3, 3); self.a = torch.nn.Linear(3, 3); self.a.weight = self.b.weight
m = Tied()`
    const [theirs, own] = [join(folder, 'tied.safetensors'), join(folder, 'tied_ours.safetensors')]
    const model = new Tied()
    safetensors.save_model(model, own)
    const answer = JSON.parse(
      askSafetensors(
        `${tied}
save_model(m, sys.argv[1])
out = [{k: v.tolist() for k, v in m.state_dict().items()}]
with safe_open(sys.argv[1], 'pt') as f: out += [f.keys(), f.metadata()]
with safe_open(sys.argv[2], 'pt') as f: out += [f.keys(), f.metadata()]
out.append(load_model(m, sys.argv[2])); out.append({k: v.tolist() for k, v in m.state_dict().items()})
print(json.dumps([list(map(list, o)) if isinstance(o, tuple) else o for o in out]))`,
        { args: [theirs, own] },
      ),
    ) as unknown[]
    expect(answer[3]).toEqual(answer[1])
    expect(answer[4]).toEqual(answer[2])
    expect(answer[5]).toEqual([[], []])
    const state = () => Object.fromEntries(Object.entries(model.state_dict()).map(([k, v]) => [k, v.tolist()]))
    expect(state()).toEqual(answer[6])
    expect(safetensors.load_model(model, theirs)).toEqual([[], []])
    expect(state()).toEqual(answer[0])
  })

  test('both refuse the same headers', () => {
    const info = { dtype: 'F32', shape: [1], data_offsets: [0, 4] }
    const text = JSON.stringify
    const headers: [header: string, data: number][] = [
      ['{}', 0],
      [' {}', 0],
      ['{}  x', 0],
      ['[]', 0],
      ['{"a":', 0],
      [text({ a: info }), 4],
      [text({ a: info }), 2],
      [text({ a: info }), 8],
      [text({ a: { ...info, data_offsets: [4, 8] } }), 8],
      [text({ a: { ...info, data_offsets: [4, 0] } }), 4],
      [text({ a: info, b: info }), 4],
      [text({ a: { ...info, shape: [2] } }), 4],
      [text({ a: { ...info, shape: [-1] } }), 4],
      [text({ a: { ...info, shape: [] } }), 4],
      [text({ a: { ...info, shape: [1.5] } }), 4],
      ['{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}', 4],
      ['{"a":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}', 4],
      [text({ a: { ...info, shape: [2 ** 40, 2 ** 40] } }), 4],
      [text({ a: { ...info, dtype: 'X' } }), 4],
      [text({ a: { ...info, extra: { b: [1] } } }), 4],
      [text({ a: { ...info, data_offsets: [0, 4, 8] } }), 4],
      [text({ a: { dtype: 'F32', shape: [1] } }), 4],
      [text({ a: { ...info, dtype: 'F4', shape: [2, 4] } }), 4],
      [text({ a: { ...info, dtype: 'F4', shape: [7], data_offsets: [0, 4] } }), 4],
      [text({ a: { ...info, dtype: 'F6_E2M3', shape: [4], data_offsets: [0, 3] } }), 3],
      [text({ __metadata__: null, a: info }), 4],
      [text({ __metadata__: { x: 1 }, a: info }), 4],
      [text({ __metadata__: { x: 'y' }, a: info }), 4],
      ['['.repeat(1000), 0],
      [text({ u: { dtype: 'U8', shape: [1], data_offsets: [0, 1] }, f: { ...info, data_offsets: [1, 5] } }), 5],
    ]
    const files = headers.map(([header, data]) => {
      const length = Buffer.alloc(8)
      length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)))
      return Buffer.concat([length, Buffer.from(header), Buffer.alloc(data)])
    })
    const answer = askSafetensors(
      `
import sys, json, base64, os
out = []
for text in json.load(sys.stdin):
    with open(sys.argv[1], 'wb') as f: f.write(base64.b64decode(text))
    try: load_file(sys.argv[1]); out.append(True)
    except Exception as e: out.append(False)
print(json.dumps(out))`,
      { args: [join(folder, 'header.safetensors')], input: JSON.stringify(files.map(file => file.toString('base64'))) },
    )
    const accepted = files.map(file => {
      try {
        safetensors.load(file)
        return true
      } catch (error) {
        expect(error).toBeInstanceOf(safetensors.SafetensorError)
        return false
      }
    })
    expect(accepted.map((yes, i) => [headers[i], yes])).toEqual(
      (JSON.parse(answer) as boolean[]).map((yes, i) => [headers[i], yes]),
    )
  })
})
