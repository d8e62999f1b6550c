/** What the process computes with: threads, determinism, versions. */
import { signature } from './_C/args.js'
import { native } from './_C/native.js'

/**
 * Threads that one CPU operator may use.
 * https://docs.pytorch.org/docs/stable/generated/torch.get_num_threads.html
 */
export function get_num_threads(): number {
  return native.getNumThreads()
}

/**
 * Sets how many threads one CPU operator may use.
 * https://docs.pytorch.org/docs/stable/generated/torch.set_num_threads.html
 */
export function set_num_threads(n: number): void {
  native.setNumThreads(n)
}

/**
 * Threads for work between operators (`jit.fork` and the like).
 * https://docs.pytorch.org/docs/stable/generated/torch.get_num_interop_threads.html
 */
export function get_num_interop_threads(): number {
  return native.getNumInteropThreads()
}

/**
 * Sets the threads for work between operators; only once, and before such work starts.
 * https://docs.pytorch.org/docs/stable/generated/torch.set_num_interop_threads.html
 */
export function set_num_interop_threads(n: number): void {
  native.setNumInteropThreads(n)
}

const deterministic = signature<{ mode: boolean; warn_only: boolean }>('use_deterministic_algorithms', 'mode', '*', [
  'warn_only',
  false,
])

/**
 * Makes operators choose deterministic algorithms, and throw (or warn) where there is none.
 * https://docs.pytorch.org/docs/stable/generated/torch.use_deterministic_algorithms.html
 */
export function use_deterministic_algorithms(mode: boolean, keywords: { warn_only?: boolean } = {}): void {
  const bound = deterministic([mode, keywords])
  native.useDeterministic(bound.mode, bound.warn_only)
}

/** https://docs.pytorch.org/docs/stable/generated/torch.are_deterministic_algorithms_enabled.html */
export function are_deterministic_algorithms_enabled(): boolean {
  return native.deterministic()
}

/** LibTorch's version, as Python's `torch.__version__` without the local part. */
export const __version__ = native.torchVersion

/** How LibTorch was built: https://docs.pytorch.org/docs/stable/config_mod.html */
export const __config__ = {
  /** Compiler, flags and libraries, a text of several lines. */
  show: (): string => native.showConfig(),
  /** Threads and the libraries that use them, a text of several lines. */
  parallel_info: (): string => native.parallelInfo(),
}
