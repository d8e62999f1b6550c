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

  constructor(sizes: Iterable<number> = []) {
    super()
    if (sizes === null || typeof sizes !== 'object' || !(Symbol.iterator in sizes))
      throw new TypeError(`torch.Size() takes an iterable of integers, not ${typeof sizes}`)
    for (const size of sizes) this.push(checkedSize(size))
  }

  /** How many elements a tensor of this shape has. */
  numel(): number {
    let product = 1
    for (let i = 0; i < this.length; i++) product *= this[i]!
    return product
  }

  override toString(): string {
    return sizeText(this)
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

function checkedSize(size: unknown): number {
  if (typeof size === 'number' && Number.isInteger(size)) return size
  throw new TypeError(`torch.Size() takes an iterable of integers (item is ${String(size)})`)
}

/** The `Size` with these numbers. @internal */
export function sizeOf(sizes: readonly number[]): Size {
  const size = new Size()
  for (let i = 0; i < sizes.length; i++) size[i] = sizes[i]!
  return size
}

/** A shape as Python prints it: `torch.Size([2, 3])`. @internal */
export function sizeText(shape: readonly number[]): string {
  return `torch.Size([${shape.join(', ')}])`
}

/** Python's tuple: `(2,)`, `(2, 3)`. @internal */
export function tupleText(items: readonly unknown[]): string {
  return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`
}
