/** `torch.FloatTensor(…)`, `torch.Tensor(…)` and `Tensor.new(…)`: constructors of before `torch.tensor`. */
import { isPlainObject, typeName } from './_C/args.js'
import { call } from './_C/call.js'
import { checkNumbers } from './_C/checks.js'
import { native } from './_C/native.js'
import { runtimeError } from './_C/raise.js'
import { type TensorData, tensor } from './_creation.js'
import { defaultDeviceOr } from './_default_device.js'
import * as ops from './_generated/ops.js'
import { titleOf } from './_type_names.js'
import type { DeviceLike } from './device.js'
import type { dtype } from './dtype.js'
import { Size } from './size.js'
import { UntypedStorage } from './storage.js'
import type { Tensor } from './tensor.js'
import { TypedStorage } from './typed_storage.js'

/** What the old constructors take: sizes, nested values, a tensor to alias, or a storage. */
export type LegacyArguments =
  | [keywords?: { device?: DeviceLike | null }]
  | [...sizes: number[]]
  | [...sizes: number[], keywords: { device?: DeviceLike | null }]
  | [source: Size | TensorData | Tensor | UntypedStorage | TypedStorage, keywords?: { device?: DeviceLike | null }]
  | [keywords: { size: readonly number[]; device?: DeviceLike | null }]

export interface LegacyTarget {
  dtype: dtype
  /** Where the tensor is made unless the caller tells; null for the default device. */
  device: DeviceLike | null
  /** `torch.Tensor(t)` takes tensors of any dtype. */
  anyTensor: boolean
  /** How an error message names the call with a tensor and a device. */
  form: string
}

const signatures =
  ' * (*, torch.device device = None)\n * (torch.Storage storage)\n * (Tensor other)\n' +
  ' * (tuple of ints size, *, torch.device device = None)\n * (object data, *, torch.device device = None)'

function readKeywords(args: readonly unknown[]): { given: readonly unknown[]; place: DeviceLike | null } {
  const last = args.at(-1)
  if (!isPlainObject(last)) return { given: args, place: null }
  const { device = null, size, data, other, ...unknown } = last
  const [stranger] = Object.keys(unknown)
  if (stranger !== undefined)
    throw new TypeError(`new() got an unexpected keyword argument '${stranger}'; it accepts: size, data, other, device`)
  const given = args.slice(0, -1)
  const named = data ?? other ?? (size === undefined ? undefined : new Size(size as Iterable<number>))
  return { given: named === undefined ? given : [...given, named], place: device as DeviceLike | null }
}

const isSizes = (given: readonly unknown[]): given is readonly number[] =>
  given.length > 0 && given.every(size => typeof size === 'number' && Number.isInteger(size))

/** The one tensor that `args` ask for. @internal */
export function legacyNew(args: readonly unknown[], target: LegacyTarget): Tensor {
  const { given, place } = readKeywords(args)
  const where = defaultDeviceOr(place ?? target.device) ?? 'cpu'
  const options = { dtype: target.dtype, device: where }
  if (given.length === 0) return call(ops.empty, [0], options) as Tensor
  if (isSizes(given)) return call(ops.empty, given, options) as Tensor
  const [source] = given
  if (given.length > 1)
    throw new TypeError(
      `new() received an invalid combination of arguments - got (${given.map(typeName).join(', ')}), but expected one of:\n${signatures}`,
    )
  if (source instanceof Size) return call(ops.empty, [...source], options) as Tensor
  if (native.isTensor(source)) return aliased(source as Tensor, place, target)
  if (source instanceof UntypedStorage || source instanceof TypedStorage) return inStorage(source, options)
  if (typeof source === 'string' || !(Array.isArray(source) || ArrayBuffer.isView(source)))
    throw new TypeError(
      typeof source === 'string'
        ? "new(): invalid data type 'str'"
        : `new(): data must be a sequence (got ${typeName(source)})`,
    )
  return tensor(source as TensorData, options)
}

function aliased(source: Tensor, place: DeviceLike | null, target: LegacyTarget): Tensor {
  if (place !== null) throw runtimeError(`Legacy tensor ${target.form}`)
  if (!target.anyTensor && source.dtype !== target.dtype)
    throw new TypeError(`expected a tensor of dtype ${target.dtype} (got ${source.dtype})`)
  return call(ops.alias, source) as Tensor
}

function inStorage(storage: UntypedStorage | TypedStorage, options: { dtype: dtype; device: DeviceLike }): Tensor {
  const result = call(ops.empty, [0], options) as Tensor
  return setStorage(result, storage)
}

/** The strides of a tensor without gaps. */
function contiguousStrides(size: readonly number[]): number[] {
  const strides: number[] = []
  let step = 1
  for (const length of [...size].reverse()) {
    strides.unshift(step)
    step *= Math.max(length, 1)
  }
  return strides
}

/**
 * Makes `t` a tensor over `storage`, in place: from `offset` elements on, of shape `size`; without one all of the rest, in one
 * dimension. Throws where the storage ends before. @internal
 */
export function setStorage(
  t: Tensor,
  storage: UntypedStorage | TypedStorage,
  offset = 0,
  size: readonly number[] | null = null,
  stride: readonly number[] | null = null,
): Tensor {
  if (storage instanceof TypedStorage && storage.dtype !== t.dtype)
    throw runtimeError(
      `Expected a Storage of type ${titleOf(t.dtype)} or an UntypedStorage, but got type ${titleOf(storage.dtype)} for argument 1 'storage'`,
    )
  storage.untyped().withView(t.dtype, all => {
    const sizes = size ?? [all.numel() - offset]
    const strides = stride ?? (Array.isArray(sizes) ? contiguousStrides(sizes) : [])
    checkExtent(all.numel(), offset, sizes, strides)
    call(ops.set_, t, all, offset, sizes, strides)
  })
  return t
}

/** LibTorch would make the storage longer, and leave typed arrays over it without memory. */
function checkExtent(count: number, offset: number, sizes: readonly number[], strides: readonly number[]): void {
  checkNumbers('set_', 'size', sizes)
  checkNumbers('set_', 'stride', strides)
  const isEmpty = sizes.some(length => length === 0)
  const last = sizes.reduce((sum, length, dim) => sum + (length - 1) * (strides[dim] ?? 0), offset)
  if (sizes.some(length => length < 0) || (!isEmpty && last >= count))
    throw runtimeError(
      `setStorage: sizes [${sizes.join(', ')}], strides [${strides.join(', ')}], storage offset ${offset} are out of bounds for storage of size ${count}`,
    )
}
