import { inspect } from 'node:util'

/**
 * A shape: an array of numbers that prints as Python's does.
 * https://docs.pytorch.org/docs/stable/size.html
 */
export class Size extends Array<number> {
  static {
    // `map` and the like give plain arrays. As a value, because a getter makes every construction fifty times slower.
    Object.defineProperty(Size, Symbol.species, { value: Array })
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
  const { length } = sizes
  const size = new Size(length)
  for (let i = 0; i < length; i++) size[i] = sizes[i]!
  return size
}

/** Python's tuple: `(2,)`, `(2, 3)`. @internal */
export function tupleText(items: readonly unknown[]): string {
  return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`
}
