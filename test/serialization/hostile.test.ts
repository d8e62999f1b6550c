import * as torch from 'torch-node'
import { describe, expect, test } from 'vitest'
import { bytesOf, call, forged, forgedZip, global, int, latin1, pickle, storage, tensor, text, tuple } from './forge.js'

function refused(file: Buffer, message: string | RegExp): void {
  const started = performance.now()
  expect(() => torch.load(file)).toThrow(torch.UnpicklingError)
  expect(() => torch.load(file)).toThrow(message)
  expect(performance.now() - started).toBeLessThan(5000)
}

const four = { 0: new Uint8Array(new Float32Array([1, 2, 3, 4]).buffer) }

describe('code', () => {
  test.each([
    ['os', 'system'],
    ['posix', 'system'],
    ['nt', 'system'],
    ['subprocess', 'Popen'],
    ['sys', 'exit'],
  ])('%s.%s is blocked, whatever a program asks for', (module, name) => {
    const file = forged(pickle(call(global(module, name), text('true'))))
    refused(file, `${module}.${name}, whose module is blocked`)
    expect(() => torch.load(file, { objectsAsRecords: true })).toThrow('blocked')
    torch.serialization.safe_globals([[() => 'called', `${module}.${name}`]], () =>
      expect(() => torch.load(file)).toThrow('blocked'),
    )
  })

  test.each([
    ['__builtin__', 'eval'],
    ['builtins', 'exec'],
    ['builtins', 'getattr'],
    ['torch.hub', 'load'],
    ['torch', 'load'],
  ])('%s.%s is refused by name', (module, name) =>
    refused(
      forged(pickle(call(global(module, name), text('1')))),
      `${module.replace('__builtin__', 'builtins')}.${name}`,
    ),
  )

  test('in every protocol', () => {
    refused(forged('\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.'), 'os.system')
    refused(forged('(S"true"\nios\nsystem\n.'), 'os.system')
    refused(forged('(cos\nsystem\nS"true"\no.'), 'os.system')
    refused(forged(`\x80\x02${global('os', 'system')})\x81.`), 'os.system')
    refused(forged('\x80\x02\x82\x01.'), 'unsupported pickle instruction 0x82')
    refused(forged('P1\n.'), 'unsupported pickle instruction 0x50')
  })

  test('a class itself is no data', () => {
    refused(forged(pickle(global('collections', 'OrderedDict'))), 'collections.OrderedDict itself')
    refused(forged(pickle(global('torch', 'FloatStorage'))), 'no data')
  })
})

