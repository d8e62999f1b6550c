import { signature } from './_C/args.js'
import { call } from './_C/call.js'
import { TorchError } from './_C/errors.js'
import { native } from './_C/native.js'
import type { TensorData } from './_creation.js'
import { tensor } from './_creation.js'
import * as ops from './_generated/ops.js'
import { TensorAutograd } from './_tensor_autograd.js'
import { dtypeOfTypeName, type LegacyType, typeNameOf } from './_type_names.js'
import { type TypedArray, viewOfBytes } from './_typed_array.js'
import type { Complex } from './complex.js'
import { type DeviceLike, device } from './device.js'
import * as dtypeModule from './dtype.js'
import { dtype } from './dtype.js'
import type { memory_format } from './memory_format.js'
import type { Tensor } from './tensor.js'
import type { Int, Scalar, Size, TensorOptions } from './types.js'

const self = (t: TensorConversion): Tensor => t as unknown as Tensor

/** Keywords of `to`. */
export interface ToKeywords {
  dtype?: dtype | null
  device?: DeviceLike | null
  /** Lets a copy to or from an accelerator run on beside the program. */
  non_blocking?: boolean
  /** Makes a new tensor also where none is needed. */
  copy?: boolean
  memory_format?: memory_format | null
}

interface BoundTo extends Required<ToKeywords> {
  other: Tensor | null
}

const bindToDevice = signature<BoundTo>(
  'to',
  ['device', null],
  ['dtype', null],
  ['non_blocking', false],
  ['copy', false],
  '*',
  ['memory_format', null],
  ['other', null],
)
const bindToDtype = signature<BoundTo>(
  'to',
  ['dtype', null],
  ['non_blocking', false],
  ['copy', false],
  '*',
  ['memory_format', null],
  ['device', null],
  ['other', null],
)
const bindToOther = signature<BoundTo>(
  'to',
  'other',
  ['non_blocking', false],
  ['copy', false],
  '*',
  ['memory_format', null],
  ['device', null],
  ['dtype', null],
)

function bindTo(args: readonly unknown[]): BoundTo {
  const first = args[0]
  if (first instanceof dtype) return bindToDtype(args)
  return native.isTensor(first) ? bindToOther(args) : bindToDevice(args)
}

type Cast = { memory_format?: memory_format | null }

/** From one dtype or device to another, and from tensors to JavaScript values. */
export class TensorConversion extends TensorAutograd {
  /**
   * The tensor with another dtype or on another device; itself when nothing changes.
   * https://docs.pytorch.org/docs/stable/generated/torch.Tensor.to.html
   */
  to(dtype: dtype, non_blocking?: boolean, copy?: boolean): Tensor
  to(dtype: dtype, keywords: ToKeywords): Tensor
  to(device: DeviceLike | null, dtype?: dtype | null, non_blocking?: boolean, copy?: boolean): Tensor
  to(device: DeviceLike | null, keywords: ToKeywords): Tensor
  to(device: DeviceLike | null, dtype: dtype | null, keywords: ToKeywords): Tensor
  to(other: Tensor, non_blocking?: boolean, copy?: boolean): Tensor
  to(other: Tensor, keywords: ToKeywords): Tensor
  to(keywords: ToKeywords & { other?: Tensor }): Tensor
  to(...args: unknown[]): Tensor {
    const { other, non_blocking, copy, memory_format, ...wanted } = bindTo(args)
    const own = this.dtype
    const kind = wanted.dtype ?? other?.dtype ?? own
    const place = wanted.device ?? other?.device ?? null
    const where = place === null ? null : new device(place as device)
    const stays = where === null || this.isOn(where)
    if (stays && kind === own && !copy && (memory_format === null || memory_format.name === 'preserve_format'))
      return self(this)
    const tail = [kind, non_blocking, copy, memory_format]
    return call(ops.to, this, ...(stays ? tail : [where, ...tail])) as Tensor
  }

  private isOn(where: device): boolean {
    const here = this.device
    return where.type === here.type && (where.index ?? here.index) === here.index
  }

  /**
   * The old name of the type, such as `torch.FloatTensor`, or the tensor as another type.
   * https://docs.pytorch.org/docs/stable/generated/torch.Tensor.type.html
   */
  type(): string
  type(dtype: dtype | LegacyType | string, non_blocking?: boolean): Tensor
  type(kind?: dtype | LegacyType | string, non_blocking = false): string | Tensor {
    if (kind instanceof dtype) return this.to(kind, non_blocking)
    if (kind !== undefined && kind !== null) {
      if (typeof kind !== 'string' && !(kind.dtype instanceof dtype))
        throw new TypeError('dtype must be a type, str, or dtype object')
      const name = typeof kind === 'string' ? kind : typeNameOf(kind.dtype)
      return this.to(name.startsWith('torch.cuda.') ? 'cuda' : 'cpu', dtypeOfTypeName(name), non_blocking)
    }
    const place = this.device.type === 'cpu' ? '' : `${this.device.type}.`
    const made = this.is_sparse ? 'sparse.' : this.is_quantized ? 'quantized.' : ''
    return typeNameOf(this.dtype, place + made)
  }

