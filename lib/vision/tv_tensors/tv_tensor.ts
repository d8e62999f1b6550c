import { type Args, signature } from '../../_C/args.js'
import { call } from '../../_C/call.js'
import { as_tensor, type TensorData } from '../../_creation.js'
import * as ops from '../../_generated/ops.js'
import type { DeviceLike } from '../../device.js'
import type { dtype } from '../../dtype.js'
import { Tensor } from '../../tensor.js'
import { Image as Picture } from '../image.js'
import { pil_to_tensor } from '../transforms/functional.js'

/** What a tv_tensor is made of: anything that `torch.as_tensor` takes, or a picture. */
export type TVTensorData = TensorData | Picture

export interface TVTensorOptions {
  /** Default: that of the data. */
  dtype: dtype | null
  /** Default: that of the data. */
  device: DeviceLike | null
  /** Default: that of the data. */
  requires_grad: boolean | null
}

export type TVTensorArgs = Args<[data: TVTensorData], [], { data: TVTensorData } & TVTensorOptions>

const parameters = signature<{ data: TVTensorData } & TVTensorOptions>(
  'TVTensor',
  'data',
  '*',
  ['dtype', null],
  ['device', null],
  ['requires_grad', null],
)

/** The data of a constructor's arguments as a plain tensor. @internal */
export function dataTensor(args: readonly unknown[]): Tensor {
  const { data, dtype, device, requires_grad } = parameters(args)
  const source = data instanceof Picture ? pil_to_tensor(data) : data
  const needsGrad = requires_grad ?? (source instanceof Tensor && source.requires_grad)
  return as_tensor(source, dtype, device).requires_grad_(needsGrad)
}

/** The tensor as one of the class of `like`. @internal */
export function ofClass<T extends Tensor>(tensor: Tensor, like: T): T {
  return tensor.as_subclass(like.constructor as abstract new (...args: never[]) => T)
}

/** The argument lists of an overloaded function. */
type ArgumentsOf<Fn> = Fn extends {
  (...args: infer A): unknown
  (...args: infer B): unknown
  (...args: infer C): unknown
  (...args: infer D): unknown
  (...args: infer E): unknown
  (...args: infer F): unknown
  (...args: infer G): unknown
  (...args: infer H): unknown
}
  ? A | B | C | D | E | F | G | H
  : never

/** These keep the class and what it knows, such as a box's format; all other operators give plain tensors. */
export interface TVTensor {
  clone(...args: ArgumentsOf<Tensor['clone']>): this
  to(...args: ArgumentsOf<Tensor['to']>): this
  detach(): this
}

/**
 * The base of tensors that say what they hold, so that a transform knows what to do with each. An operator gives a plain
 * tensor, but for `clone`, `to`, `detach` and `requires_grad_`; a transform gives what it was given.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.tv_tensors.TVTensor.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the methods below are defined on the prototype.
export class TVTensor extends Tensor {
  constructor(...args: TVTensorArgs) {
    const self = call(ops.alias, dataTensor(args)) as Tensor
    Object.setPrototypeOf(self, new.target.prototype)
    super(self)
  }

  /** `tensor` as one of this class, with what `like` knows. Subclasses with knowledge of their own override it. */
  static wrap(tensor: Tensor, like: TVTensor, _metadata: Readonly<Record<string, unknown>> = {}): TVTensor {
    return ofClass(tensor, like)
  }

  /** @internal */
  protected _reprWith(metadata: string): string {
    return `${super.toString().slice(0, -1)}, ${metadata})`
  }
}

for (const name of ['clone', 'to', 'detach', 'pin_memory'] as const) {
  const method = Tensor.prototype[name] as (...args: unknown[]) => Tensor
  Object.defineProperty(TVTensor.prototype, name, {
    configurable: true,
    writable: true,
    value(this: TVTensor, ...args: unknown[]): Tensor {
      const result = method.apply(this, args)
      return result === this ? this : (this.constructor as typeof TVTensor).wrap(result, this)
    },
  })
}
