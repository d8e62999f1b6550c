/** Arguments for fuzzed calls: sensible ones, odd ones, hostile ones. Each comes with the text that makes it again. */
import * as torch from 'torch-node'
import type { dtype } from '#lib/dtype.js'
import type { Tensor } from '#lib/tensor.js'
import type { Random } from './random.js'

/** A value and what it is called in reports. */
export interface Argument {
  value: unknown
  text: string
}

const dtypeNames = [
  'float32',
  'float64',
  'float16',
  'bfloat16',
  'uint8',
  'int8',
  'int16',
  'int32',
  'int64',
  'bool',
  'complex64',
  'complex128',
  'uint16',
  'uint64',
  'float8_e4m3fn',
] as const

function namedDtype(name: string): dtype {
  return (torch as unknown as Record<string, dtype>)[name]!
}

/** Numbers that sizes, dimensions and scalars trip over. None makes an allocation of some GB that succeeds. */
const numbers = [
  0,
  1,
  2,
  3,
  -1,
  -2,
  -3,
  7,
  0.5,
  -1.5,
  -0,
  255,
  256,
  1e-30,
  1e300,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 40,
  1e12,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
  2 ** 63,
  -(2 ** 63),
]
const bigints = [0n, 1n, -1n, 3n, 2n ** 31n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n, 10n ** 40n]
const strings = [
  '',
  'abc',
  'mean',
  'sum',
  'none',
  'cpu',
  'meta',
  'cuda',
  'cuda:99',
  'cpu:-1',
  'float32',
  'ij,jk->ik',
  'ij->',
  '...',
  'reflect',
  'bilinear',
  'N',
  'tanh',
  'fro',
  'nuc',
  'trunc',
  'reduced',
  'ortho',
  'a\0b',
  '\ud800',
  '🔥',
]
const keywords = [
  'dtype',
  'device',
  'layout',
  'requires_grad',
  'out',
  'dim',
  'keepdim',
  'generator',
  'memory_format',
  'alpha',
  'value',
  'other',
  'input',
  'size',
  'pin_memory',
  'correction',
  'weight',
  'reduction',
  'stride',
  'padding',
  'nonsense',
  '__proto__',
  'constructor',
]
/** More elements than any memory holds. */
const hugeShapes = [
  [1e3, 1e9],
  [2 ** 40],
  [2 ** 31, 2 ** 31, 2 ** 31],
  [Number.MAX_SAFE_INTEGER],
  [1e12, 0],
  [1, 1e12, 1],
]

function text(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'string') return JSON.stringify(value)
  return Object.is(value, -0) ? '-0' : String(value)
}

const plain = (value: unknown): Argument => ({ value, text: text(value) })

export function shape(random: Random): number[] {
  const size = () => random.pick([0, 1, 1, 2, 2, 2, 3, 3, 4, 5])
  return random.times(random.pick([0, 1, 1, 2, 2, 2, 3, 3, 4, 5]), size)
}

/** Values of any dtype: small, so that integer operators stay sensible; sometimes with NaN, infinity or negative ones. */
function filled(random: Random, sizes: number[], name: string): Tensor {
  const count = sizes.reduce((a, b) => a * b, 1)
  const wild = random.chance(0.2)
  const real = () => (wild ? random.pick([Number.NaN, Number.POSITIVE_INFINITY, -1e30, 0, -5]) : random.int(-2, 4))
  const isInteger = /^(u?int|bool)/.test(name)
  const values = random.times(count, isInteger ? () => random.int(wild ? -9 : 0, 4) : real)
  return torch.tensor(values, { dtype: torch.float64 }).to(namedDtype(name)).reshape(sizes)
}

/** What the tensors of one call have in common, so that it gets past the checks and into the kernels. */
export interface Family {
  sizes: number[]
  dtype: string
}

export function family(random: Random): Family {
  return { sizes: shape(random), dtype: anyDtype(random) }
}

function anyDtype(random: Random): string {
  return random.chance(0.5) ? 'float32' : random.pick(dtypeNames)
}

/** A tensor that operators may well accept. */
export function tensor(random: Random, like?: Family): Argument {
  const sizes = like && random.chance(0.8) ? like.sizes : shape(random)
  const name = like && random.chance(0.8) ? like.dtype : anyDtype(random)
  const made = filled(random, sizes, name)
  const label = `tensor([${sizes}], ${name})`
  const twist = random.int(0, 19)
  if (twist === 0 && sizes.length >= 2) return { value: made.transpose(0, 1), text: `${label}.transpose(0, 1)` }
  if (twist === 1 && name === 'float32')
    return { value: made.detach().requires_grad_(), text: `${label}.requires_grad_()` }
  if (twist === 2 && sizes.length === 1) return { value: made.unsqueeze(0).expand([3, -1]), text: `${label}.expand` }
  return { value: made, text: label }
}

