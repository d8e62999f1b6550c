/** Classes that Python programs call, which JavaScript's need `new` for. */

type Class = abstract new (...args: never[]) => object

/** `C`, with or without `new`. */
export type CallableClass<C extends Class> = C & ((...args: ConstructorParameters<C>) => InstanceType<C>)

/** Makes `C(...)` the same as `new C(...)`; everything else is the class's own. */
export function callableClass<C extends Class>(type: C): CallableClass<C> {
  return new Proxy(type, {
    apply: (target, _self, args: unknown[]) => Reflect.construct(target as unknown as new () => object, args),
  }) as CallableClass<C>
}