  cpu(keywords: Cast = {}): Tensor {
    return this.to('cpu', keywords)
  }

  /** On the current, or the given, CUDA device. */
  cuda(device: DeviceLike = 'cuda', non_blocking = false, keywords: Cast = {}): Tensor {
    return this.to(device, null, { non_blocking, ...keywords })
  }

  /** On the current, or the given, Graphcore device, in a build that has them. */
  ipu(device: DeviceLike = 'ipu', non_blocking = false, keywords: Cast = {}): Tensor {
    return this.to(device, null, { non_blocking, ...keywords })
  }

  /** On the current, or the given, Intel GPU, in a build that has them. */
  xpu(device: DeviceLike = 'xpu', non_blocking = false, keywords: Cast = {}): Tensor {
    return this.to(device, null, { non_blocking, ...keywords })
  }

  /** On the current, or the given, MTIA device, in a build that has them. */
  mtia(device: DeviceLike = 'mtia', non_blocking = false, keywords: Cast = {}): Tensor {
    return this.to(device, null, { non_blocking, ...keywords })
  }

  float(keywords: Cast = {}): Tensor {
    return this.to(dtypeModule.float32, keywords)
  }

  double(keywords: Cast = {}): Tensor {
    return this.to(dtypeModule.float64, keywords)
  }

  half(keywords: Cast = {}): Tensor {
    return this.to(dtypeModule.float16, keywords)
  }

  bfloat16(keywords: Cast = {}): Tensor {
    return this.to(dtypeModule.bfloat16, keywords)
  }

  byte(keywords: Cast = {}): Tensor {
    return this.to(dtypeModule.uint8, keywords)
  }

  char(keywords: Cast = {}): Tensor {
    return this.to(dtypeModule.int8, keywords)
  }

  short(keywords: Cast = {}): Tensor {
    return this.to(dtypeModule.int16, keywords)
  }

  int(keywords: Cast = {}): Tensor {
    return this.to(dtypeModule.int32, keywords)
  }

  long(keywords: Cast = {}): Tensor {
    return this.to(dtypeModule.int64, keywords)
  }

  bool(keywords: Cast = {}): Tensor {
    return this.to(dtypeModule.bool, keywords)
  }

  cfloat(keywords: Cast = {}): Tensor {
    return this.to(dtypeModule.complex64, keywords)
  }

  cdouble(keywords: Cast = {}): Tensor {
    return this.to(dtypeModule.complex128, keywords)
  }

  /**
   * The one element as a JavaScript value: a number, a bigint (an int64 beyond 2**53), a boolean or a `Complex`.
   * https://docs.pytorch.org/docs/stable/generated/torch.Tensor.item.html
   */
  item<T extends number | bigint | boolean | Complex = number>(): T {
    return native.item(self(this)) as T
  }

  /** `item` without holding up the event loop until an accelerator has computed it. */
  itemAsync<T extends number | bigint | boolean | Complex = number>(): Promise<T> {
    return native.itemAsync(self(this)) as Promise<T>
  }

  /** The elements as nested arrays; of a 0-d tensor the element. */
  tolist(): unknown {
    return native.toNested(self(this))
  }

  /** For `JSON.stringify`: as `tolist`. */
  toJSON(): unknown {
    return this.tolist()
  }

  /**
   * The elements as a typed array over the same memory, in row-major order: Python's `numpy()`. Without `force` the tensor
   * must be contiguous, on the CPU and need no gradient; with it a copy is made where that is not so. bool gives `Uint8Array`,
   * float16 `Float16Array` where Node has it and else `Uint16Array`, bfloat16 `Uint16Array`; complex numbers give real and
   * imaginary part in turn.
   */
  typedArray({ force = false }: { force?: boolean } = {}): TypedArray {
    let source = self(this)
    if (force) source = source.detach().cpu().resolve_conj().resolve_neg().contiguous()
    // Some gradients are ZeroTensors, which have no memory until they are copied.
    if (force && source._is_zerotensor()) source = source.clone()
    if (source.requires_grad) {
      throw new TorchError(
        "Can't call typedArray() on Tensor that requires grad. Use tensor.detach().typedArray() instead.",
      )
    }
    return viewOfBytes(native.toArrayBuffer(source, true), source.dtype)
  }

  /** `torch.tensor(data)` with this tensor's dtype and device. */
  new_tensor(data: TensorData, options: Omit<TensorOptions, 'layout'> = {}): Tensor {
    return tensor(data, {
      dtype: options.dtype ?? this.dtype,
      device: options.device ?? this.device,
      requires_grad: options.requires_grad ?? false,
      pin_memory: options.pin_memory ?? false,
    })
  }

  /** A tensor of shape `size` full of `fill_value`, with this tensor's dtype and device. */
  new_full(size: Size | Int, fill_value: Scalar, options: TensorOptions = {}): Tensor {
    const { requires_grad, ...rest } = options
    const sizes = Array.isArray(size) ? size : [size]
    const result = call(ops.new_full, this, sizes, fill_value, rest) as Tensor
    return requires_grad ? result.requires_grad_() : result
  }
}