/** A tensor that no kernel should touch as it is. */
export function oddTensor(random: Random): Argument {
  switch (random.int(0, 9)) {
    case 0: {
      const disposed = torch.ones([2, 2])
      disposed.dispose()
      return { value: disposed, text: 'disposed tensor' }
    }
    case 1: {
      const sizes = random.pick([[1e3, 1e9], [2 ** 40], [1, 1e12, 1]])
      return { value: torch.empty([1], { device: 'meta' }).expand(sizes), text: `meta [${sizes}]` }
    }
    case 2:
      return { value: Object.create(torch.Tensor.prototype), text: 'Object.create(Tensor.prototype)' }
    case 3:
      return { value: Object.create(torch.ones([2])), text: 'Object.create(tensor)' }
    case 4:
      return { value: new Proxy(torch.ones([2]), {}), text: 'new Proxy(tensor, {})' }
    case 5: {
      const indices = torch.tensor([[0, 1]], { dtype: torch.int64 })
      return { value: torch.sparse_coo_tensor(indices, torch.ones([2]), [3]), text: 'sparse_coo [3]' }
    }
    case 6:
      return { value: torch.ones([2, 2]).to_sparse_csr(), text: 'sparse_csr [2, 2]' }
    case 7:
      return { value: torch.quantize_per_tensor(torch.ones([2, 2]), 0.1, 0, torch.qint8), text: 'qint8 [2, 2]' }
    case 8:
      return { value: torch.ones([2, 2], { dtype: torch.complex64 }).conj(), text: 'complex64 [2, 2].conj()' }
    default:
      return { value: torch.empty([0, 3], { device: 'meta' }), text: 'meta [0, 3]' }
  }
}

function throwing(): never {
  throw new TypeError('a getter that throws')
}

function cyclic(): unknown[] {
  const list: unknown[] = [1]
  list.push(list)
  return list
}

function nested(depth: number): unknown {
  let list: unknown = 1
  for (let i = 0; i < depth; i++) list = [list]
  return list
}

function detached(): Float32Array {
  const array = new Float32Array(4)
  structuredClone(array.buffer, { transfer: [array.buffer] })
  return array
}

/** An object with the addon's own mark for dtypes and devices, and a code that means none. */
function forgedTag(code: number): object {
  const tag = Object.getOwnPropertySymbols(torch.float32)[0]
  return tag ? { [tag]: code } : {}
}

/** What no signature asks for. */
const hostile: readonly [text: string, make: () => unknown][] = [
  ['null', () => null],
  ['undefined', () => undefined],
  ['Symbol()', () => Symbol('fuzz')],
  ['() => {}', () => () => {}],
  ['() => { throw }', () => throwing],
  ['class', () => class Fuzz {}],
  ['new Date(0)', () => new Date(0)],
  ['/x/', () => /x/],
  ['new Map()', () => new Map()],
  ['Promise', () => Promise.resolve(1)],
  ['{ get dtype() { throw } }', () => Object.defineProperty({}, 'dtype', { get: throwing, enumerable: true })],
  ['{ get size() { throw } }', () => Object.defineProperty({}, 'size', { get: throwing, enumerable: true })],
  ['{ valueOf() { throw } }', () => ({ valueOf: throwing, toString: throwing, [Symbol.toPrimitive]: throwing })],
  [
    'throwing Proxy',
    () => new Proxy({}, { get: throwing, has: throwing, ownKeys: throwing, getPrototypeOf: throwing }),
  ],
  ['throwing array Proxy', () => new Proxy([1, 2], { get: throwing })],
  ['revoked Proxy', revoked],
  ['[get 0() { throw }]', () => Object.defineProperty([1, 2], 0, { get: throwing })],
  ['cyclic array', cyclic],
  ['array nested 65 deep', () => nested(65)],
  ['array nested 2000 deep', () => nested(2000)],
  ['ragged array', () => [[1, 2], [3]]],
  ['array with holes', () => Object.assign([1], { 2: 3 })],
  ['new Array(100000)', () => new Array(100000)],
  ['[1, "a", null]', () => [1, 'a', null]],
  ['[[]]', () => [[]]],
  ['[NaN]', () => [Number.NaN]],
  ['[2n ** 70n]', () => [2n ** 70n]],
  ['Float32Array(4)', () => new Float32Array(4)],
  ['BigInt64Array(2)', () => new BigInt64Array(2)],
  ['detached Float32Array', detached],
  ['DataView', () => new DataView(new ArrayBuffer(8))],
  ['ArrayBuffer(8)', () => new ArrayBuffer(8)],
  ['SharedArrayBuffer view', () => new Int32Array(new SharedArrayBuffer(8))],
  ['Object.create(null)', () => Object.create(null)],
  ['forged dtype', () => forgedTag(65536 + 999)],
  ['forged device', () => forgedTag(4 * 65536 + 99999)],
  ['forged tag -1', () => forgedTag(-1)],
  ['forged complex', () => forgedTag(5 * 65536)],
  ['"x" * 100000', () => 'x'.repeat(100000)],
]

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

