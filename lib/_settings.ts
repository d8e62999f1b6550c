/** How the process computes: settings of LibTorch that Python keeps in `torch` itself. */
import { typeName } from './_C/args.js'
import { native } from './_C/native.js'
import { runtimeError, setWarnAlways } from './_C/raise.js'
import { set_detect_anomaly } from './autograd/anomaly_mode.js'
import * as cpu from './cpu/index.js'
import * as cuda from './cuda/index.js'
import { type DeviceLike, device } from './device.js'
import type { Tensor } from './tensor.js'

const debugModes = ['default', 'warn', 'error'] as const

/**
 * What happens at operators without a deterministic algorithm: 0 or `'default'` nothing, 1 or `'warn'` a warning, 2 or
 * `'error'` an error. Another way to `use_deterministic_algorithms`.
 * https://docs.pytorch.org/docs/stable/generated/torch.set_deterministic_debug_mode.html
 */
export function set_deterministic_debug_mode(debug_mode: 0 | 1 | 2 | (typeof debugModes)[number]): void {
  if (typeof debug_mode !== 'string' && typeof debug_mode !== 'number')
    throw new TypeError(`debug_mode must be str or int, but got ${typeName(debug_mode)}`)
  const mode = typeof debug_mode === 'string' ? debugModes.indexOf(debug_mode) : debug_mode
  if (typeof debug_mode === 'string' && mode < 0)
    throw runtimeError(
      `invalid value of debug_mode, expected one of \`default\`, \`warn\`, \`error\`, but got ${debug_mode}`,
    )
  if (![0, 1, 2].includes(mode))
    throw runtimeError(`invalid value of debug_mode, expected 0, 1, or 2, but got ${debug_mode}`)
  native.useDeterministic(mode > 0, mode === 1)
}

/** https://docs.pytorch.org/docs/stable/generated/torch.get_deterministic_debug_mode.html */
export function get_deterministic_debug_mode(): 0 | 1 | 2 {
  if (!native.deterministic()) return 0
  return native.deterministicWarnOnly() ? 1 : 2
}

/** https://docs.pytorch.org/docs/stable/generated/torch.is_deterministic_algorithms_warn_only_enabled.html */
export function is_deterministic_algorithms_warn_only_enabled(): boolean {
  return native.deterministicWarnOnly()
}

const precisions = ['highest', 'high', 'medium'] as const

/** https://docs.pytorch.org/docs/stable/generated/torch.get_float32_matmul_precision.html */
export function get_float32_matmul_precision(): (typeof precisions)[number] {
  return precisions[native.getFloat32MatmulPrecision()]!
}

/**
 * How exactly float32 matrices are multiplied: `'highest'` in float32, `'high'` in TensorFloat32 or two bfloat16 numbers each,
 * `'medium'` in bfloat16, where the hardware is faster so.
 * https://docs.pytorch.org/docs/stable/generated/torch.set_float32_matmul_precision.html
 */
export function set_float32_matmul_precision(precision: (typeof precisions)[number]): void {
  if (typeof precision !== 'string')
    throw new TypeError(`set_float32_matmul_precision expects a str, but got ${typeName(precision)}`)
  native.setFloat32MatmulPrecision(precision)
}

/**
 * With true every warning of LibTorch and this library comes each time, not once a process.
 * https://docs.pytorch.org/docs/stable/generated/torch.set_warn_always.html
 */
export function set_warn_always(b: boolean): void {
  if (typeof b !== 'boolean') throw new TypeError(`setWarnOnlyOnce expects a bool, but got ${typeName(b)}`)
  native.setWarnAlways(b)
  setWarnAlways(b)
}

/** https://docs.pytorch.org/docs/stable/generated/torch.is_warn_always_enabled.html */
export function is_warn_always_enabled(): boolean {
  return native.getWarnAlways()
}

/**
 * With true the processor takes numbers too small for full precision as zero, which is faster; for this thread. False when it
 * can't.
 * https://docs.pytorch.org/docs/stable/generated/torch.set_flush_denormal.html
 */
export function set_flush_denormal(mode: boolean): boolean {
  if (typeof mode !== 'boolean') throw new TypeError(`flush_denormal expects a bool, but got ${typeName(mode)}`)
  return native.setFlushDenormal(mode)
}

/** Gives this thread the number of threads that `set_num_threads` told the process. */
export function init_num_threads(): void {
  native.initNumThreads()
}

/** `autograd.set_detect_anomaly`, from here on. */
export function set_anomaly_enabled(enabled: boolean, check_nan = true): void {
  set_detect_anomaly(enabled, check_nan)
}

/** Has LibTorch linear algebra, by LAPACK? */
export const has_lapack = native.hasLapack()
/** Has LibTorch Intel's MKL? */
export const has_mkl = native.hasMkl()
/** Has LibTorch oneDNN, called MKL-DNN once? */
export const has_mkldnn = native.hasMkldnn()
/** Does LibTorch share work between threads by OpenMP? */
export const has_openmp = native.hasOpenmp()
/** Has LibTorch Fourier transforms? */
export const has_spectral = native.hasSpectral()
/** Was LibTorch built with CUDA? */
export const has_cuda = native.hasCuda()

/** The index of a tensor's device, -1 on the CPU. */
export function get_device(input: Tensor): number {
  return input.get_device()
}

/**
 * The namespace of a device's kind, `torch.cpu` or `torch.cuda`; without a device that of the accelerator, if there is one.
 * https://docs.pytorch.org/docs/stable/generated/torch.get_device_module.html
 */
export function get_device_module(where: device | DeviceLike | null = null): typeof cpu | typeof cuda {
  if (where !== null && typeof where !== 'string' && !(where instanceof device))
    throw runtimeError(`Invalid value of device '${String(where)}', expect torch.device, str, or None`)
  const type = where === null ? (cuda.is_available() ? 'cuda' : 'cpu') : new device(where as device).type
  if (type === 'cpu') return cpu
  if (type === 'cuda') return cuda
  throw runtimeError(`Device '${type}' does not have a corresponding module registered as 'torch.${type}'.`)
}
