/** The arguments of `load` and `loadAsync`. */
import { isPlainObject, typeName } from '../_C/args.js'
import { type DeviceLike, device } from '../device.js'
import type { MapLocation } from './map_location.js'
import type { OnProgress } from './progress.js'

/** Keywords of `load`. */
export interface LoadOptions {
  /**
   * Where tensors go: a device for all, `{ 'cuda:1': 'cuda:0' }` for those that were there, or a function that gets each
   * storage (on the CPU) with the location it was saved from, and returns it where it shall be, or null. Default: where they
   * were when they were saved.
   */
  map_location?: MapLocation
  /** Always true: the code that a file could hold never runs. */
  weights_only?: true
  /**
   * Storages stay in the file, which is mapped into memory: they are read when they are touched, and writing to them does not
   * change the file. For a path, and a file of the zip format.
   */
  mmap?: boolean | null
  /**
   * Objects of classes that are unknown here come as plain data, `{ __class__: 'module.Name', …attributes }`; `__args__`,
   * `__kwargs__`, `__items__`, `__list__` and `__state__` where they were made otherwise. Default false: they are refused.
   */
  objectsAsRecords?: boolean
}

/** Keywords of `loadAsync`. */
export interface LoadAsyncOptions extends LoadOptions {
  /** Is told of every piece that has been read: from a URL or stream of those that came. */
  onProgress?: OnProgress
  signal?: AbortSignal
  /** Bytes that a URL or stream may have at most. Default: any number. */
  maxBytes?: number
}

export interface BoundLoadOptions {
  mapLocation: MapLocation
  mmap: boolean
  objectsAsRecords: boolean
  onProgress: OnProgress
  signal: AbortSignal | null
  maxBytes: number
}

const names = ['map_location', 'weights_only', 'mmap', 'objectsAsRecords']
const asyncNames = [...names, 'onProgress', 'signal', 'maxBytes']

export function bindLoadOptions(
  fn: 'load' | 'loadAsync',
  given: MapLocation | LoadAsyncOptions | undefined,
  keywords: LoadAsyncOptions | undefined,
): BoundLoadOptions {
  const accepted = fn === 'load' ? names : asyncNames
  const byName = keywords === undefined && isPlainObject(given) && !isLocationMap(given)
  const options: LoadAsyncOptions = byName ? (given as LoadAsyncOptions) : { ...keywords }
  const stranger = Object.keys(options).find(name => !accepted.includes(name))
  if (stranger !== undefined)
    throw new TypeError(`${fn}() got an unexpected keyword argument '${stranger}'; it accepts: ${accepted.join(', ')}`)
  if (!byName && given !== undefined) {
    if (options.map_location !== undefined)
      throw new TypeError(`${fn}() got multiple values for argument 'map_location'`)
    options.map_location = given as MapLocation
  }
  if ((options.weights_only ?? true) !== true)
    throw new TypeError(`torch.${fn}: weights_only is always true here: the code in a file never runs`)
  const { onProgress, maxBytes = Number.POSITIVE_INFINITY } = options
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw new TypeError(`${fn}(): onProgress must be a function, not ${typeName(onProgress)}`)
  if (typeof maxBytes !== 'number' || Number.isNaN(maxBytes))
    throw new TypeError(`${fn}(): maxBytes must be a number, not ${typeName(maxBytes)}`)
  return {
    mapLocation: options.map_location ?? null,
    mmap: options.mmap === true,
    objectsAsRecords: options.objectsAsRecords === true,
    onProgress: onProgress ?? (() => {}),
    signal: options.signal ?? null,
    maxBytes,
  }
}

/** Is it `{ 'cuda:1': 'cuda:0' }`, rather than keywords? */
function isLocationMap(value: Record<string, unknown>): value is Record<string, DeviceLike> {
  const keys = Object.keys(value)
  return keys.length > 0 && keys.every(isLocation)
}

function isLocation(name: string): boolean {
  try {
    new device(name as 'cpu')
    return true
  } catch {
    return false
  }
}
