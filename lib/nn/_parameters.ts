/** Making the tensors of layers. */
import { call } from '../_C/call.js'
import { defaultDeviceOr } from '../_default_device.js'
import * as ops from '../_generated/ops.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { Parameter } from './parameter.js'

/** Keywords of every layer that has parameters: where they are and of which kind. */
export interface FactoryOptions {
  device: DeviceLike | null
  dtype: dtype | null
}

/** A tensor whose values are yet to be written. */
export function emptyTensor(shape: readonly number[], { device, dtype }: FactoryOptions): Tensor {
  return call(ops.empty, shape, { device: defaultDeviceOr(device), dtype }) as Tensor
}

/** A parameter whose values are yet to be written. */
export function emptyParameter(shape: readonly number[], options: FactoryOptions): Parameter {
  return new Parameter(emptyTensor(shape, options))
}
