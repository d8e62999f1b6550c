/** NumPy's arrays and scalars: as tensors, and numbers. https://numpy.org/doc/stable/reference/generated/numpy.dtype.html */
import { withModes } from '../_C/modes.js'
import { native } from '../_C/native.js'
import type { Complex } from '../complex.js'
import {
  bool,
  complex64,
  complex128,
  type dtype,
  float16,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
} from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { arrayOf, shapeOf, stringOf } from './checks.js'
import { type Callable, type Containers, isTuple, Stateful } from './containers.js'
import { UnpicklingError } from './errors.js'

/** The dtypes of the same elements, by kind and bytes. */
const kinds = new Map<string, dtype>([
  ['b1', bool],
  ['u1', uint8],
  ['u2', uint16],
  ['u4', uint32],
  ['u8', uint64],
  ['i1', int8],
  ['i2', int16],
  ['i4', int32],
  ['i8', int64],
  ['f2', float16],
  ['f4', float32],
  ['f8', float64],
  ['c8', complex64],
  ['c16', complex128],
])

/** `numpy.dtype('f8')`; its state says in which order the bytes are. */
export class NumpyDtype extends Stateful {
  readonly dtype: dtype
  isBigEndian = false

  constructor(code: string) {
    super()
    const found = kinds.get(code.replace(/^[<|=]/, ''))
    if (!found) throw new UnpicklingError(`NumPy's dtype ${code} has no counterpart here`)
    this.dtype = found
  }

  setState(state: unknown): void {
    this.isBigEndian = arrayOf(state)[1] === '>'
  }
}

/** An array that `_reconstruct` makes empty, and that its state fills. */
export class NumpyArray extends Stateful {
  #tensor: Tensor | null = null

  /** The state is `(version, shape, dtype, is_fortran, bytes)`. */
  setState(state: unknown, containers: Containers): void {
    const [, shape, type, isFortran, bytes] = arrayOf(state)
    this.fill(bytes, type, shape, isFortran === true, containers)
  }

  fill(bytes: unknown, type: unknown, shape: unknown, isFortran: boolean, containers: Containers): void {
    // Python 2 wrote bytes as its strings.
    const data = typeof bytes === 'string' ? new Uint8Array(Buffer.from(bytes, 'latin1')) : bytes
    if (!(type instanceof NumpyDtype) || !(data instanceof Uint8Array))
      throw new UnpicklingError('a NumPy array holds what is no number')
    containers.spend(data.byteLength)
    this.#tensor = elementsOf(data, type, shapeOf(shape), isFortran)
  }

  tensor(): Tensor {
    if (this.#tensor) return this.#tensor
    throw new UnpicklingError('the pickle is damaged: a NumPy array has no data')
  }
}

function elementsOf(data: Uint8Array, type: NumpyDtype, shape: number[], isFortran: boolean): Tensor {
  const count = shape.reduce((product, side) => product * side, 1)
  if (count * type.dtype.itemsize !== data.byteLength)
    throw new UnpicklingError('the pickle is damaged: a NumPy array has another size than its data')
  if (type.isBigEndian) swapBytes(data, type.dtype)
  const sizes = isFortran ? [...shape].reverse() : shape
  return withModes({ grad: false }, () => {
    const t = native.fromBytes(data, type.dtype.scalarType, sizes, true)
    return isFortran ? t.permute(sizes.map((_, i) => sizes.length - 1 - i)) : t
  })
}

/** Reverses the bytes of each element; of a complex one those of each part. */
function swapBytes(data: Uint8Array, { itemsize, is_complex }: dtype): void {
  const width = is_complex ? itemsize / 2 : itemsize
  for (let at = 0; at < data.byteLength; at += width) data.subarray(at, at + width).reverse()
}

function scalar(args: readonly unknown[]): number | bigint | boolean | Complex {
  const [type, bytes] = args
  if (!(type instanceof NumpyDtype)) throw new UnpicklingError('a NumPy scalar is no number')
  const data = typeof bytes === 'string' ? new Uint8Array(Buffer.from(bytes, 'latin1')) : bytes
  if (!(data instanceof Uint8Array)) throw new UnpicklingError('the pickle is damaged: a NumPy scalar has no data')
  return native.item(elementsOf(data.slice(), type, [], false)) as number | bigint | boolean | Complex
}

function array(type: unknown): NumpyArray {
  if ((type as { name?: string } | null)?.name !== 'numpy.ndarray')
    throw new UnpicklingError('a subclass of a NumPy array has no counterpart here')
  return new NumpyArray()
}

/** `_frombuffer(bytes, dtype, shape, order)`, which protocol 5 uses. */
function fromBuffer(args: readonly unknown[], containers: Containers): NumpyArray {
  const [bytes, type, shape, order] = args
  if (!isTuple(shape, containers)) throw new UnpicklingError('the pickle is damaged: a NumPy array has no shape')
  const result = new NumpyArray()
  result.fill(bytes, type, shape, order === 'F', containers)
  return result
}

/** NumPy's functions by their names, which version 2 changed. */
export const numpyCallables: Record<string, Callable> = {
  'numpy.dtype': ([code]) => new NumpyDtype(stringOf(code)),
  ...Object.fromEntries(
    ['numpy.core', 'numpy._core'].flatMap(core => [
      [`${core}.multiarray._reconstruct`, (([type]) => array(type)) as Callable],
      [`${core}.multiarray.scalar`, (args => scalar(args)) as Callable],
      [`${core}.numeric._frombuffer`, fromBuffer as Callable],
    ]),
  ),
}
