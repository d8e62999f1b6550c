import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { python, runPython } from './python.js'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-node-npy-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const kinds: Record<string, torch.dtype> = {
  bool: torch.bool,
  uint8: torch.uint8,
  int8: torch.int8,
  uint16: torch.uint16,
  int16: torch.int16,
  uint32: torch.uint32,
  int32: torch.int32,
  uint64: torch.uint64,
  int64: torch.int64,
  float16: torch.float16,
  float32: torch.float32,
  float64: torch.float64,
  complex64: torch.complex64,
  complex128: torch.complex128,
}

/** One array of each kind: whole numbers, so that text has them exactly. */
const make = `
import sys, json, io, numpy as np
folder = sys.argv[1]
arrays = {}
for name in ${JSON.stringify(Object.keys(kinds))}:
    a = np.arange(12).reshape(3, 4) % (2 if name == 'bool' else 100)
    arrays[name] = a.astype(name) + (1j if name.startswith('complex') else 0 if name != 'bool' else False)
    arrays[name] = arrays[name].astype(name)
for name in list(arrays):
    if arrays[name].itemsize > 1: arrays[name + '_big'] = arrays[name].astype(arrays[name].dtype.newbyteorder('>'))
arrays['fortran'] = np.asfortranarray(np.arange(24.).reshape(2, 3, 4))
arrays['fortran_big'] = np.asfortranarray(np.arange(6, dtype='>i2').reshape(2, 3))
arrays['strided'] = np.arange(24.)[::2]
arrays['scalar'] = np.float32(2.5)
arrays['vector'] = np.arange(5)
arrays['empty'] = np.zeros((0, 3), np.int32)
arrays['deep'] = np.ones((1,) * 20, np.int8)
def plain(a):
    a = np.asarray(a)
    return [str(a.dtype.newbyteorder('=')), list(a.shape), [f'({v.real:g}+{v.imag:g}j)' if a.dtype.kind == 'c' else v.item() for v in a.reshape(-1)]]
`

function plain(t: torch.Tensor): unknown {
  const values = t.reshape([-1]).tolist() as (number | torch.Complex)[]
  const written = (v: number | torch.Complex) => (v instanceof torch.Complex ? `(${v.re}+${v.im}j)` : v)
  return [t.dtype.name, [...t.shape], values.map(written)]
}

