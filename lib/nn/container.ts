import { notImplementedError, warn } from '../_C/raise.js'
import { type AnyModule, Module } from './module.js'

/**
 * A module with the given children. Deprecated as in PyTorch: write a subclass of `Module`.
 */
export class Container extends Module {
  constructor(children: Record<string, AnyModule | null> = {}) {
    warn(
      '`nn.Container` is deprecated. All of its functionality is now implemented in `nn.Module`. Subclass that instead.',
      'FutureWarning',
    )
    super()
    for (const [name, child] of Object.entries(children)) this.add_module(name, child)
  }

  forward(): never {
    throw notImplementedError(`Module [${this._get_name()}] is missing the required "forward" function`)
  }
}
