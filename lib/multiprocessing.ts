/**
 * Tensors across `worker_threads`: the same memory on both sides, no copy.
 *
 * ```ts
 * worker.postMessage(share({ weights, step: 3 }))        // here
 * parentPort.on('message', message => adopt(message))    // there
 * ```
 */
import { isPlainObject } from './_C/args.js'
import { traced } from './_C/call.js'
import { TorchError } from './_C/errors.js'
import { beforeCall } from './_C/modes.js'
import { native } from './_C/native.js'
import { mapPlain } from './_tensors_in.js'
import type { Tensor } from './tensor.js'

/** What stands for a tensor in a message. */
export interface TensorTicket {
  readonly torchTensorTicket: bigint
}

/** `T` with each tensor replaced by a ticket. */
export type Shared<T> = T extends Tensor
  ? TensorTicket
  : T extends Map<infer K, infer V>
    ? Map<Shared<K>, Shared<V>>
    : T extends Set<infer V>
      ? Set<Shared<V>>
      : T extends ArrayBufferView | ArrayBufferLike
        ? T
        : T extends object
          ? { [K in keyof T]: Shared<T[K]> }
          : T

/** `T` with each ticket replaced by a tensor. */
export type Adopted<T> = T extends TensorTicket
  ? Tensor
  : T extends Map<infer K, infer V>
    ? Map<Adopted<K>, Adopted<V>>
    : T extends Set<infer V>
      ? Set<Adopted<V>>
      : T extends ArrayBufferView | ArrayBufferLike
        ? T
        : T extends object
          ? { [K in keyof T]: Adopted<T[K]> }
          : T

function isTicket(value: unknown): value is TensorTicket {
  return isPlainObject(value) && typeof value.torchTensorTicket === 'bigint' && Object.keys(value).length === 1
}

/**
 * A copy of `value` to post to another thread: the tensors in it (in arrays, plain objects, Maps and Sets) are replaced by
 * tickets. Each ticket holds its tensor until one thread adopts it; take back what is never sent with `revoke`. Must be a
 * leaf or need no gradient: the graph stays in its thread.
 */
export function share<T>(value: T): Shared<T> {
  return mapPlain(value, part => {
    if (!native.isTensor(part)) return undefined
    const t = part as Tensor
    if (native.requiresGrad(t) && !native.isLeaf(t))
      throw new TorchError('share: only leaf tensors cross threads; call detach() first')
    return { torchTensorTicket: native.share(t) } satisfies TensorTicket
  }) as Shared<T>
}

/** The counterpart of `share` in the other thread. A ticket can be adopted once; a second time throws `TorchError`. */
export function adopt<T>(value: T): Adopted<T> {
  beforeCall()
  return mapPlain(value, part =>
    isTicket(part) ? traced(native.adopt(part.torchTensorTicket)) : undefined,
  ) as Adopted<T>
}

/** Takes back the tickets of a value from `share` that was not sent; returns how many had not been adopted. */
export function revoke(value: unknown): number {
  let revoked = 0
  mapPlain(value, part => {
    if (!isTicket(part)) return undefined
    if (native.revoke(part.torchTensorTicket)) revoked++
    return part
  })
  return revoked
}
