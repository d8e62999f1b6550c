/** `state_dict` and `load_state_dict`: the walk over a module's tree. */
import { inspect } from 'node:util'
import { isPlainObject, typeName } from '../_C/args.js'
import { native } from '../_C/native.js'
import { runtimeError, warn } from '../_C/raise.js'
import { sizeText } from '../size.js'
import type { Tensor } from '../tensor.js'
import { kState, ownBuffers, ownChildren, ownParameters, recordOf } from './_module_state.js'
import { withoutGrad } from './_no_grad.js'
import { Buffer } from './buffer.js'
import type { AnyModule } from './module.js'
import { Parameter } from './parameter.js'
import { is_lazy } from './uninitialized.js'

/**
 * A module's state by dotted name, in Python's order: a plain object. A name that is a whole number, as a
 * `ParameterList` on its own has, comes in ascending order, as JavaScript's objects keep it; any other keeps its place.
 * The versions of the modules are kept beside it in the hidden `_metadata`.
 */
export type StateDict = Record<string, Tensor>

/** What `state_dict` notes for one module, by its path. */
export interface ModuleMetadata {
  version?: number
  assign_to_params_buffers?: boolean
}

/** `_metadata` of a state dict. */
export type StateDictMetadata = Record<string, ModuleMetadata>

export const extraStateSuffix = '_extra_state'

/** The names that `load_state_dict` did not find a partner for. */
export class IncompatibleKeys {
  constructor(
    readonly missing_keys: string[],
    readonly unexpected_keys: string[],
  ) {}