describe.skipIf(!python)('files of NumPy and ours', () => {
  test('what NumPy saved arrives', async () => {
    const expected = JSON.parse(
      runPython(
        `${make}
for name, a in arrays.items(): np.save(f'{folder}/{name}.npy', a)
print(json.dumps({name: plain(a) for name, a in arrays.items()}))`,
        { args: [folder] },
      ),
    ) as Record<string, unknown>
    expect(Object.keys(expected).length).toBeGreaterThan(30)
    for (const [name, array] of Object.entries(expected)) {
      const path = join(folder, `${name}.npy`)
      expect([name, plain(torch.loadNpy(path))]).toEqual([name, array])
      expect([name, plain(torch.loadNpy(readFileSync(path)))]).toEqual([name, array])
      expect([name, plain(await torch.loadNpyAsync(path))]).toEqual([name, array])
    }
    expect(torch.loadNpy(join(folder, 'fortran.npy')).stride()).toEqual([1, 2, 6])
  })

  test('every version of the header is read', () => {
    runPython(
      `${make}
for version in (1, 2, 3):
    with open(f'{folder}/v{version}.npy', 'wb') as f: np.lib.format.write_array(f, arrays['int32'], version=(version, 0))`,
      { args: [folder] },
    )
    for (const version of [1, 2, 3]) {
      expect(readFileSync(join(folder, `v${version}.npy`))[6]).toBe(version)
      expect(
        torch
          .loadNpy(join(folder, `v${version}.npy`))
          .sum()
          .item(),
      ).toBe(66)
    }
  })

  test('what is saved here has the bytes of numpy.save', () => {
    for (const [name, kind] of Object.entries(kinds)) {
      const values = torch
        .arange(12)
        .reshape([3, 4])
        .remainder(name === 'bool' ? 2 : 100)
      torch.saveNpy(values.to(kind), join(folder, `ours_${name}.npy`))
    }
    torch.saveNpy(torch.arange(24).reshape([2, 3, 4]).permute([2, 1, 0]), join(folder, 'ours_fortran.npy'))
    torch.saveNpy(torch.arange(24).reshape([2, 3, 4]).permute([1, 2, 0]), join(folder, 'ours_strided.npy'))
    torch.saveNpy(torch.tensor(2.5), join(folder, 'ours_scalar.npy'))
    torch.saveNpy(torch.zeros([0, 3]), join(folder, 'ours_empty.npy'))
    torch.saveNpy(torch.arange(1234567).to(torch.int8), join(folder, 'ours_long.npy'))
    const answer = runPython(
      `${make}
theirs = {name: (np.arange(12).reshape(3, 4) % (2 if name == 'bool' else 100)).astype(name) for name in ${JSON.stringify(Object.keys(kinds))}}
theirs['fortran'] = np.arange(24).reshape(2, 3, 4).transpose(2, 1, 0)
theirs['strided'] = np.arange(24).reshape(2, 3, 4).transpose(1, 2, 0)
theirs['scalar'] = np.float32(2.5); theirs['empty'] = np.zeros((0, 3), np.float32); theirs['long'] = np.arange(1234567).astype(np.int8)
wrong = []
for name, a in theirs.items():
    f = io.BytesIO(); np.save(f, a)
    if f.getvalue() != open(f'{folder}/ours_{name}.npy', 'rb').read(): wrong.append(name)
print(json.dumps([len(theirs), wrong]))`,
      { args: [folder] },
    )
    expect(JSON.parse(answer)).toEqual([19, []])
  })

  test('npz files, stored and compressed', () => {
    const expected = JSON.parse(
      runPython(
        `${make}
np.savez(f'{folder}/stored.npz', **arrays); np.savez_compressed(f'{folder}/compressed.npz', **arrays)
np.savez(f'{folder}/list.npz', arrays['int32'], arrays['vector'])
print(json.dumps({name: plain(a) for name, a in arrays.items()}))`,
        { args: [folder] },
      ),
    ) as Record<string, unknown>
    for (const kind of ['stored', 'compressed']) {
      using file = torch.loadNpz(join(folder, `${kind}.npz`))
      expect(file.files).toEqual(Object.keys(expected))
      expect(Object.fromEntries([...file].map(([name, t]) => [name, plain(t)]))).toEqual(expected)
    }
    using list = torch.loadNpz(readFileSync(join(folder, 'list.npz')))
    expect(list.files).toEqual(['arr_0', 'arr_1'])
    expect(list.get('arr_1').tolist()).toEqual([0, 1, 2, 3, 4])
  })

  test('npz files that are saved here', async () => {
    const arrays = { x: torch.arange(6).reshape([2, 3]), 'a/b ä': torch.ones([2]), none: torch.zeros([0]) }
    torch.saveNpz(arrays, join(folder, 'ours.npz'))
    await torch.saveNpzAsync([torch.ones([2]), torch.tensor(3n)], join(folder, 'ours_list.npz'))
    const answer = runPython(
      `${make}
print(json.dumps([{name: plain(a) for name, a in np.load(f'{folder}/{file}').items()} for file in ('ours.npz', 'ours_list.npz')]))`,
      { args: [folder] },
    )
    expect(JSON.parse(answer)).toEqual([
      Object.fromEntries(Object.entries(arrays).map(([name, t]) => [name, plain(t)])),
      { arr_0: ['float32', [2], [1, 1]], arr_1: ['int64', [], [3]] },
    ])
  })

  test('what PyTorch lacks is refused by name', () => {
    runPython(
      `${make}
np.save(f'{folder}/r_object.npy', np.array([{}, 1], dtype=object), allow_pickle=True)
np.save(f'{folder}/r_struct.npy', np.zeros(2, dtype=[('x', 'f4'), ('y', 'i8')]))
np.save(f'{folder}/r_text.npy', np.array(['a', 'bc'])); np.save(f'{folder}/r_bytes.npy', np.array([b'a']))
np.save(f'{folder}/r_time.npy', np.array(['2020-01-01'], dtype='M8[D]')); np.save(f'{folder}/r_long.npy', np.zeros(2, np.longdouble))
np.save(f'{folder}/r_void.npy', np.zeros(2, 'V3'))`,
      { args: [folder] },
    )
    const refusals = {
      object: /Object arrays/,
      struct: /structured arrays.*fields x, y/,
      text: /<U2/,
      bytes: /\|S1/,
      time: /<M8\[D\]/,
      long: /<f16/,
      void: /\|V3/,
    }
    for (const [name, message] of Object.entries(refusals))
      expect(() => torch.loadNpy(join(folder, `r_${name}.npy`)), name).toThrow(message)
  })
})
