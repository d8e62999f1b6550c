import { isPlainObject, typeName } from '../../_C/args.js'
import { native } from '../../_C/native.js'
import { assertionError } from '../../_C/raise.js'
import { blockOrRun } from '../../autograd/_finally.js'
import { SDPBackend } from './sdp_backend.js'

/** Those that can be switched: all but ERROR. */
const backends = Object.values(SDPBackend).filter(backend => backend >= 0)

function checkBackends(given: unknown): number[] {
  const list: unknown[] = Array.isArray(given) ? given : [given]
  for (const backend of list)
    if (!Object.values<unknown>(SDPBackend).includes(backend))
      throw assertionError(
        `Backend must be an instance of SDPBackend or a list of SDPBackend instances, got ${typeName(backend)}`,
      )
  return [...new Set(list as number[])]
}

function use(enabled: readonly number[], priority: readonly number[] | null): void {
  for (const backend of backends) native.setSdpEnabled(backend, enabled.includes(backend))
  if (priority !== null) native.setSdpPriority(priority)
}

type Backends = SDPBackend | readonly SDPBackend[]
type Priority = boolean | { set_priority?: boolean }

/**
 * While `fn` runs, also over its awaits, or until a `using` block ends, `scaled_dot_product_attention` takes one of these
 * kernels and no other; with `set_priority` it tries them in this order. It holds for the whole process.
 *
 * ```ts
 * sdpa_kernel(SDPBackend.MATH, () => F.scaled_dot_product_attention(q, k, v))
 * using _ = sdpa_kernel([SDPBackend.FLASH_ATTENTION, SDPBackend.MATH], { set_priority: true })
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.attention.sdpa_kernel.html
 */
export function sdpa_kernel(backends: Backends, set_priority?: Priority): Disposable
export function sdpa_kernel<T>(backends: Backends, fn: () => T): T
export function sdpa_kernel<T>(backends: Backends, set_priority: Priority, fn: () => T): T
export function sdpa_kernel<T>(given: Backends, ...rest: (Priority | (() => T) | undefined)[]): T | Disposable {
  const enabled = checkBackends(given)
  const fn = rest.find(value => typeof value === 'function')
  const [option] = rest
  const setPriority = isPlainObject(option) ? option.set_priority === true : option === true
  const before = backends.filter(backend => native.sdpEnabled(backend))
  const order = native.sdpPriority()
  const first = enabled.filter(backend => backend >= 0)
  use(enabled, setPriority ? [...first, ...order.filter(backend => !first.includes(backend))] : null)
  return blockOrRun(fn, () => use(before, setPriority ? order : null))
}
