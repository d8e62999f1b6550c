/** Where the tensors of a checkpoint go. */
import { native } from '../_C/native.js'
import { type DeviceLike, type DeviceType, device } from '../device.js'
import type { UntypedStorage } from '../storage.js'
import { UnpicklingError } from './errors.js'

/** Takes a storage, on the CPU, and where it was saved; gives one where it shall be, or null for the default. */
export type LocationFunction = (storage: UntypedStorage, location: string) => UntypedStorage | null | undefined

/** Where tensors go: one device for all, another one for each of the file's, or a function that moves storages. */
export type MapLocation = DeviceLike | Record<string, DeviceLike> | LocationFunction | null

/** The device for a storage that was saved at `location`. @throws {UnpicklingError} when it is not here */
export function placeOf(location: string, map: MapLocation): device {
  if (map === null || typeof map === 'function') return available(location)
  if (typeof map === 'object' && !(map instanceof device))
    return Object.hasOwn(map, location) ? new device(map[location] as device) : available(location)
  return new device(map as DeviceType)
}

/** The device that a file names. */
function available(location: string): device {
  let where: device
  try {
    where = new device(location as DeviceType)
  } catch {
    throw new UnpicklingError(`don't know how to restore data location of ${location}`)
  }
  if (where.type === 'cpu' || where.type === 'meta') return where
  if (where.type !== 'cuda') throw new UnpicklingError(`don't know how to restore data location of ${location}`)
  const count = native.hasCuda() ? native.deviceCount(where.typeCode) : 0
  if (count === 0)
    throw new UnpicklingError(
      'Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If you are running on ' +
        "a CPU-only machine, please use torch.load with { map_location: 'cpu' } to map your storages to the CPU.",
    )
  if ((where.index ?? 0) >= count)
    throw new UnpicklingError(
      `Attempting to deserialize object on CUDA device ${where.index} but there are only ${count}. Please use torch.load ` +
        'with map_location to map your storages to an existing device.',
    )
  return where
}
