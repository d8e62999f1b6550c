import { callsForwardOnly } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import { Image } from '../image.js'
import { floatImage } from './functional.js'
import { Normalize } from './normalize.js'
import { ToTensor } from './to_tensor.js'
import { type AnyTransform, Transform } from './transform.js'

type InputOf<T> = T extends (input: infer Input) => unknown ? Input : never
type OutputOf<T> = T extends (input: never) => infer Output ? Output : never
type First<T extends readonly unknown[]> = T extends readonly [infer Head, ...unknown[]] ? Head : T[number]
type Last<T extends readonly unknown[]> = T extends readonly [...unknown[], infer Tail] ? Tail : T[number]

export interface Compose<T extends readonly AnyTransform[]> {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  (input: InputOf<First<T>>): OutputOf<Last<T>>
}

/**
 * Transforms one after the other: `new Compose([new ToTensor(), new Normalize([0.5], [0.5])])(image)`. Where one is
 * asynchronous the rest waits for it, and the result is a promise.
 *
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.Compose.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class Compose<T extends readonly AnyTransform[]> extends Transform {
  readonly transforms: T

  constructor(transforms: readonly [...T]) {
    super()
    if (!Array.isArray(transforms) || transforms.some(transform => typeof transform !== 'function'))
      throw new TypeError('Compose takes an array of transforms, modules or functions')
    this.transforms = transforms as unknown as T
  }

  forward(input: InputOf<First<T>>): OutputOf<Last<T>> {
    const transforms = this.transforms as readonly unknown[] as readonly ((input: unknown) => unknown)[]
    let result: unknown = input
    for (let i = 0; i < transforms.length; i++) {
      const transform = transforms[i]!
      if (result instanceof Promise) {
        result = result.then(transform)
        continue
      }
      const both = normalized(transform, transforms[i + 1], result)
      if (both) i++
      result = both ?? transform(result)
    }
    return result as OutputOf<Last<T>>
  }

  override toString(): string {
    const lines = this.transforms.map(transform => `\n    ${describe(transform)}`)
    return `${this.constructor.name}(${lines.join('')}\n)`
  }
}

/** What `ToTensor` and a `Normalize` after it make of an image, in one pass; null where these are not they. */
function normalized(first: unknown, second: unknown, input: unknown): Tensor | null {
  if (!(input instanceof Image && first instanceof ToTensor && second instanceof Normalize)) return null
  const plain = first.constructor === ToTensor && second.constructor === Normalize && callsForwardOnly(second)
  return plain ? floatImage(input, second.mean, second.std) : null
}

function describe(transform: AnyTransform): string {
  // A plain function has no printed form of its own; its source would be one.
  if (Object.getPrototypeOf(transform) === Function.prototype) return `<function ${transform.name || '<lambda>'}>`
  return String(transform)
}
