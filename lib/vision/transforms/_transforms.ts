/** What transforms of transforms share. */

import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import type { AnyTransform } from './transform.js'

/** @throws {TypeError} for what is no array of functions, modules or transforms */
export function checkTransforms<T extends readonly AnyTransform[]>(transforms: T): T {
  if (!Array.isArray(transforms)) throw new TypeError('Argument transforms should be a sequence')
  if (transforms.some(transform => typeof transform !== 'function'))
    throw new TypeError('transforms should be functions, modules or transforms')
  return transforms
}

/** One after the other; after an asynchronous one the rest waits, and the result is a promise. */
export function runTransforms<T extends Image | Tensor>(transforms: readonly AnyTransform[], img: T): T {
  let result: unknown = img
  for (const transform of transforms as readonly unknown[] as readonly ((input: unknown) => unknown)[])
    result = result instanceof Promise ? result.then(transform) : transform(result)
  return result as T
}

/** Its printed form; a plain function has none of its own, its source would be one. */
export function transformText(transform: AnyTransform): string {
  if (Object.getPrototypeOf(transform) === Function.prototype) return `<function ${transform.name || '<lambda>'}>`
  return String(transform)
}
