/**
 * Objects that can be called: what makes `model(x)` run `forward`.
 *
 * JavaScript calls only functions, so a module is one: a function whose prototype is the class's. Its chain is
 * `Net.prototype → … → Module.prototype → Callable.prototype → Object.prototype`; `Function.prototype` is not on it, which
 * leaves names such as `apply` and `call` to the module.
 */

/** Gets the arguments of a call of `self`. */
export type Caller<T> = (self: T, args: unknown[]) => unknown

const callers = new WeakMap<object, Caller<never>>()

/** Says what a call of an instance of `prototype`'s class, or of its subclasses, does. */
export function setCaller<T>(prototype: object, caller: Caller<T>): void {
  callers.set(prototype, caller as Caller<never>)
}

function callerOf(prototype: object): Caller<unknown> {
  for (let p: object | null = prototype; p; p = Object.getPrototypeOf(p) as object | null) {
    const caller = callers.get(p)
    if (caller) return caller as Caller<unknown>
  }
  throw new TypeError(`${prototype.constructor.name} object is not callable`)
}

/** A new function object of the class, made without running its constructor. */
export function makeCallable(prototype: object): object {
  const caller = callerOf(prototype)
  const self = (...args: unknown[]): unknown => caller(self, args)
  // A function's own `name` and `length` would hide a child of that name from the scan of own properties.
  Reflect.deleteProperty(self, 'name')
  Reflect.deleteProperty(self, 'length')
  Object.setPrototypeOf(self, prototype)
  return self
}

/** The root of the classes whose instances are called. Subclasses' fields land on the function object. */
export class Callable {
  constructor() {
    // biome-ignore lint/correctness/noConstructorReturn: the function object takes the place of `this`.
    return makeCallable(new.target.prototype) as Callable
  }
}
