import { inspect } from 'node:util'
import { Callable, setCaller } from '../../nn/_callable.js'

/** Anything that makes something of one thing: a transform, a module, a function. */
export type AnyTransform = (input: never) => unknown

/** The base of transforms that are no modules: objects that are called, `transform(image)`. */
export abstract class Transform extends Callable {
  abstract forward(input: never): unknown

  override toString(): string {
    return `${this.constructor.name}()`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

setCaller<Transform>(Transform.prototype, (self, args) => self.forward(args[0] as never))
