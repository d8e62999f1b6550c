/** A module's state: `state_dict`, `load_state_dict` and what runs around them. */
import type { RemovableHandle } from '../utils/hooks.js'
import { ModuleConversion } from './_module_conversion.js'
import { addHook, hooksOf } from './_module_hooks.js'
import {
  type IncompatibleKeys,
  type LoadReport,
  loadOwn,
  loadTree,
  type ModuleMetadata,
  newStateDict,
  type StateDict,
  saveOwn,
  saveTree,
} from './_state_dict.js'
import type { AnyModule } from './module.js'

const self = (module: ModuleCheckpoint): AnyModule => module as unknown as AnyModule

/** @internal */
export abstract class ModuleCheckpoint extends ModuleConversion {
  /** Extra state to keep in the `state_dict`; a class that has this also has `set_extra_state`. */
  get_extra_state?(): unknown
  set_extra_state?(state: unknown): void

  /** The version of the class's state, kept in a state dict's metadata for whoever has to read old ones. */
  get _version(): number {
    return 1
  }

  /**
   * Parameters and persistent buffers by dotted name, sharing memory with the module. They come detached from autograd
   * unless `keep_vars`. The versions of the modules' classes are in the hidden property `_metadata`.
   */
  state_dict(options: { destination?: StateDict; prefix?: string; keep_vars?: boolean } = {}): StateDict {
    const { destination = newStateDict(), prefix = '', keep_vars = false } = options
    return saveTree(self(this), destination, prefix, keep_vars)
  }

  /**
   * Copies a state dict into the module. `strict` insists on the same names on both sides; `assign` takes the tensors
   * themselves instead of copying.
   *
   * @returns the names without partner: `{ missing_keys, unexpected_keys }`.
   * @throws TorchError that lists all that is missing, unexpected or of another size.
   */
  load_state_dict(
    state_dict: StateDict,
    strict: boolean | { strict?: boolean; assign?: boolean } = true,
    assign: boolean | { assign?: boolean } = false,
  ): IncompatibleKeys {
    const options = { strict: true, assign: false }
    if (typeof strict === 'object') Object.assign(options, strict)
    else options.strict = strict
    if (typeof assign === 'object') Object.assign(options, assign)
    else if (assign) options.assign = assign
    return loadTree(self(this), state_dict, options.strict, options.assign)
  }

  /** Writes the module's own tensors, not its children's; a class with a layout of its own overrides it. */
  _save_to_state_dict(destination: StateDict, prefix: string, keep_vars: boolean): void {
    saveOwn(self(this), destination, prefix, keep_vars)
  }

  /** Reads the module's own tensors; a class that has to read older layouts overrides it. */
  _load_from_state_dict(
    state_dict: StateDict,
    prefix: string,
    local_metadata: ModuleMetadata,
    strict: boolean,
    report: LoadReport,
  ): void {
    loadOwn(self(this), state_dict, prefix, local_metadata, strict, report)
  }

  /** Runs `hook(module, prefix, keep_vars)` before `state_dict` reads this module. */
  register_state_dict_pre_hook<M extends AnyModule>(
    this: M,
    hook: (module: M, prefix: string, keep_vars: boolean) => void,
  ): RemovableHandle {
    return addHook(hooksOf(this).stateDictPre, { hook })
  }

  /** Runs `hook(module, state_dict, prefix, local_metadata)` after `state_dict` has read this module and what is below. */
  register_state_dict_post_hook<M extends AnyModule>(
    this: M,
    hook: (module: M, state_dict: StateDict, prefix: string, local_metadata: ModuleMetadata) => void,
  ): RemovableHandle {
    return addHook(hooksOf(this).stateDictPost, { hook })
  }

  /** Runs before `load_state_dict` gets to this module; the hook may change the state dict and the lists. */
  register_load_state_dict_pre_hook<M extends AnyModule>(
    this: M,
    hook: (
      module: M,
      state_dict: StateDict,
      prefix: string,
      local_metadata: ModuleMetadata,
      strict: boolean,
      missing_keys: string[],
      unexpected_keys: string[],
      error_msgs: string[],
    ) => void,
  ): RemovableHandle {
    return addHook(hooksOf(this).loadStateDictPre, { hook })
  }

  /** Runs `hook(module, incompatible_keys)` after this module is loaded; the hook may change the lists. */
  register_load_state_dict_post_hook<M extends AnyModule>(
    this: M,
    hook: (module: M, incompatible_keys: IncompatibleKeys) => void,
  ): RemovableHandle {
    return addHook(hooksOf(this).loadStateDictPost, { hook })
  }
}
