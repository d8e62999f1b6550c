/** Random numbers. https://docs.pytorch.org/docs/stable/random.html */
import { traced } from './_C/call.js'
import { TorchError } from './_C/errors.js'
import { beforeCall } from './_C/modes.js'
import { type NativeGenerator, native } from './_C/native.js'
import { type DeviceLike, device, makeDevice } from './device.js'
import type { Tensor } from './tensor.js'

const wrapped = (g: Generator): NativeGenerator => g as unknown as NativeGenerator

/** A seed as 64 bits. Negative ones count from the top, as in Python. */
function seedBits(seed: number | bigint): bigint {
  if (typeof seed === 'number' && !Number.isSafeInteger(seed))
    throw new TypeError(`manual_seed expected a whole number, got ${seed}; beyond 2**53 give a bigint`)
  if (typeof seed !== 'number' && typeof seed !== 'bigint')
    throw new TypeError(`manual_seed expected a whole number, got ${typeof seed}`)
  const value = BigInt(seed)
  if (value < -(2n ** 63n) || value >= 2n ** 64n) throw new TorchError('Overflow when unpacking long long')
  return BigInt.asUintN(64, value)
}

/**
 * A source of random numbers with a state of its own, for the `generator` argument of functions that draw.
 * https://docs.pytorch.org/docs/stable/generated/torch.Generator.html
 */
export class Generator {
  constructor(where: DeviceLike = 'cpu') {
    const { typeCode, index } = new device(where as device)
    // The addon's own object is the generator: that is how operators know it.
    // biome-ignore lint/correctness/noConstructorReturn: see above
    return adopt(native.newGenerator(typeCode, index ?? -1), new.target.prototype)
  }

  get device(): device {
    return makeDevice(...native.generatorDevice(wrapped(this)))
  }

  /** Sets the seed and returns the generator. */
  manual_seed(seed: number | bigint): this {
    native.generatorSetSeed(wrapped(this), seedBits(seed))
    return this
  }

  /** Seeds from the system's randomness and returns the seed. */
  seed(): bigint {
    return native.generatorSeed(wrapped(this))
  }

  /** The last seed. */
  initial_seed(): bigint {
    return native.generatorInitialSeed(wrapped(this))
  }

  /** The state as a uint8 tensor. */
  get_state(): Tensor {
    beforeCall()
    return traced(native.generatorGetState(wrapped(this)))
  }

  /** Restores what `get_state` gave. */
  set_state(state: Tensor): void {
    if (!native.isTensor(state)) throw new TypeError('set_state expected a uint8 Tensor')
    native.generatorSetState(wrapped(this), state)
  }

  /** A new generator with the same state. */
  clone_state(): Generator {
    const copy = new Generator(this.device)
    copy.set_state(this.get_state())
    return copy
  }
}

function adopt(generator: NativeGenerator, prototype: object): Generator {
  return Object.setPrototypeOf(generator, prototype) as Generator
}

/**
 * What draws on the CPU when no generator is given; one for all threads of the process, except that each
 * worker of a `DataLoader` has its own.
 */
export const default_generator: Generator = adopt(native.defaultGenerator(0, -1), Generator.prototype)

/**
 * Sets the seed of every device's default generator; returns the CPU's.
 * https://docs.pytorch.org/docs/stable/generated/torch.manual_seed.html
 */
export function manual_seed(seed: number | bigint): Generator {
  native.manualSeedAll(seedBits(seed))
  return default_generator
}

/** Seeds every device's default generator from the system's randomness; returns the seed. */
export function seed(): bigint {
  const drawn = default_generator.seed()
  native.manualSeedAll(drawn)
  return drawn
}

/** The last seed of the CPU's default generator. */
export function initial_seed(): bigint {
  return default_generator.initial_seed()
}

/** The state of the CPU's default generator as a uint8 tensor. */
export function get_rng_state(): Tensor {
  return default_generator.get_state()
}

/** Restores what `get_rng_state` gave. */
export function set_rng_state(new_state: Tensor): void {
  default_generator.set_state(new_state)
}

/**
 * Restores the CPU's random state afterwards: around `fn`, whose result it gives (also a promise), or until a `using` block
 * ends. https://docs.pytorch.org/docs/stable/random.html#torch.random.fork_rng
 */
export function fork_rng(): Disposable
export function fork_rng<T>(fn: () => T): T
export function fork_rng<T>(fn?: () => T): T | Disposable {
  const state = get_rng_state()
  const restore = () => set_rng_state(state)
  if (fn === undefined) return { [Symbol.dispose]: restore }
  let result: T
  try {
    result = fn()
  } catch (error) {
    restore()
    throw error
  }
  if (result instanceof Promise) return result.finally(restore) as T
  restore()
  return result
}

/**
 * The random number generator of the loader's worker thread that the caller runs on; null elsewhere. Always null
 * here: in a worker the default generator is the thread's own.
 */
export function thread_safe_generator(): Generator | null {
  return null
}
