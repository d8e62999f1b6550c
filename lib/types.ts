/** Types that signatures share. */
import type { Complex } from './complex.js'
import type { DeviceLike } from './device.js'
import type { dtype } from './dtype.js'
import type { layout } from './layout.js'
import type { Tensor } from './tensor.js'

/** A number, boolean or complex given to an operator. A whole number counts as an int. */
export type Scalar = number | bigint | boolean | Complex

/** An integer argument; a bigint where a number can't hold it. */
export type Int = number | bigint

/** A shape or a list of dimensions. */
export type Size = readonly Int[]

/** `nest` of plain values, as `torch.tensor` takes it. */
export type Nested = Scalar | readonly Nested[] | ArrayBufferView

/** Keywords of every function that makes a tensor. */
export interface TensorOptions {
  /** Default: the default dtype, see `torch.set_default_dtype`. */
  dtype?: dtype | null
  layout?: layout | null
  device?: DeviceLike | null
  pin_memory?: boolean | null
  requires_grad?: boolean
}

/** A tensor or a plain number where an operator takes either. */
export type TensorOrScalar = Tensor | Scalar
