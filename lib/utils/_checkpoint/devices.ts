/** The random generators of the devices that a checkpointed function computes on. */
import { typeName } from '../../_C/args.js'
import { modeBlock } from '../../_C/modes.js'
import { native } from '../../_C/native.js'
import { runtimeError, warn } from '../../_C/raise.js'
import { tensorsIn } from '../../_tensors_in.js'
import { is_available } from '../../cuda/index.js'
import { type DeviceType, device } from '../../device.js'
import { get_rng_state, set_rng_state } from '../../random.js'
import type { Tensor } from '../../tensor.js'

/**
 * The type of device whose random generators checkpoints keep where no argument is on another device than the CPU.
 * https://docs.pytorch.org/docs/stable/checkpoint.html#torch.utils.checkpoint.DefaultDeviceType
 */
export class DefaultDeviceType {
  static #type: DeviceType | null = null

  static set_device_type(type: DeviceType = 'cuda'): void {
    DefaultDeviceType.#type = new device(type).type
  }

  /** The type that was set; before that the accelerator's, or `cpu`. */
  static get_device_type(): DeviceType {
    DefaultDeviceType.#type ??= is_available() ? 'cuda' : 'cpu'
    return DefaultDeviceType.#type
  }
}

/** The type of the devices that arguments are on, apart from the CPU. */
function deviceTypeOf(args: readonly unknown[]): DeviceType {
  const types = tensorsIn(args)
    .map(t => t.device.type)
    .filter(type => type !== 'cpu')
  const all = [...new Set(types)].sort()
  if (all.length > 1)
    warn(
      `Tensor arguments, excluding CPU tensors, are detected on at least two types of devices. Device state will only be saved for devices of a single device type, and the remaining devices will be ignored. Consequently, if any checkpointed functions involve randomness, this may result in incorrect gradients. (Note that if CUDA devices are among the devices detected, it will be prioritized; otherwise, the first device encountered will be selected.)\nDevice types: ${all.join(', ')} first device type: ${types[0]}`,
    )
  return all.includes('cuda') ? 'cuda' : (types[0] ?? DefaultDeviceType.get_device_type())
}

function generatorOf(type: DeviceType, index: number) {
  return native.defaultGenerator(new device(type).typeCode, index)
}

/**
 * The numbers of the devices that the tensors in `args` are on, apart from the CPU, and the states of their generators.
 * https://docs.pytorch.org/docs/stable/checkpoint.html
 */
export function get_device_states(...args: unknown[]): [devices: number[], states: Tensor[]] {
  const type = deviceTypeOf(args)
  const devices = tensorsIn(args)
    .filter(t => t.device.type !== 'cpu' && t.device.type !== 'meta')
    .map(t => native.deviceIndex(t))
  return [devices, devices.map(index => native.generatorGetState(generatorOf(type, index)))]
}

/** Restores what `get_device_states` gave. */
export function set_device_states(
  devices: readonly number[],
  states: readonly Tensor[],
  keywords: { device_type?: DeviceType | null } = {},
): void {
  const type = keywords.device_type ?? DefaultDeviceType.get_device_type()
  if (type === 'meta') return
  for (const [i, index] of devices.entries())
    if (states[i] !== undefined) native.generatorSetState(generatorOf(type, index), states[i])
}

/**
 * `inputs` with each tensor outside its graph, requiring a gradient as before.
 * https://docs.pytorch.org/docs/stable/checkpoint.html
 */
export function detach_variable(inputs: readonly unknown[]): unknown[] {
  if (!Array.isArray(inputs))
    throw runtimeError(`Only tuple of tensors is supported. Got Unsupported input type: ${typeName(inputs)}`)
  return inputs.map(input => {
    if (!native.isTensor(input)) return input
    const t = input as Tensor
    return t.detach().requires_grad_(t.requires_grad)
  })
}

/** Warns where no input requires a gradient: then none comes out of the older variant. */
export function check_backward_validity(inputs: Iterable<unknown>): void {
  for (const input of inputs) if (native.isTensor(input) && native.requiresGrad(input as Tensor)) return
  warn('None of the inputs have requires_grad=True. Gradients will be None')
}

/** Random states, to draw the same numbers again. */
export class RandomStates {
  readonly #cpu: Tensor
  readonly #devices: readonly number[]
  readonly #states: readonly Tensor[]
  readonly #type: DeviceType

  /** Those of now, of the CPU and of the devices of `args`. */
  constructor(args: readonly unknown[]) {
    // They outlive the tensor scope of the forward pass.
    using _ = modeBlock({ scope: 0 })
    this.#cpu = get_rng_state()
    this.#type = deviceTypeOf(args)
    ;[this.#devices, this.#states] = get_device_states(...args)
  }

  #apply(): void {
    set_rng_state(this.#cpu)
    set_device_states(this.#devices, this.#states, { device_type: this.#type })
  }

  /** Runs `fn` with the random numbers of these states, and goes on with the current ones afterwards. */
  during<T>(fn: () => T): T {
    const cpu = get_rng_state()
    const states = this.#devices.map(index => native.generatorGetState(generatorOf(this.#type, index)))
    this.#apply()
    try {
      return fn()
    } finally {
      set_rng_state(cpu)
      set_device_states(this.#devices, states, { device_type: this.#type })
    }
  }
}