describe('tensors', () => {
  test('as they should be', () => {
    const file = forged(pickle(tensor(4, 1, [3], [1])), four)
    expect((torch.load(file) as torch.Tensor).tolist()).toEqual([2, 3, 4])
  })

  test.each([
    ['beyond the storage', tensor(4, 0, [5], [1]), 'reaches beyond its storage'],
    ['beyond it by the offset', tensor(4, 2, [3], [1]), 'reaches beyond its storage'],
    ['beyond it by strides', tensor(4, 0, [2, 2], [3, 1]), 'reaches beyond its storage'],
    ['far beyond', tensor(4, 2 ** 52, [3], [1]), 'reaches beyond its storage'],
    ['of negative size', tensor(4, 0, [-1], [1]), 'its shape is wrong'],
    ['of negative strides', tensor(4, 3, [4], [-1]), 'its shape is wrong'],
    ['of a negative offset', tensor(4, -1, [1], [1]), 'its shape is wrong'],
    ['of an overflowing shape', tensor(4, 0, [2 ** 40, 2 ** 40], [0, 0]), 'its shape is wrong'],
    ['of too many dimensions', tensor(4, 0, Array(65).fill(1), Array(65).fill(1)), 'its shape is wrong'],
    ['of two strides for one size', tensor(4, 0, [1], [1, 1]), 'its shape is wrong'],
    ['of a storage that says it is larger', tensor(2 ** 40, 0, [1], [1]), 'has 16 bytes instead of'],
    ['of a negative storage', tensor(-1, 0, [0], [1]), 'impossible size'],
    ['of a storage that is not there', tensor(4, 0, [4], [1], '1'), 'it has no storage 1'],
    [
      'of a number',
      call(global('torch._utils', '_rebuild_tensor_v2'), int(1), int(0), '(t', '(t', '\x89', '}'),
      'its storage',
    ],
  ])('%s', (_, instructions, message) => refused(forged(pickle(instructions), four), message))

  test('one storage has one size', () => {
    refused(forged(pickle(tuple(tensor(4, 0, [1], [1]), tensor(2, 0, [1], [1]))), four), 'a storage has two sizes')
  })

  test('a sparse tensor’s indices are checked', () => {
    const instructions = call(
      global('torch._utils', '_rebuild_sparse_tensor'),
      call(global('torch.serialization', '_get_layout'), text('torch.sparse_coo')),
      tuple(tensor(1, 0, [1, 1], [1, 1], 'i', 'Long'), tensor(1, 0, [1], [1], 'v'), tuple(int(3)), '\x88'),
    )
    const file = (index: number) =>
      forged(pickle(instructions), {
        i: new Uint8Array(new BigInt64Array([BigInt(index)]).buffer),
        v: four[0].slice(0, 4),
      })
    expect((torch.load(file(2)) as torch.Tensor).to_dense().tolist()).toEqual([0, 0, 1])
    for (const index of [3, -1, 2 ** 40]) expect(() => torch.load(file(index))).toThrow(torch.TorchError)
  })

  test('parts of sparse tensors that are far larger than the file take no time', () => {
    const wide = 2 ** 45
    const instructions = call(
      global('torch._utils', '_rebuild_sparse_tensor'),
      call(global('torch.serialization', '_get_layout'), text('torch.sparse_coo')),
      tuple(tensor(1, 0, [1, wide], [0, 0], 'i', 'Long'), tensor(1, 0, [wide], [0], 'v'), tuple(int(3)), '\x88'),
    )
    refused(forged(pickle(instructions), { i: new Uint8Array(8), v: new Uint8Array(4) }), 'a tensor that it is made of')
  })

  const quantized = (size: number[], stride: number[], ...quantizer: string[]) =>
    forged(
      pickle(
        call(
          global('torch._utils', '_rebuild_qtensor'),
          storage('QInt8Storage', '0', 4),
          int(0),
          tuple(...size.map(int)),
          tuple(...stride.map(int)),
          tuple(...quantizer),
          '\x89',
          '}',
        ),
      ),
      { 0: new Uint8Array(4), s: new Uint8Array(16), z: new Uint8Array(16) },
    )
  const scheme = (name: string) => global('torch', name)
  const scales = (count: number) => tensor(2, 0, [count], [count > 2 ? 0 : 1], 's', 'Double')
  const zeroPoints = (count: number) => tensor(2, 0, [count], [count > 2 ? 0 : 1], 'z', 'Long')

  test('quantized ones', () => {
    const x = torch.load(quantized([2, 2], [2, 1], scheme('per_channel_affine'), scales(2), zeroPoints(2), int(0)))
    expect((x as torch.Tensor).q_per_channel_axis()).toBe(0)
    refused(
      quantized([5], [1], scheme('per_tensor_affine'), 'G?\xf0\0\0\0\0\0\0', int(0)),
      'reaches beyond its storage',
    )
    refused(quantized([2, 2], [2, 1], scheme('per_channel_affine'), scales(2), zeroPoints(2), int(2)), 'its axis')
    refused(quantized([2, 2], [2, 1], scheme('per_channel_affine'), scales(1), zeroPoints(2), int(0)), 'its scales')
    refused(
      quantized([2 ** 40, 1], [0, 1], scheme('per_channel_affine'), scales(2 ** 40), zeroPoints(2 ** 40), int(0)),
      'a tensor that it is made of',
    )
    refused(quantized([2, 2], [2, 1], scheme('per_tensor_symmetric'), int(1)), 'its quantizer')
  })

  test('nested ones whose parts lie outside', () => {
    const nested = (start: number) =>
      forged(
        pickle(
          call(
            global('torch._utils', '_rebuild_nested_tensor'),
            tensor(4, 0, [4], [1]),
            tensor(1, 0, [1, 1], [1, 1], 'sizes', 'Long'),
            tensor(1, 0, [1, 1], [1, 1], 'strides', 'Long'),
            tensor(1, 0, [1], [1], 'starts', 'Long'),
          ),
        ),
        {
          ...four,
          sizes: new Uint8Array(new BigInt64Array([3n]).buffer),
          strides: new Uint8Array(new BigInt64Array([1n]).buffer),
          starts: new Uint8Array(new BigInt64Array([BigInt(start)]).buffer),
        },
      )
    expect((torch.load(nested(1)) as torch.Tensor).unbind()[0]!.tolist()).toEqual([2, 3, 4])
    for (const start of [2, -1, 2 ** 50]) refused(nested(start), 'the place of a part')
  })

  test('attributes do not replace what a tensor has', () => {
    const file = forged(
      pickle(
        call(
          global('torch._tensor', '_rebuild_from_type_v2'),
          global('torch._utils', '_rebuild_tensor_v2'),
          global('torch', 'Tensor'),
          tuple(storage('FloatStorage', '0', 4), int(0), tuple(int(4)), tuple(int(1)), '\x89', '}'),
          `}${text('backward')}${int(1)}s`,
        ),
      ),
      four,
    )
    refused(file, 'cannot have the attribute backward')
  })
})

