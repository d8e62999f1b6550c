import { type DeviceLike, device, makeDevice } from './device.js'

let chosen: device | null = null

/**
 * Sets where new tensors are made when no device is given; null goes back to the CPU.
 * https://docs.pytorch.org/docs/stable/generated/torch.set_default_device.html
 */
export function set_default_device(where: DeviceLike | null): void {
  chosen = where === null ? null : new device(where as device)
}

/** Where new tensors are made when no device is given. */
export function get_default_device(): device {
  return chosen ?? makeDevice(0, null)
}

/** The device to use for a `device` keyword: as given, else the default, else null. @internal */
export function defaultDeviceOr(given: DeviceLike | null | undefined): DeviceLike | null {
  return given ?? chosen
}
