/** Changing a module's mode, and the memory of its tensors. */
import { callByName } from '../_C/call.js'
import { native } from '../_C/native.js'
import { valueError } from '../_C/raise.js'
import type { DeviceLike } from '../device.js'
import { bfloat16, double, type dtype, float, half } from '../dtype.js'
import type { memory_format } from '../memory_format.js'
import type { Tensor } from '../tensor.js'
import { applyToTensors, convert, parseTo, type ToOptions } from './_apply.js'
import { clearGrads } from './_grads.js'
import { ModuleMembers } from './_module_members.js'
import type { AnyModule, Module } from './module.js'

/** @internal */
export abstract class ModuleConversion extends ModuleMembers {
  /** True in training mode, which layers such as `Dropout` and `BatchNorm2d` heed. */
  training = true

  /** Sets training mode, or evaluation mode, here and below. */
  train(mode = true): this {
    if (typeof mode !== 'boolean') throw valueError('training mode is expected to be boolean')
    this.training = mode
    for (const child of this.children()) child.train(mode)
    return this
  }

  /** Sets evaluation mode here and below: `train(false)`. */
  eval(): this {
    return this.train(false)
  }

  /** Freezes or unfreezes every parameter. */
  requires_grad_(requires_grad = true): this {
    for (const parameter of this.parameters()) native.setRequiresGrad(parameter, requires_grad)
    return this
  }

  /** Takes the gradients off, or with `set_to_none` false fills them with zeros. */
  zero_grad(set_to_none: boolean | { set_to_none?: boolean } = true): void {
    clearGrads(this.parameters(), typeof set_to_none === 'object' ? (set_to_none.set_to_none ?? true) : set_to_none)
  }

  /** Calls `fn` with every module below and then this one. */
  apply(fn: (module: Module) => void): this {
    for (const child of this.children()) child.apply(fn)
    fn(this as unknown as Module)
    return this
  }

  /** Replaces the memory of parameters, gradients and buffers by what `fn` returns. */
  _apply(fn: (t: Tensor) => Tensor, recurse = true): this {
    applyToTensors(this as unknown as AnyModule, fn, recurse)
    return this
  }

  /**
   * Moves parameters and buffers to a device, a floating dtype or a memory format, in place: the `Parameter` objects stay.
   * Integer tensors keep their dtype.
   *
   * @throws TypeError for a dtype that is neither floating nor complex.
   */
  to(device: DeviceLike | null, dtype?: dtype | null, non_blocking?: boolean | ToOptions): this
  to(dtype: dtype, non_blocking?: boolean | ToOptions): this
  to(tensor: Tensor, non_blocking?: boolean | ToOptions): this
  to(device: DeviceLike, options: ToOptions): this
  to(options: ToOptions & { memory_format?: memory_format | null }): this
  to(...args: unknown[]): this {
    const options = parseTo(args)
    return this._apply(t => convert(t, options))
  }

  /** Moves everything to memory of the CPU. */
  cpu(): this {
    return this.to('cpu')
  }

  /** Moves everything to a CUDA device, by default the current one. */
  cuda(device: DeviceLike | null = null): this {
    return this.to(device ?? 'cuda')
  }

  /** Moves everything to an Intel GPU, by default the current one. */
  xpu(device: DeviceLike | null = null): this {
    return this.to(device ?? 'xpu')
  }

  /** Moves everything to an IPU, by default the current one. */
  ipu(device: DeviceLike | null = null): this {
    return this.to(device ?? 'ipu')
  }

  /** Moves everything to an MTIA device, by default the current one. */
  mtia(device: DeviceLike | null = null): this {
    return this.to(device ?? 'mtia')
  }

  /** Changes every parameter and buffer to `dst_type`, integer ones too. */
  type(dst_type: dtype): this {
    return this._apply(t => t.to(dst_type))
  }

  /** Changes floating parameters and buffers to float32. */
  float(): this {
    return this._apply(t => (t.is_floating_point() ? t.to(float) : t))
  }

  /** Changes floating parameters and buffers to float64. */
  double(): this {
    return this._apply(t => (t.is_floating_point() ? t.to(double) : t))
  }

  /** Changes floating parameters and buffers to float16. */
  half(): this {
    return this._apply(t => (t.is_floating_point() ? t.to(half) : t))
  }

  /** Changes floating parameters and buffers to bfloat16. */
  bfloat16(): this {
    return this._apply(t => (t.is_floating_point() ? t.to(bfloat16) : t))
  }

  /** Gives every parameter and buffer new memory on a device, whose values are yet to be written; also from meta. */
  to_empty(options: { device: DeviceLike | null; recurse?: boolean }): this {
    return this._apply(
      t => callByName('aten::empty_like', null, t, { device: options.device }) as Tensor,
      options.recurse,
    )
  }

  /** For Python's sake: the threads of a process share all memory. */
  share_memory(): this {
    return this._apply(t => t.share_memory_())
  }
}