  toString(): string {
    if (this.missing_keys.length === 0 && this.unexpected_keys.length === 0) return '<All keys matched successfully>'
    const list = (keys: string[]): string => `[${keys.map(key => `'${key}'`).join(', ')}]`
    return `_IncompatibleKeys(missing_keys=${list(this.missing_keys)}, unexpected_keys=${list(this.unexpected_keys)})`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

/** The hidden metadata of a state dict, or undefined for a dict made by hand. */
export function metadataOf(stateDict: StateDict): StateDictMetadata | undefined {
  return (stateDict as { _metadata?: StateDictMetadata })._metadata
}

/** An empty state dict with metadata that enumeration does not show. @internal */
export function newStateDict(metadata: StateDictMetadata = {}): StateDict {
  return Object.defineProperty({}, '_metadata', { value: metadata, writable: true, configurable: true })
}

/** Fills `destination` with the state of `module` and its children. */
export function saveTree(module: AnyModule, destination: StateDict, prefix: string, keepVars: boolean): StateDict {
  const localMetadata: ModuleMetadata = { version: module._version }
  const metadata = metadataOf(destination)
  if (metadata) metadata[prefix.slice(0, -1)] = localMetadata
  const hooks = recordOf(module)[kState].hooks
  if (hooks) for (const { hook } of hooks.stateDictPre) (hook as CallableFunction)(module, prefix, keepVars)
  module._save_to_state_dict(destination, prefix, keepVars)
  for (const [name, child] of ownChildren(module)) {
    child.state_dict({ destination, prefix: `${prefix}${name}.`, keep_vars: keepVars })
  }
  if (hooks) {
    for (const { hook } of hooks.stateDictPost) {
      const returned: unknown = (hook as CallableFunction)(module, destination, prefix, localMetadata)
      if (returned !== undefined && returned !== null) throw runtimeError('state_dict post-hook must return None')
    }
  }
  return destination
}

/** Puts the module's own parameters and persistent buffers into `destination`. */
export function saveOwn(module: AnyModule, destination: StateDict, prefix: string, keepVars: boolean): void {
  for (const [name, parameter] of ownParameters(module))
    destination[prefix + name] = keepVars || is_lazy(parameter) ? parameter : parameter.detach()
  for (const [name, buffer, persistent] of ownBuffers(module))
    if (persistent) destination[prefix + name] = keepVars || is_lazy(buffer) ? buffer : buffer.detach()
  const extra = module.get_extra_state
  // Extra state may be anything that can be saved; the type tells of tensors, which all else is.
  if (extra) destination[prefix + extraStateSuffix] = extra.call(module) as Tensor
}

/** What happened while a state dict was loaded; shared by the whole tree. */
export interface LoadReport {
  missing_keys: string[]
  unexpected_keys: string[]
  error_msgs: string[]
}

/** Copies `stateDict` into the module's own parameters and buffers, and checks its names. */
export function loadOwn(
  module: AnyModule,
  stateDict: StateDict,
  prefix: string,
  localMetadata: ModuleMetadata,
  strict: boolean,
  report: LoadReport,
): void {
  const local = new Map<string, Tensor>(ownParameters(module))
  for (const [name, buffer, persistent] of ownBuffers(module)) if (persistent) local.set(name, buffer)
  for (const [name, target] of local) {
    const key = prefix + name
    if (!Object.hasOwn(stateDict, key)) {
      if (strict) report.missing_keys.push(key)
      continue
    }
    const problem = loadOne(module, name, key, target, stateDict[key], localMetadata.assign_to_params_buffers ?? false)
    if (problem) report.error_msgs.push(problem)
  }
  loadExtraState(module, stateDict, prefix, strict, report)
  if (!strict) return
  const children = new Set(ownChildren(module).map(([name]) => name))
  for (const key of Object.keys(stateDict)) {
    if (!key.startsWith(prefix) || key === prefix + extraStateSuffix) continue
    const [head, ...rest] = key.slice(prefix.length).split('.') as [string, ...string[]]
    if (!(rest.length > 0 ? children.has(head) : local.has(head))) report.unexpected_keys.push(key)
  }
}

/** Loads one tensor; returns what is wrong, or null. */
function loadOne(
  module: AnyModule,
  name: string,
  key: string,
  target: Tensor,
  given: unknown,
  assign: boolean,
): string | null {
  if (!native.isTensor(given))
    return `While copying the parameter named "${key}", expected torch.Tensor or Tensor-like object from checkpoint but received ${typeName(given)}`
  let source = given as Tensor
  // Both without a shape: there is nothing to copy yet.
  if (is_lazy(target) && is_lazy(source)) return null
  const shape = target.shape
  // Checkpoints of PyTorch 0.3 keep scalars as vectors of one element.
  if (shape.length === 0 && native.dim(source) === 1 && native.numel(source) === 1) source = source.reshape([])
  const sourceShape = source.shape
  if (shape.length !== sourceShape.length || shape.some((size, i) => size !== sourceShape[i]))
    return `size mismatch for ${key}: copying a param with shape ${sizeText(sourceShape)} from checkpoint, the shape in current model is ${sizeText(shape)}.`
  if (target.is_meta && !source.is_meta && !assign)
    warn(
      `for ${key}: copying from a non-meta parameter in the checkpoint to a meta parameter in the current model, which is ` +
        'a no-op. (Did you mean to pass `assign=True` to assign items in the state dictionary to their corresponding key ' +
        'in the module instead of copying them in place?)',
    )
  try {
    withoutGrad(() => {
      if (!assign) target.copy_(source)
      else recordOf(module)[name] = assignable(target, source)
    })
  } catch (error) {
    return `While copying the parameter named "${key}", whose dimensions in the model are ${sizeText(shape)} and whose dimensions in the checkpoint are ${sizeText(sourceShape)}, an exception occurred : ${String(error)}.`
  }
  return null
}

function assignable(target: Tensor, source: Tensor): Tensor {
  if (target instanceof Buffer && !(source instanceof Buffer))
    return new Buffer(source, { persistent: target.persistent })
  if (!(target instanceof Parameter)) return source
  const requiresGrad = native.requiresGrad(target)
  if (!(source instanceof Parameter)) return new Parameter(source, requiresGrad)
  native.setRequiresGrad(source, requiresGrad)
  return source
}

function loadExtraState(
  module: AnyModule,
  stateDict: StateDict,
  prefix: string,
  strict: boolean,
  report: LoadReport,
): void {
  const key = prefix + extraStateSuffix
  const present = Object.hasOwn(stateDict, key)
  if (module.set_extra_state) {
    if (present) module.set_extra_state(stateDict[key])
    else if (strict) report.missing_keys.push(key)
  } else if (strict && present) {
    report.unexpected_keys.push(key)
  }
}

/** `load_state_dict` of a whole tree. */
export function loadTree(module: AnyModule, stateDict: StateDict, strict: boolean, assign: boolean): IncompatibleKeys {
  if (!isPlainObject(stateDict)) throw new TypeError(`Expected state_dict to be dict-like, got ${typeName(stateDict)}.`)
  const metadata = metadataOf(stateDict)
  const report: LoadReport = { missing_keys: [], unexpected_keys: [], error_msgs: [] }
  const incompatible = new IncompatibleKeys(report.missing_keys, report.unexpected_keys)

  const load = (target: AnyModule, local: StateDict, prefix: string): void => {
    const localMetadata: ModuleMetadata = { ...metadata?.[prefix.slice(0, -1)] }
    if (assign) localMetadata.assign_to_params_buffers = true
    const hooks = recordOf(target)[kState].hooks
    if (hooks)
      for (const { hook } of hooks.loadStateDictPre)
        (hook as CallableFunction)(
          target,
          local,
          prefix,
          localMetadata,
          true,
          report.missing_keys,
          report.unexpected_keys,
          report.error_msgs,
        )
    target._load_from_state_dict(local, prefix, localMetadata, true, report)
    for (const [name, child] of ownChildren(target)) {
      const childPrefix = `${prefix}${name}.`
      const part: StateDict = {}
      for (const key of Object.keys(local)) if (key.startsWith(childPrefix)) part[key] = local[key]!
      load(child, part, childPrefix)
    }
    if (hooks) {
      for (const { hook } of hooks.loadStateDictPost) {
        const returned: unknown = (hook as CallableFunction)(target, incompatible)
        if (returned !== undefined && returned !== null)
          throw runtimeError(
            'Hooks registered with ``register_load_state_dict_post_hook`` are not expected to return new values, if ' +
              'incompatible_keys need to be modified, it should be done inplace.',
          )
      }
    }
  }
  load(module, { ...stateDict }, '')

  const errors = [...report.error_msgs]
  const quoted = (keys: string[]): string => keys.map(key => `"${key}"`).join(', ')
  if (strict && report.unexpected_keys.length > 0)
    errors.unshift(`Unexpected key(s) in state_dict: ${quoted(report.unexpected_keys)}. `)
  if (strict && report.missing_keys.length > 0)
    errors.unshift(`Missing key(s) in state_dict: ${quoted(report.missing_keys)}. `)
  if (errors.length > 0)
    throw runtimeError(`Error(s) in loading state_dict for ${module.constructor.name}:\n\t${errors.join('\n\t')}`)
  return incompatible
}
