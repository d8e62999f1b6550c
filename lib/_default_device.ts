import { isPlainObject } from './_C/args.js'
import { setAdapter } from './_C/call.js'
import * as ops from './_generated/ops.js'
import { type DeviceLike, device, makeDevice } from './device.js'

/** The operators that make tensors out of nothing. */
const factories: ReadonlySet<number> = new Set([
  ops.arange,
  ops.bartlett_window,
  ops.blackman_window,
  ops.empty,
  ops.empty_permuted,
  ops.empty_quantized,
  ops.empty_strided,
  ops.eye,
  ops.fft_fftfreq,
  ops.fft_rfftfreq,
  ops.full,
  ops.hamming_window,
  ops.hann_window,
  ops.kaiser_window,
  ops.linspace,
  ops.logspace,
  ops.ones,
  ops.rand,
  ops.randint,
  ops.randn,
  ops.randperm,
  ops.range,
  ops.scalar_tensor,
  ops.tril_indices,
  ops.triu_indices,
  ops.zeros,
])

let chosen: device | null = null

function withDevice(op: number, args: unknown[]): unknown[] {
  if (!factories.has(op)) return args
  const keywords = args.at(-1)
  if (!isPlainObject(keywords)) return [...args, { device: chosen }]
  // An output has a device of its own.
  if ((keywords.device ?? keywords.out ?? null) !== null) return args
  return [...args.slice(0, -1), { ...keywords, device: chosen }]
}

/**
 * Sets where new tensors are made when no device is given; null goes back to the CPU. For this thread.
 * https://docs.pytorch.org/docs/stable/generated/torch.set_default_device.html
 */
export function set_default_device(where: DeviceLike | null): void {
  const next = where === null ? null : new device(where as device)
  chosen = next !== null && next.type === 'cpu' ? null : next
  setAdapter(chosen === null ? null : withDevice)
}

/** Where new tensors are made when no device is given. */
export function get_default_device(): device {
  return chosen ?? makeDevice(0, null)
}

/** The device to use for a `device` keyword: as given, else the default, else null. @internal */
export function defaultDeviceOr(given: DeviceLike | null | undefined): DeviceLike | null {
  return given ?? chosen
}
