import { type Args, signature } from '../../_C/args.js'
import { call } from '../../_C/call.js'
import { assertionError } from '../../_C/raise.js'
import * as ops from '../../_generated/ops.js'
import type { DeviceLike } from '../../device.js'
import { int64 } from '../../dtype.js'
import { deepcopy } from '../../nn/_deepcopy.js'
import { withoutGrad } from '../../nn/_no_grad.js'
import { type AnyModule, type Forward, Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import { type AvgFn, get_swa_avg_fn, type MultiAvgFn } from './averages.js'

/** Keywords of `AveragedModel`. */
export interface AveragedModelOptions {
  /** Where the averages are; null is where the model is. */
  device: DeviceLike | null
  /** How one parameter is averaged; without this and `multi_avg_fn` it is the plain mean. */
  avg_fn: AvgFn | null
  /** How many are averaged at once. */
  multi_avg_fn: MultiAvgFn | null
  /** Whether buffers are averaged too; otherwise they are copied. */
  use_buffers: boolean
}

const averagedModelOptions = signature<AveragedModelOptions & { model: AnyModule }>(
  'AveragedModel',
  'model',
  ['device', null],
  ['avg_fn', null],
  ['multi_avg_fn', null],
  ['use_buffers', false],
)

/**
 * A copy of a model whose parameters are averages over the course of the training: their mean (SWA), or an exponential moving
 * one (EMA).
 *
 * ```ts
 * const averaged = new AveragedModel(model, { multi_avg_fn: get_ema_multi_avg_fn(0.999) })
 * // after optimizer.step():
 * averaged.update_parameters(model)
 * ```
 *
 * https://docs.pytorch.org/docs/stable/optim.html#weight-averaging-swa-and-ema
 */
export class AveragedModel<M extends AnyModule = Module> extends Module<
  M extends (...args: infer A) => infer R ? (...args: A) => R : Forward
> {
  /** The averages, as a model. */
  module: M
  /** How many updates there were: an int64 tensor of one element. */
  declare n_averaged: Tensor
  avg_fn: AvgFn | null
  multi_avg_fn: MultiAvgFn | null
  use_buffers: boolean

  constructor(
    ...args: Args<
      [model: M],
      [device: DeviceLike | null, avg_fn: AvgFn | null, multi_avg_fn: MultiAvgFn | null, use_buffers: boolean],
      AveragedModelOptions & { model: M }
    >
  ) {
    const { model, device, avg_fn, multi_avg_fn, use_buffers } = averagedModelOptions(args)
    if (avg_fn && multi_avg_fn) throw assertionError('Only one of avg_fn and multi_avg_fn should be provided')
    super()
    const copy = deepcopy(model as M)
    this.module = device === null ? copy : (copy.to(device) as M)
    this.register_buffer('n_averaged', call(ops.zeros, [], { dtype: int64, device: device ?? 'cpu' }) as Tensor)
    this.avg_fn = avg_fn
    this.multi_avg_fn = multi_avg_fn
    this.use_buffers = use_buffers
  }

  forward(...args: unknown[]): unknown {
    return (this.module as unknown as (...args: unknown[]) => unknown)(...args)
  }

  /** Takes the parameters of `model` into the averages; the first time they are copied. */
  update_parameters(model: AnyModule): void {
    withoutGrad(() => {
      const averaged = this.#tensorsOf(this.module).map(t => t.detach())
      const current = this.#tensorsOf(model).map((t, i) => t.detach().to(averaged[i]!.device))
      if (Number(this.n_averaged.item()) === 0) {
        for (const [i, average] of averaged.entries()) average.copy_(current[i]!)
      } else this.#average(averaged, current)
      if (!this.use_buffers) {
        const buffers = model.buffers()
        for (const [i, buffer] of this.module.buffers().entries()) buffer.copy_(buffers[i]!)
      }
      this.n_averaged.add_(1)
    })
  }

  #tensorsOf(module: AnyModule): Tensor[] {
    return this.use_buffers ? [...module.parameters(), ...module.buffers()] : module.parameters()
  }

  #average(averaged: Tensor[], current: Tensor[]): void {
    const { multi_avg_fn } = this
    if (!multi_avg_fn) {
      const average = this.avg_fn ?? get_swa_avg_fn()
      for (const [i, one] of averaged.entries()) one.copy_(average(one, current[i]!, this.n_averaged.to(one.device)))
      return
    }
    const kinds = new Map<string, { averaged: Tensor[]; current: Tensor[] }>()
    for (const [i, one] of averaged.entries()) {
      const kind = `${one.device} ${one.dtype}`
      const group = kinds.get(kind) ?? { averaged: [], current: [] }
      kinds.set(kind, group)
      group.averaged.push(one)
      group.current.push(current[i]!)
    }
    for (const group of kinds.values())
      multi_avg_fn(group.averaged, group.current, this.n_averaged.to(group.averaged[0]!.device))
  }
}
