/** `torch.cpu`: the counterpart of `torch.cuda` for programs that run on either. https://docs.pytorch.org/docs/stable/cpu.html */
import { native } from '../_C/native.js'
import { type DeviceLike, device } from '../device.js'

const cpu = new device('cpu').typeCode

/** True: there is always a CPU. */
export function is_available(): boolean {
  return native.deviceCount(cpu) > 0
}

/** Always 1. */
export function device_count(): number {
  return native.deviceCount(cpu)
}

/** The name of the current CPU. */
export function current_device(): string {
  return 'cpu'
}

/** The CPU computes while the program waits, so nothing is left to wait for. */
export function synchronize(_device: DeviceLike | null = null): void {}

/** There is one CPU to choose from. */
export function set_device(_device: DeviceLike): void {}

/** True: nothing has to be set up. */
export function is_initialized(): boolean {
  return is_available()
}
