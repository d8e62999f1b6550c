import { inspect } from 'node:util'

/**
 * A shape: an array of numbers that prints as Python's does.
 * https://docs.pytorch.org/docs/stable/size.html
 */
export class Size extends Array<number> {
  /** `map` and the like give plain arrays. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  /** How many elements a tensor of this shape has. */
  numel(): number {
    let product = 1
    for (let i = 0; i < this.length; i++) product *= this[i]!
    return product
  }

  override toString(): string {
    return `torch.Size([${this.join(', ')}])`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

/** The `Size` with these numbers. @internal */
export function sizeOf(sizes: readonly number[]): Size {
  // `new Size(3)` would make three holes.
  const size = new Size()
  for (let i = 0; i < sizes.length; i++) size.push(sizes[i]!)
  return size
}

/** Python's tuple: `(2,)`, `(2, 3)`. @internal */
export function tupleText(items: readonly unknown[]): string {
  return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`
}
