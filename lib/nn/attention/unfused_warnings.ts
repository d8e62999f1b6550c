import { warn } from '../../_C/raise.js'

/** Whether attention with a `CausalBias` that has to be written out says so. Set it with `warnForUnfusedKernels`. */
export let WARN_FOR_UNFUSED_KERNELS = false

/** Sets `WARN_FOR_UNFUSED_KERNELS`, to which Python assigns. */
export function warnForUnfusedKernels(on: boolean): void {
  WARN_FOR_UNFUSED_KERNELS = on
}

/** Says that no fused kernel takes a lower-right mask. */
export function unfused(): void {
  if (WARN_FOR_UNFUSED_KERNELS)
    for (const kernel of ['Efficient', 'Flash'])
      warn(`${kernel} attention can't be used because: the lower right causal mask is written out`)
}