export function scalar(random: Random): Argument {
  if (random.chance(0.5)) return plain(random.int(-2, 4))
  if (random.chance(0.1)) return plain(random.pick(bigints))
  if (random.chance(0.1)) return { value: new torch.Complex(1, -2), text: 'Complex(1, -2)' }
  return plain(random.pick(numbers))
}

export function string(random: Random): Argument {
  return plain(random.pick(strings))
}

export function sizes(random: Random): Argument {
  if (random.chance(0.15)) {
    const huge = random.pick(hugeShapes)
    return { value: huge, text: `[${huge}]` }
  }
  const list = random.chance(0.7) ? shape(random) : random.times(random.int(0, 3), () => random.pick(numbers))
  return { value: list, text: `[${list}]` }
}

export function torchObject(random: Random): Argument {
  switch (random.int(0, 4)) {
    case 0:
    case 1: {
      const name = random.pick([...dtypeNames, 'qint8', 'complex32', 'quint4x2'])
      return { value: namedDtype(name), text: `torch.${name}` }
    }
    case 2: {
      const name = random.pick(['cpu', 'meta', 'cuda:0'] as const)
      return { value: new torch.device(name), text: `device(${name})` }
    }
    case 3: {
      const name = random.pick(['strided', 'sparse_coo', 'channels_last', 'preserve_format', 'sparse_csr'])
      return { value: (torch as unknown as Record<string, unknown>)[name], text: `torch.${name}` }
    }
    default:
      return { value: new torch.Generator(), text: 'new torch.Generator()' }
  }
}

function list(random: Random, depth: number): Argument {
  const items = random.times(random.int(0, 3), () => anything(random, depth + 1))
  return { value: items.map(item => item.value), text: `[${items.map(item => item.text).join(', ')}]` }
}

/** Keywords, real ones and others. */
export function options(random: Random, names: readonly string[] = keywords, depth = 0): Argument {
  const entries = random.times(random.int(0, 3), () => [random.pick(names), anything(random, depth + 1)] as const)
  const value: Record<string, unknown> = {}
  for (const [name, item] of entries)
    Object.defineProperty(value, name, { value: item.value, enumerable: true, configurable: true, writable: true })
  return { value, text: `{ ${entries.map(([name, item]) => `${name}: ${item.text}`).join(', ')} }` }
}

/** Any value at all. */
export function anything(random: Random, depth = 0): Argument {
  const kind = random.int(0, depth > 2 ? 8 : 11)
  if (kind <= 2) return tensor(random)
  if (kind === 3) return oddTensor(random)
  if (kind === 4) return scalar(random)
  if (kind === 5) return random.chance(0.3) ? plain(random.chance(0.5)) : string(random)
  if (kind === 6) return torchObject(random)
  if (kind <= 8) {
    const [label, make] = random.pick(hostile)
    return { value: make(), text: label }
  }
  if (kind === 9) return sizes(random)
  return kind === 10 ? list(random, depth) : options(random, keywords, depth)
}

/** An argument of the kind that a schema names, such as `Tensor?`, `int[2]`, `Scalar`; now and then another. */
export function ofKind(random: Random, kind: string, like?: Family): Argument {
  if (random.chance(0.06)) return anything(random)
  if (kind.endsWith('?')) return random.chance(0.4) ? plain(null) : ofKind(random, kind.slice(0, -1), like)
  const listed = /^(.*?)\[\d*\]$/.exec(kind)
  if (listed && !/^(int|SymInt)/.test(kind)) {
    const items = random.times(random.int(0, 3), () => ofKind(random, listed[1]!, like))
    return { value: items.map(item => item.value), text: `[${items.map(item => item.text).join(', ')}]` }
  }
  switch (listed ? 'sizes' : kind.replace(/\(.*?\)/, '')) {
    case 'sizes':
      return random.chance(0.2) ? plain(random.int(-1, 4)) : sizes(random)
    case 'Tensor':
      return random.chance(0.95) ? tensor(random, like) : oddTensor(random)
    case 'int':
    case 'SymInt':
      return plain(random.chance(0.8) ? random.int(-2, 4) : random.pick(numbers))
    case 'Scalar':
    case 'float':
      return scalar(random)
    case 'bool':
      return plain(random.chance(0.5))
    case 'str':
      return string(random)
    default:
      return torchObject(random)
  }
}
