/** A call of a module with other tensors in the place of its own. */
import { isPlainObject, typeName } from '../../_C/args.js'
import { TorchError } from '../../_C/errors.js'
import { native } from '../../_C/native.js'
import { runtimeError, warn } from '../../_C/raise.js'
import { runThen } from '../../autograd/_finally.js'
import type { Tensor } from '../../tensor.js'
import { isModule, recordOf } from '../_module_state.js'
import type { AnyModule } from '../module.js'

export interface SwapOptions {
  /** Tensors that the module holds under several names are replaced under all of them. Default true. */
  tie_weights?: boolean
  /** The names must be exactly those of the module. Default false. */
  strict?: boolean
}

/** The names under which each of the module's tensors is found. */
function namesOf(module: AnyModule): Map<Tensor, string[]> {
  const names = new Map<Tensor, string[]>()
  const all = { remove_duplicate: false }
  for (const [name, t] of [...module.named_parameters(all), ...module.named_buffers(all)])
    names.set(t, [...(names.get(t) ?? []), name])
  return names
}

/** What is given for one name of a tied tensor holds for its other names. */
function untie(names: Map<Tensor, string[]>, given: Record<string, Tensor>): Record<string, Tensor> {
  const result = { ...given }
  for (const tied of names.values()) {
    const named = tied.filter(name => Object.hasOwn(given, name))
    const [first] = named
    if (first === undefined) continue
    if (named.some(name => given[name] !== given[first]))
      throw runtimeError(
        `functional_call got multiple values for keys ${named.join(', ')}, which are tied. Consider using tie_weights=False`,
      )
    for (const name of tied) result[name] = given[first]!
  }
  return result
}

function checkNames(names: Map<Tensor, string[]>, given: Record<string, Tensor>): void {
  const known = new Set([...names.values()].flat())
  const list = (keys: string[]): string => keys.map(key => `'${key}'`).join(', ')
  const unexpected = Object.keys(given).filter(name => !known.has(name))
  const missing = [...known].filter(name => !Object.hasOwn(given, name))
  const lines = [
    ...(unexpected.length > 0 ? [`Unexpected key(s): ${list(unexpected)}.`] : []),
    ...(missing.length > 0 ? [`Missing key(s): ${list(missing)}.`] : []),
  ]
  if (lines.length > 0) throw runtimeError(`Error(s) in reparametrizing:\n\t${lines.join('\n\t')}`)
}

/** Puts the tensors in and returns what takes them out again. */
function swapIn(module: AnyModule, tensors: Record<string, Tensor>): () => void {
  const undo: (() => void)[] = []
  const restore = (): void => {
    for (const one of undo.reverse()) one()
  }
  try {
    for (const [path, tensor] of Object.entries(tensors)) {
      if (!native.isTensor(tensor)) throw new TypeError(`${path} must be a Tensor, got ${typeName(tensor)}`)
      const dot = path.lastIndexOf('.')
      const owner = module.get_submodule(path.slice(0, Math.max(dot, 0)))
      const name = path.slice(dot + 1)
      const record = recordOf(owner)
      const old = Object.getOwnPropertyDescriptor(record, name)
      if (old && old.value !== null && !native.isTensor(old.value))
        throw new TorchError(`${name} of ${owner._get_name()} is no parameter or buffer`, 'ERR_TORCH_ATTRIBUTE')
      Object.defineProperty(record, name, { value: tensor, writable: true, enumerable: true, configurable: true })
      undo.push(() => (old ? Object.defineProperty(record, name, old) : delete record[name]))
    }
  } catch (error) {
    restore()
    throw error
  }
  return restore
}

/** The one implementation behind both `functional_call`s. @internal */
export function callWith(
  module: AnyModule,
  tensors: Record<string, Tensor>,
  args: unknown,
  kwargs: Record<string, unknown> | null,
  { tie_weights = true, strict = false }: SwapOptions,
): unknown {
  if (!isModule(module)) throw new TypeError(`functional_call(): expected a Module, got ${typeName(module)}`)
  if (!isPlainObject(tensors))
    throw new TypeError(`functional_call(): expected a dict of tensors, got ${typeName(tensors)}`)
  const names = namesOf(module)
  const all = tie_weights ? untie(names, tensors) : tensors
  if (strict) checkNames(names, all)
  const list: unknown[] = args === null || args === undefined ? [] : Array.isArray(args) ? [...args] : [args]
  if (kwargs !== null && Object.keys(kwargs).length > 0) list.push(kwargs)
  const restore = swapIn(module, all)
  return runThen(() => (module as unknown as (...args: unknown[]) => unknown)(...list), restore)
}

/**
 * The older name of `torch.func.functional_call`.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.stateless.functional_call.html
 */
export function functional_call(
  module: AnyModule,
  parameters_and_buffers: Record<string, Tensor>,
  args: unknown = null,
  kwargs: Record<string, unknown> | null = null,
  options: SwapOptions = {},
): unknown {
  warn(
    'This API is deprecated as of PyTorch 2.0 and will be removed in a future version of PyTorch. Please use torch.func.functional_call instead which is a drop-in replacement.',
    'FutureWarning',
  )
  return callWith(module, parameters_and_buffers, args, kwargs, options)
}
