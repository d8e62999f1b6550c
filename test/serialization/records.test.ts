import * as torch from 'torch-node'
import { afterEach, describe, expect, test } from 'vitest'
import { python, runPython } from '../parity/python.js'
import { bytesOf, call, forged, global, int, pickle, text } from './forge.js'

const { serialization } = torch
afterEach(() => serialization.clear_safe_globals())

/** `geometry.Point(1, 2)` with the state `{ 'label': 'x' }`, twice the same. */
const point = forged(
  pickle(`(${call(global('geometry', 'Point'), int(1), int(2))}q\x00}${text('label')}${text('x')}sbh\x00t`),
)

describe('objects as records', () => {
  test('only when asked', () => {
    expect(() => torch.load(point)).toThrow(/geometry\.Point, which is not among what is loaded.*objectsAsRecords/)
    const [first, second] = torch.load(point, { objectsAsRecords: true }) as [object, object]
    expect(first).toEqual({ __class__: 'geometry.Point', __args__: [1, 2], label: 'x' })
    expect(second).toBe(first)
  })

  test('a function stays a name', () => {
    expect(torch.load(forged(pickle(global('torch.nn.functional', 'relu'))), { objectsAsRecords: true })).toEqual({
      __global__: 'torch.nn.functional.relu',
    })
  })

  test.skipIf(!python)(
    'of Python’s own classes',
    () => {
      const file = Buffer.from(
        runPython(`
import argparse, base64, collections, dataclasses, datetime, enum, io, pathlib, torch
@dataclasses.dataclass
class Config:
    lr: float
    names: list
class Color(enum.Enum):
    RED = 1
class Slots:
    __slots__ = ('a', 'b')
class Registry(dict): pass
class Names(list): pass
slots = Slots(); slots.a = 1; slots.b = [2]
names = Names(['x', 'y']); names.kind = 'n'
registry = Registry(a=1); registry.kind = 'r'
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(2, 3); self.config = Config(0.5, ['x'])
net = Net()
data = {'args': argparse.Namespace(lr=0.5, layers=[1, 2]), 'config': Config(0.5, ['a']), 'color': Color.RED,
        'path': pathlib.PurePosixPath('a/b'), 'slots': slots, 'registry': registry, 'names': names, 'net': net,
        'weight': net.fc.weight, 'when': datetime.timedelta(1, 2), 'by color': {Color.RED: 1}}
buffers = []
for save in ({}, {'pickle_protocol': 4}, {'_use_new_zipfile_serialization': False}):
    f = io.BytesIO(); torch.save(data, f, **save); buffers.append(base64.b64encode(f.getvalue()).decode())
print(' '.join(buffers))`),
      )
      for (const encoded of file.toString().trim().split(' ')) {
        const bytes = Buffer.from(encoded, 'base64')
        expect(() => torch.load(bytes)).toThrow('not among what is loaded')
        const data = torch.load(bytes, { objectsAsRecords: true }) as Record<string, Record<string, unknown>>
        expect(data).toMatchObject({
          args: { __class__: 'argparse.Namespace', lr: 0.5, layers: [1, 2] },
          config: { __class__: '__main__.Config', lr: 0.5, names: ['a'] },
          color: { __class__: '__main__.Color', __args__: [1] },
          path: { __class__: 'pathlib.PurePosixPath', __args__: ['a', 'b'] },
          slots: { __class__: '__main__.Slots', a: 1, b: [2] },
          registry: { __class__: '__main__.Registry', kind: 'r', __items__: new Map([['a', 1]]) },
          names: { __class__: '__main__.Names', kind: 'n', __list__: ['x', 'y'] },
          when: { __class__: 'datetime.timedelta', __args__: [1, 2, 0] },
          net: { __class__: '__main__.Net', training: true, config: { lr: 0.5 } },
        })
        const net = data.net as { _modules: { fc: { _parameters: Record<string, torch.Tensor> } } }
        expect(net._modules.fc._parameters.weight).toBeInstanceOf(torch.nn.Parameter)
        expect(net._modules.fc._parameters.weight).toBe(data.weight)
        const [key] = (data['by color'] as unknown as Map<object, number>).keys()
        expect(key).toBe(data.color)
        expect(torch.serialization.get_unsafe_globals_in_checkpoint(bytes)).toContain('argparse.Namespace')
      }
    },
    120_000,
  )
})

describe('safe globals', () => {
  class Point {
    label = ''
    constructor(
      readonly x: number,
      readonly y: number,
    ) {}
  }

  test('build what a program names', () => {
    serialization.add_safe_globals([[Point, 'geometry.Point']])
    const [first, second] = torch.load(point) as [Point, Point]
    expect(first).toBeInstanceOf(Point)
    expect([first.x, first.y, first.label]).toEqual([1, 2, 'x'])
    expect(second).toBe(first)
    expect(serialization.get_safe_globals()).toEqual([[Point, 'geometry.Point']])
    serialization.clear_safe_globals()
    expect(() => torch.load(point)).toThrow('geometry.Point')
  })

  test('for a block', () => {
    expect(
      serialization.safe_globals([[(x: number, y: number) => ({ sum: x + y }), 'geometry.Point']], () =>
        torch.load(point),
      ),
    ).toMatchObject([{ sum: 3, label: 'x' }, { sum: 3 }])
    {
      using _ = serialization.safe_globals([[Point, 'geometry.Point']])
      expect(torch.load(point)).toMatchObject([{ x: 1 }, { x: 1 }])
    }
    expect(() => torch.load(point)).toThrow('geometry.Point')
    expect(() => serialization.add_safe_globals([['geometry.Point', Point] as never])).toThrow(TypeError)
  })

  test('get their arguments as a program has them, and their state by __setstate__', () => {
    class Holder {
      state: unknown = null
      constructor(readonly held: unknown) {}
      __setstate__(state: unknown): void {
        this.state = state
      }
    }
    const held = `}${text('a')}${call(global('m', 'Holder'), '(I1\nt')}s`
    const file = forged(pickle(`${call(global('m', 'Holder'), held)}${int(5)}b`))
    const holder = serialization.safe_globals([[Holder, 'm.Holder']], () => torch.load(file)) as Holder
    expect(holder.state).toBe(5)
    expect(holder.held).toEqual({ a: new Holder([1]) })
  })

  test('are what get_unsafe_globals_in_checkpoint leaves out', () => {
    expect(serialization.get_unsafe_globals_in_checkpoint(point)).toEqual(['geometry.Point'])
    serialization.safe_globals([[Point, 'geometry.Point']], () =>
      expect(serialization.get_unsafe_globals_in_checkpoint(point)).toEqual([]),
    )
    expect(serialization.get_unsafe_globals_in_checkpoint(bytesOf({ x: torch.ones(2) }))).toEqual([])
  })
})
