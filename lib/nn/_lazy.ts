/** Modules that learn their sizes from the first input, and then become ordinary ones. */
import { native } from '../_C/native.js'
import { runtimeError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { setCaller } from './_callable.js'
import { ownBuffers, ownParameters } from './_module_state.js'
import type { StateDict } from './_state_dict.js'
import { type AnyModule, callModule } from './module.js'
import { is_lazy } from './uninitialized.js'

/** What a lazy module has beside the methods of the one it becomes. */
export interface LazyModule {
  /** The class that the first call makes of it. */
  readonly cls_to_become: unknown
  /** Whether the sizes of some parameter or buffer are not known yet. */
  has_uninitialized_params(): boolean
  /** Makes and draws the parameters for an input; the first call does it. */
  initialize_parameters(input: Tensor): void
}

/** A module as `makeLazy` needs it. */
export type Ordinary = AnyModule & { reset_parameters(): void }

function ownTensors(module: AnyModule): [string, Tensor][] {
  return [...ownParameters(module), ...ownBuffers(module).map(([name, t]): [string, Tensor] => [name, t])]
}

/** Gives what is uninitialised the shapes that a state dict has for it. */
function materializeFrom(module: AnyModule, stateDict: StateDict, prefix: string): void {
  for (const [name, t] of ownTensors(module)) {
    const given: unknown = stateDict[prefix + name]
    if (is_lazy(t) && native.isTensor(given) && !is_lazy(given)) t.materialize((given as Tensor).shape)
  }
}

/**
 * Makes `Lazy` a lazy `Base`. `initialize` is told the first input and sets the sizes; `known` says whether they are set, which
 * drawing parameters waits for.
 */
export function makeLazy<L extends Ordinary & LazyModule>(
  Lazy: { readonly prototype: L },
  Base: { readonly prototype: Ordinary },
  known: (module: L) => boolean,
  initialize: (module: L, input: Tensor) => void,
): void {
  const base = Base.prototype
  const methods: Omit<LazyModule, 'cls_to_become'> &
    Pick<Ordinary, 'reset_parameters' | '_load_from_state_dict'> &
    ThisType<L> = {
    has_uninitialized_params() {
      return ownTensors(this).some(([, t]) => is_lazy(t))
    },
    initialize_parameters(input) {
      initialize(this, input)
    },
    reset_parameters() {
      if (!this.has_uninitialized_params() && known(this)) base.reset_parameters.call(this)
    },
    _load_from_state_dict(state_dict, prefix, local_metadata, strict, report) {
      materializeFrom(this, state_dict, prefix)
      base._load_from_state_dict.call(this, state_dict, prefix, local_metadata, strict, report)
    },
  }
  for (const [name, value] of Object.entries(methods))
    Object.defineProperty(Lazy.prototype, name, { value, writable: true, configurable: true })
  Object.defineProperty(Lazy.prototype, 'cls_to_become', { value: Base })
  setCaller<L>(Lazy.prototype, (self, args) => {
    // Only the first call sees a lazy module: it becomes an ordinary one, and keeps this caller.
    if (Object.prototype.isPrototypeOf.call(Lazy.prototype, self)) {
      self.initialize_parameters(args[0] as Tensor)
      if (self.has_uninitialized_params())
        throw runtimeError(`module ${self._get_name()} has not been fully initialized`)
      Object.setPrototypeOf(self, base)
    }
    return callModule(self, args)
  })
}
