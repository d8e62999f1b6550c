import { TorchError } from '../../_C/errors.js'
import { native } from '../../_C/native.js'
import type { Tensor } from '../../tensor.js'

/** Derivatives by autograd and by differences are not the same. */
export class GradcheckError extends TorchError {
  override name = 'GradcheckError'
}

/** Keywords of `gradcheck`. */
export interface GradcheckOptions {
  /** How far inputs are moved. Default 1e-6. */
  eps: number
  /** Default 1e-5. */
  atol: number
  /** Default 1e-3. */
  rtol: number
  /** False makes a failure the result `false`. Default true. */
  raise_exception: boolean
  /** How much two backward passes may differ. Default 0. */
  nondet_tol: number
  /** Whether backward must take missing gradients, and forward mode missing tangents. Default true. */
  check_undefined_grad: boolean
  /** Whether gradients must have their input's dtype. Default false. */
  check_grad_dtypes: boolean
  /** Refused: it needs vmap. */
  check_batched_grad: boolean
  /** Refused: it needs vmap. */
  check_batched_forward_grad: boolean
  /** Check forward mode too. Default false. */
  check_forward_ad: boolean
  /** Default true. */
  check_backward_ad: boolean
  /** One random direction instead of every element. Default false. */
  fast_mode: boolean
  /** Leaves the elements that sparse inputs do not store out of the check. Default false. */
  masked: boolean | null
}

/** `gradcheck`'s keywords and their defaults, but for those that `gradgradcheck` does not have. */
export const sharedOptions: [string, unknown][] = [
  ['eps', 1e-6],
  ['atol', 1e-5],
  ['rtol', 1e-3],
  ['raise_exception', true],
  ['nondet_tol', 0],
  ['check_undefined_grad', true],
  ['check_grad_dtypes', false],
  ['check_batched_grad', false],
  ['fast_mode', false],
  ['masked', null],
]

export function fail(message: string): never {
  throw new GradcheckError(message)
}

/** A tensor that has derivatives. */
export function isDifferentiable(value: unknown): value is Tensor {
  if (!native.isTensor(value)) return false
  const { dtype } = value as Tensor
  return dtype.is_floating_point || dtype.is_complex
}

export function needsGrad(value: unknown): value is Tensor {
  return isDifferentiable(value) && value.requires_grad
}
