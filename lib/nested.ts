/**
 * `torch.nested`: tensors of tensors whose sizes differ, in the strided layout. A prototype in PyTorch, too.
 * https://docs.pytorch.org/docs/stable/nested.html
 */
import { typeName } from './_C/args.js'
import { call } from './_C/call.js'
import { define } from './_C/callable.js'
import { native } from './_C/native.js'
import { runtimeError } from './_C/raise.js'
import { type TensorData, tensor as tensorOf } from './_creation.js'
import * as ops from './_generated/ops.js'
import type { DeviceLike } from './device.js'
import { type dtype, int64 } from './dtype.js'
import { type layout, strided } from './layout.js'
import type { Tensor } from './tensor.js'
import type { Size } from './types.js'

const isTensor = (value: unknown): value is Tensor => native.isTensor(value)

/** The jagged layout is a Python class over several tensors, not a tensor of LibTorch's. */
function checkLayout(layout: layout | null): void {
  if (layout !== null && layout !== strided)
    throw runtimeError(`Specified layout is unsupported for nested tensors: ${layout}; only torch.strided is`)
}

function fromList(list: readonly Tensor[], dtype: dtype | null, device: DeviceLike | null, pin = false): Tensor {
  return call(ops._nested_tensor_from_tensor_list, list, dtype, null, device, pin || null) as Tensor
}

/**
 * A nested tensor with a copy of the tensors, or arrays, of the list; without a graph behind it. All must have the same
 * number of dimensions. `dtype` and `device` are those of the first unless given.
 * https://docs.pytorch.org/docs/stable/nested.html#torch.nested.nested_tensor
 */
export const nested_tensor = define(
  'nested_tensor',
  ['tensor_list', '*', 'dtype?', 'layout?', 'device?', 'requires_grad?', 'pin_memory?'],
  (
    tensor_list: readonly TensorData[],
    dtype: dtype | null = null,
    layout: layout | null = null,
    device: DeviceLike | null = null,
    requires_grad = false,
    pin_memory = false,
  ): Tensor => {
    checkLayout(layout)
    if (!Array.isArray(tensor_list))
      throw new TypeError(`nested_tensor(): tensor_list must be a list, not ${typeName(tensor_list)}`)
    const parts = tensor_list.map(item => (isTensor(item) ? item.detach() : tensorOf(item, { dtype, device })))
    const result = fromList(parts, dtype, device, pin_memory)
    return requires_grad ? result.requires_grad_() : result
  },
)

/** A batch of equally large tensors, over the same memory where that is possible. */
function fromBatch(batch: Tensor, dtype: dtype | null, device: DeviceLike | null): Tensor {
  if (batch.dim() < 2) throw runtimeError('as_nested_tensor(): Expected tensor argument to have dim() > 1')
  const buffer = batch.reshape([-1]).to(device ?? batch.device, dtype ?? batch.dtype)
  const [count, ...shape] = batch.shape
  const sizes = tensorOf(Array(count).fill(shape), { dtype: int64 })
  const [strides, offsets] = call(ops._nested_compute_contiguous_strides_offsets, sizes) as Iterable<Tensor>
  return call(ops._nested_view_from_buffer, buffer, sizes, strides, offsets) as Tensor
}

/**
 * The tensors of a list, or the rows of a tensor, as a nested tensor through which gradients flow back.
 * https://docs.pytorch.org/docs/stable/nested.html#torch.nested.as_nested_tensor
 */
export const as_nested_tensor = define(
  'as_nested_tensor',
  ['ts', 'dtype?', 'device?', 'layout?'],
  (
    ts: Tensor | readonly Tensor[],
    dtype: dtype | null = null,
    device: DeviceLike | null = null,
    layout: layout | null = null,
  ): Tensor => {
    checkLayout(layout)
    if (Array.isArray(ts) && ts.every(isTensor)) return fromList(ts, dtype, device)
    if (!isTensor(ts))
      throw new TypeError('as_nested_tensor(): Expected first argument to be a tensor or a list / tuple of tensors ')
    return ts.is_nested ? ts.to({ device, dtype }) : fromBatch(ts, dtype, device)
  },
)

/**
 * A dense tensor with `padding` where the tensors inside have no element; `output_size` may ask for more room.
 * https://docs.pytorch.org/docs/stable/nested.html#torch.nested.to_padded_tensor
 */
export const to_padded_tensor = define(
  'to_padded_tensor',
  ['input', 'padding', 'output_size?'],
  (input: Tensor, padding: number, output_size: Size | null = null): Tensor =>
    call(ops.nested_to_padded_tensor, input, padding, output_size) as Tensor,
)

/**
 * The rows `start` to `start + length` of a tensor, as a nested one; in the strided layout `dim` is 0.
 * https://docs.pytorch.org/docs/stable/nested.html#torch.nested.narrow
 */
export const narrow = define(
  'narrow',
  ['tensor', 'dim', 'start', 'length', 'layout?'],
  (tensor: Tensor, dim: number, start: number, length: number, layout: layout | null = null): Tensor => {
    checkLayout(layout)
    return fromList(tensor.unbind(), null, null).narrow(dim, start, length)
  },
)
