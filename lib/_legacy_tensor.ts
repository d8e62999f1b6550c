/**
 * The types that tensors had before dtypes, which make tensors when called. https://docs.pytorch.org/docs/stable/tensors.html
 */
import { native } from './_C/native.js'
import { get_default_dtype, set_default_dtype } from './_default_dtype.js'
import { type LegacyArguments, legacyNew } from './_legacy_new.js'
import { dtypeOfTypeName, titleOf } from './_type_names.js'
import type { dtype } from './dtype.js'
import * as dtypes from './dtype.js'
import { type layout, strided } from './layout.js'
import { Tensor as TensorClass } from './tensor.js'

/** Such as `torch.FloatTensor`. */
export interface LegacyTensorType {
  /**
   * Sizes give a tensor with any values, `FloatTensor(2, 3)`; a list gives its values, `FloatTensor([1, 2])`; a tensor of this
   * dtype gives another one for the same memory, a storage one over it; nothing gives an empty one.
   */
  (...args: LegacyArguments): TensorClass
  new (...args: LegacyArguments): TensorClass
  readonly dtype: dtype
  readonly layout: layout
  readonly is_cuda: boolean
  readonly is_sparse: boolean
  /** `x instanceof torch.FloatTensor`: a CPU tensor of this dtype. */
  [Symbol.hasInstance](value: unknown): boolean
}

const tensorForm =
  'constructor of the form torch.Tensor(tensor, device=device) is not supported.  Use torch.tensor(...) or torch.as_tensor(...) instead.'

function legacyType(kind: dtype): LegacyTensorType {
  const target = { dtype: kind, device: 'cpu' as const, anyTensor: false, form: tensorForm }
  // biome-ignore lint/complexity/useArrowFunction: an arrow can't be called with `new`
  const type = function (...args: unknown[]) {
    return legacyNew(args, target)
  }
  const name = `${titleOf(kind)}Tensor`
  Object.defineProperties(type, {
    name: { value: name },
    dtype: { value: kind },
    layout: { value: strided },
    is_cuda: { value: false },
    is_sparse: { value: false },
    toString: { value: () => `<class 'torch.${name}'>` },
    [Symbol.hasInstance]: {
      value: (value: unknown) =>
        native.isTensor(value) && (value as TensorClass).is_cpu && (value as TensorClass).dtype === kind,
    },
  })
  return type as unknown as LegacyTensorType
}

export const FloatTensor = legacyType(dtypes.float32)
export const DoubleTensor = legacyType(dtypes.float64)
export const HalfTensor = legacyType(dtypes.float16)
export const BFloat16Tensor = legacyType(dtypes.bfloat16)
export const ByteTensor = legacyType(dtypes.uint8)
export const CharTensor = legacyType(dtypes.int8)
export const ShortTensor = legacyType(dtypes.int16)
export const IntTensor = legacyType(dtypes.int32)
export const LongTensor = legacyType(dtypes.int64)
export const BoolTensor = legacyType(dtypes.bool)

/** The class of tensors, which makes one of the default dtype when called. */
type CallableTensor = typeof TensorClass & {
  (...args: LegacyArguments): TensorClass
  new (...args: LegacyArguments): TensorClass
}

const construct = (args: readonly unknown[]): TensorClass =>
  legacyNew(args, { dtype: get_default_dtype(), device: null, anyTensor: true, form: tensorForm })

/**
 * The class of tensors. Called, with or without `new`, it is the constructor of PyTorch's early days: `torch.Tensor(2, 3)` has
 * that shape and any values, `torch.Tensor([1, 2])` these values; both of the default dtype.
 * https://docs.pytorch.org/docs/stable/tensors.html
 */
export const Tensor: CallableTensor = new Proxy(TensorClass, {
  apply: (_target, _self, args: unknown[]) => construct(args),
  construct: (target, args, newTarget) =>
    newTarget === Tensor ? construct(args) : Reflect.construct(target, args, newTarget),
}) as CallableTensor
export type Tensor = TensorClass

/**
 * Sets the default dtype by the old name or type, such as `torch.DoubleTensor`; deprecated for `set_default_dtype`.
 * https://docs.pytorch.org/docs/stable/generated/torch.set_default_tensor_type.html
 */
export function set_default_tensor_type(t: LegacyTensorType | string): void {
  if (typeof t === 'string' && t.startsWith('torch.cuda.') && !native.hasCuda())
    throw new TypeError(`type ${t} not available. Torch not compiled with CUDA enabled.`)
  const kind = typeof t === 'string' ? dtypeOfTypeName(t) : (t as LegacyTensorType | null)?.dtype
  if (kind === undefined) throw new TypeError('invalid type object: expected a tensor type or its name')
  set_default_dtype(kind)
}
