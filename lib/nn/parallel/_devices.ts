import { runtimeError } from '../../_C/raise.js'
import { device_count } from '../../cuda/index.js'
import { type DeviceLike, device } from '../../device.js'
import type { AnyModule } from '../module.js'

/** The GPUs that are asked for, by default all; the first is where the module has to be. */
export function gpus(device_ids: readonly DeviceLike[] | null): device[] {
  const asked = device_ids ?? Array.from({ length: device_count() }, (_, i) => i)
  if (asked.length === 0) throw runtimeError('no available devices were found')
  return asked.map(id => {
    const { type, index } = new device(id as number)
    return new device(type, index ?? 0)
  })
}

/** @throws TorchError unless all of the module is on `source`. */
export function checkPlace(module: AnyModule, source: device): void {
  for (const t of [...module.parameters(), ...module.buffers()])
    if (!t.device.equals(source))
      throw runtimeError(
        `module must have its parameters and buffers on device ${source} (device_ids[0]) but found one of them on ` +
          `device: ${t.device}`,
      )
}
