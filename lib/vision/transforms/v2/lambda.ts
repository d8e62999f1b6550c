import { Transform } from './_transform.js'
import { check_type, type TypeOrCheck } from './_utils.js'

/** A class, whatever its constructor takes. */
type Class = Extract<TypeOrCheck, { readonly prototype: object }>

/**
 * A function as a transform, for the values that are of one of `types`; by default for all.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.Lambda.html
 */
export class Lambda extends Transform {
  static override readonly _transformed_types: readonly TypeOrCheck[] = [() => true]

  readonly types: readonly Class[]
  private readonly _lambd: (inpt: never) => unknown

  constructor(lambd: (inpt: never) => unknown, ...types: readonly Class[]) {
    super()
    if (typeof lambd !== 'function') throw new TypeError('Argument lambd should be callable')
    this._lambd = lambd
    this.types = types
  }

  override transform(inpt: unknown): unknown {
    const wanted = this.types.length === 0 || check_type(inpt, this.types)
    return wanted ? this._lambd(inpt as never) : inpt
  }

  override extra_repr(): string {
    const types =
      this.types.length === 0 ? ['object'] : this.types.map(type => (type as unknown as { name: string }).name)
    return `${this._lambd.name || '<lambda>'}, types=[${types.map(name => `'${name}'`).join(', ')}]`
  }
}
