/** Operators that make tensors and take the dtype from JavaScript values. */
import { signature, typeName } from './_C/args.js'
import { call } from './_C/call.js'
import { native } from './_C/native.js'
import { surveyData } from './_data_kind.js'
import * as ops from './_generated/ops.js'
import type { Tensor } from './tensor.js'
import type { Int, Scalar, Size, TensorOptions } from './types.js'

const bindFull = signature<{ size: unknown; fill_value: Scalar; out: Tensor | null } & Required<TensorOptions>>(
  'full',
  'size',
  'fill_value',
  '*',
  ['out', null],
  ['dtype', null],
  ['layout', null],
  ['device', null],
  ['pin_memory', null],
  ['requires_grad', false],
)

/**
 * A tensor of shape `size` filled with `fill_value`. Without `dtype` a number makes the default float dtype, a bigint int64,
 * a boolean bool.
 * https://docs.pytorch.org/docs/stable/generated/torch.full.html
 */
export function full(
  size: Int | Size,
  fill_value: Scalar | Tensor,
  options?: TensorOptions & { out?: Tensor | null },
): Tensor
export function full(
  keywords: TensorOptions & { size: Int | Size; fill_value: Scalar | Tensor; out?: Tensor | null },
): Tensor
export function full(...args: unknown[]): Tensor {
  const { size, fill_value, out, requires_grad, dtype, layout, device, pin_memory } = bindFull(args)
  const sizes = Array.isArray(size) ? size : [size]
  const value = native.isTensor(fill_value) ? native.item(fill_value as unknown as Tensor) : fill_value
  if (out !== null) return call(ops.full, sizes, value, { out }) as Tensor
  const keywords: TensorOptions = { dtype: dtype ?? surveyData(fill_value).dtype }
  if (layout !== null) keywords.layout = layout
  if (device !== null) keywords.device = device
  if (pin_memory !== null) keywords.pin_memory = pin_memory
  if (requires_grad) keywords.requires_grad = true
  return call(ops.full, sizes, value, keywords) as Tensor
}

/** A 0-d tensor of the default dtype, or of `dtype`. */
export function scalar_tensor(s: Scalar, options?: TensorOptions): Tensor
export function scalar_tensor(...args: unknown[]): Tensor {
  return call(ops.scalar_tensor, ...args) as Tensor
}

const bindFromFile = signature<{ filename: string; shared: boolean | null; size: Int } & Required<TensorOptions>>(
  'from_file',
  'filename',
  ['shared', null],
  ['size', 0],
  '*',
  ['dtype', null],
  ['layout', null],
  ['device', null],
  ['pin_memory', null],
  ['requires_grad', false],
)

/**
 * A tensor of `size` elements over a file's bytes, mapped into memory; with `shared` changes go to the file.
 * https://docs.pytorch.org/docs/stable/generated/torch.from_file.html
 */
export function from_file(filename: string, shared?: boolean | null, size?: Int, options?: TensorOptions): Tensor
export function from_file(...args: unknown[]): Tensor {
  const { filename, shared, size, requires_grad, ...options } = bindFromFile(args)
  if (typeof filename !== 'string')
    throw new TypeError(`from_file(): filename must be a string, not ${typeName(filename)}`)
  const result = call(ops.from_file, filename, shared, size, options) as Tensor
  if (requires_grad) native.setRequiresGrad(result, true)
  return result
}