describe('archives', () => {
  const bomb = new Uint8Array(2 ** 26)

  test('that unpack to far more than they are', () => {
    const count = 2 ** 24
    const keys = Array.from({ length: 8 }, (_, i) => String(i))
    const file = forgedZip([
      { name: 'a/data.pkl', data: latin1(pickle(`(${keys.map(key => tensor(count, 0, [1], [1], key)).join('')}t`)) },
      ...keys.map(key => ({ name: `a/data/${key}`, data: bomb, compress: true })),
    ])
    expect(file.length).toBeLessThan(2 ** 20)
    refused(file, 'zip bomb')
  })

  test('whose pickle is a bomb', () => {
    const file = forgedZip([{ name: 'a/data.pkl', data: latin1('N.'), compress: true, size: 2 ** 31 }])
    refused(file, 'zip bomb')
  })

  test('that lie about what a record unpacks to', () => {
    const data = latin1(pickle('N'))
    refused(forgedZip([{ name: 'a/data.pkl', data, compress: true, size: 3 }]), 'does not unpack to its 3 bytes')
    refused(forgedZip([{ name: 'a/data.pkl', data, compress: true, size: 300 }]), 'does not unpack to its 300 bytes')
  })

  test('whose records overlap', () => {
    const zeros = new Uint8Array(4096)
    const file = forgedZip([
      { name: 'a/data.pkl', data: latin1(pickle('N')) },
      { name: 'a/data/0', data: zeros },
      { name: 'a/data/1', data: zeros, offset: 60 },
    ])
    refused(file, 'overlaps another record')
  })

  test('of TorchScript, of tar, of nothing', () => {
    refused(
      forgedZip([
        { name: 'a/data.pkl', data: latin1('N.') },
        { name: 'a/constants.pkl', data: latin1('N.') },
      ]),
      'torch.jit.load',
    )
    refused(forgedZip([{ name: 'a/model.bin', data: latin1('N.') }]), 'no data.pkl')
    const tar = Buffer.alloc(1024)
    tar.write('pickle')
    tar.write('ustar', 257)
    refused(tar, 'tar format')
  })
})

describe('pickles', () => {
  test('that double a text again and again', () => {
    const long = text('x'.repeat(100_000))
    const again = 'h\x00h\x01\x86R'
    const encode = `${global('_codecs', 'encode')}q\x02`
    const file = forged(pickle(`(${long}q\x00${text('latin1')}q\x01${encode}${'h\x02'.concat(again).repeat(20_000)}t`))
    refused(file, 'more work than its size allows')
  })

  test('that copy a dict into many records', () => {
    const entries = Array.from({ length: 5000 }, (_, i) => text(`k${i}`) + int(i)).join('')
    const record = `${global('m', 'C')})\x81h\x00b`
    const file = forged(pickle(`(}q\x00(${entries}u${record.repeat(20_000)}t`))
    expect(() => torch.load(file, { objectsAsRecords: true })).toThrow('more work than its size allows')
  })

  test('of integers that are too long', () => {
    refused(forged(`\x80\x02\x8b\x00\x00\x10\x00${'\x01'.repeat(2 ** 20)}.`), 'too long')
    refused(forged(`L${'9'.repeat(5000)}L\n.`), 'a number is missing')
  })

  test('nested deeply, as records and tuples, too', () => {
    const depth = 100_000
    const file = forged(pickle(`${')'}${'\x85'.repeat(depth)}`))
    expect(Object.isFrozen(torch.load(file))).toBe(true)
    const records = forged(pickle(`cm\nC\nq\x000${'h\x00'.repeat(depth)}N${'\x85R'.repeat(depth)}`))
    expect(torch.load(records, { objectsAsRecords: true })).toMatchObject({ __class__: 'm.C' })
  })

  test('of protocol 0, by hand', () => {
    expect(torch.load(forged("(lp0\nI1\naI01\naL5L\naF0.5\naS'a\\x41\\n'\naV\\u00e4\na."))).toEqual([
      1,
      true,
      5,
      0.5,
      'aA\n',
      'ä',
    ])
    expect(torch.load(forged('(dS"k"\nNs.'))).toEqual({ k: null })
  })

  test('with frames, long texts and sets of protocol 4', () => {
    const frame = '\x95\x20\x00\x00\x00\x00\x00\x00\x00'
    expect(
      torch.load(forged(`\x80\x04${frame}]\x94(\x8c\x01a\x94h\x01\x8f(K\x01K\x02\x90(K\x03\x91C\x01\xffe.`)),
    ).toEqual(['a', 'a', new Set([1, 2]), Object.freeze(new Set([3])), new Uint8Array([255])])
  })
})

describe('legacy files', () => {
  const whole = bytesOf({ x: torch.arange(6).view(2, 3), y: torch.ones(3) }, { _use_new_zipfile_serialization: false })

  test('cut off anywhere', () => {
    for (let length = 0; length < whole.length; length += 3)
      expect(() => torch.load(whole.subarray(0, length)), String(length)).toThrow(torch.UnpicklingError)
  })

  test('with any flipped byte give a value or an error', () => {
    let refusals = 0
    for (let i = 0; i < whole.length; i++) {
      const damaged = Buffer.from(whole)
      damaged[i] = damaged[i]! ^ (1 << (i % 8))
      try {
        torch.load(damaged)
      } catch (error) {
        refusals++
        expect(error instanceof torch.TorchError || error instanceof TypeError, String(error)).toBe(true)
      }
    }
    expect(refusals).toBeGreaterThan(100)
  })

  test('whose storages are not those of the object', () => {
    const at = whole.lastIndexOf(latin1('X\x01\x00\x00\x000'))
    const other = Buffer.from(whole)
    other[at + 5] = 0x39
    refused(other, 'not that of its object')
  })
})
