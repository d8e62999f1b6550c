import { type Args, isPlainObject, signature } from '../../_C/args.js'
import { currentModes } from '../../_C/modes.js'
import { runtimeError } from '../../_C/raise.js'
import { is_available } from '../../cuda/index.js'
import type { DeviceLike, device } from '../../device.js'
import { type AnyModule, type Forward, Module } from '../module.js'
import { checkPlace, gpus } from './_devices.js'
import { parallel_apply } from './parallel_apply.js'
import { replicate } from './replicate.js'
import { gather, scatter_kwargs } from './scatter_gather.js'

export interface DataParallelOptions<M extends AnyModule = AnyModule> {
  module: M
  /** The GPUs to use; by default all. */
  device_ids: readonly DeviceLike[] | null
  /** Where the outputs come together; by default the first GPU. */
  output_device: DeviceLike | null
  /** The dimension of the batch. */
  dim: number
}

const bind = signature<DataParallelOptions>(
  'DataParallel',
  'module',
  ['device_ids', null],
  ['output_device', null],
  ['dim', 0],
)

type Options<M extends AnyModule> = Args<
  [module: M],
  [device_ids: readonly DeviceLike[] | null, output_device: DeviceLike | null, dim: number],
  DataParallelOptions<M>
>

/** Calls replicas on several devices with pieces of the arguments. */
function distribute(
  module: AnyModule,
  args: readonly unknown[],
  keywords: Record<string, unknown> | null,
  devices: readonly device[],
  output: DeviceLike,
  dim: number,
): unknown {
  checkPlace(module, devices[0]!)
  const [inputs, kwargs] = scatter_kwargs(args, keywords, devices, dim)
  // A module without arguments runs once, on the first device.
  if (inputs.length === 0) inputs.push([])
  if (kwargs.length === 0) kwargs.push({})
  if (devices.length === 1) return parallel_apply([module], inputs, kwargs)[0]
  const used = devices.slice(0, inputs.length)
  const replicas = replicate(module, used, !currentModes().grad)
  return gather(parallel_apply(replicas, inputs, kwargs, used), output, dim)
}

/**
 * Divides each batch among the GPUs, and puts the outputs together again. Without a GPU it calls the module itself, whatever
 * `device_ids` says.
 *
 * ```ts
 * const model = new nn.DataParallel(new nn.Linear(4, 2))
 * model(torch.randn(8, 4))
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.DataParallel.html
 */
export class DataParallel<M extends AnyModule = Module> extends Module<Forward> {
  module: M
  /** Empty without a GPU. */
  device_ids: device[] = []
  output_device: DeviceLike | null = null
  dim: number

  constructor(...args: Options<M>) {
    super()
    const options = bind(args)
    this.module = options.module as M
    this.dim = options.dim
    if (!is_available()) return
    this.device_ids = gpus(options.device_ids)
    this.output_device = options.output_device ?? this.device_ids[0]!
    if (this.device_ids.length === 1) this.module.to(this.device_ids[0]!)
  }

  forward(...args: Parameters<M>): ReturnType<M> {
    const { module, device_ids, output_device, dim } = this
    if (device_ids.length === 0) return (module as unknown as (...args: unknown[]) => ReturnType<M>)(...args)
    const last: unknown = args.at(-1)
    const [positional, keywords] = isPlainObject(last) ? [args.slice(0, -1), last] : [args, null]
    return distribute(module, positional, keywords, device_ids, output_device!, dim) as ReturnType<M>
  }
}

/**
 * Calls a module on several GPUs, once, with `inputs`, an array of arguments or one value.
 *
 * @throws TorchError without a GPU, as in Python.
 */
export function data_parallel(
  module: AnyModule,
  inputs: unknown,
  device_ids: readonly DeviceLike[] | null = null,
  output_device: DeviceLike | null = null,
  dim = 0,
  module_kwargs: Record<string, unknown> | null = null,
): unknown {
  if (!is_available()) throw runtimeError('device type could not be determined')
  const devices = gpus(device_ids)
  const args: unknown[] = inputs === null ? [] : Array.isArray(inputs) ? inputs : [inputs]
  return distribute(module, args, module_kwargs, devices, output_device ?? devices[0]!, dim)
}
