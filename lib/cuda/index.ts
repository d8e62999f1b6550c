/** `torch.cuda`: what there is of GPUs. https://docs.pytorch.org/docs/stable/cuda.html */
import { native } from '../_C/native.js'
import { device } from '../device.js'

const cuda = new device('cuda').typeCode

/** True when LibTorch was built with CUDA and sees a GPU. */
export function is_available(): boolean {
  return native.hasCuda() && native.deviceCount(cuda) > 0
}

/** GPUs that LibTorch sees; 0 for a CPU build. */
export function device_count(): number {
  return native.deviceCount(cuda)
}
