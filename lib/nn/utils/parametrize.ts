/**
 * Tensors of modules that are computed from others, at each use.
 * https://docs.pytorch.org/docs/stable/nn.html#parametrizations
 */
import { signature, typeName } from '../../_C/args.js'
import { NotImplementedError } from '../../_C/errors.js'
import { native } from '../../_C/native.js'
import { valueError } from '../../_C/raise.js'
import { blockOrRun } from '../../autograd/_finally.js'
import type { Tensor } from '../../tensor.js'
import { isModule, ownBuffers, ownParameters, recordOf } from '../_module_state.js'
import { withoutGrad } from '../_no_grad.js'
import type { AnyModule } from '../module.js'
import { ModuleDict } from '../module_dict.js'
import { Parameter } from '../parameter.js'
import {
  checkAlike,
  evaluate,
  type Parametrization,
  ParametrizationList,
  registerParameterOrBuffer,
} from './parametrization_list.js'

export { type Parametrization, ParametrizationList } from './parametrization_list.js'

let caching = 0
let cache = new WeakMap<AnyModule, Map<string, Tensor>>()

/**
 * While `fn` runs, or until a `using` block ends, a parametrized tensor is computed once and then remembered.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.cached.html
 */
export function cached(): Disposable
export function cached<T>(fn: () => T): T
export function cached<T>(fn?: () => T): T | Disposable {
  caching++
  return blockOrRun(fn, () => {
    caching--
    if (caching === 0) cache = new WeakMap()
  })
}

function listOf(module: AnyModule, name: string): ParametrizationList {
  return (recordOf(module).parametrizations as ModuleDict<ParametrizationList>).get(name)
}

/** What reading `module[name]` gives. */
function parametrized(module: AnyModule, name: string): Tensor {
  if (caching === 0) return evaluate(listOf(module, name))
  let known = cache.get(module)
  if (!known) {
    known = new Map()
    cache.set(module, known)
  }
  const tensor = known.get(name) ?? evaluate(listOf(module, name))
  known.set(name, tensor)
  return tensor
}

/** The prototypes made here, and the class's own that each stands before. */
const injected = new WeakMap<object, object>()

/** Puts a prototype of the module's own, `ParametrizedLinear`, before that of its class: for the properties. */
function injectClass(module: AnyModule): void {
  const original = Object.getPrototypeOf(module) as object
  const name = `Parametrized${original.constructor.name}`
  const constructor = { [name]: class {} }[name]
  const prototype = Object.create(original, { constructor: { value: constructor } }) as object
  injected.set(prototype, original)
  Object.setPrototypeOf(module, prototype)
}

function injectProperty(module: AnyModule, name: string): void {
  Object.defineProperty(Object.getPrototypeOf(module), name, {
    configurable: true,
    get(this: AnyModule) {
      return parametrized(this, name)
    },
    set(this: AnyModule, value: Tensor) {
      listOf(this, name).right_inverse(value)
    },
  })
}

function described(module: AnyModule): string {
  return isModule(module) ? module.toString() : typeName(module)
}

interface Register {
  module: AnyModule
  tensor_name: string
  parametrization: Parametrization
  unsafe: boolean
}

const bindRegister = signature<Register>('register_parametrization', 'module', 'tensor_name', 'parametrization', '*', [
  'unsafe',
  false,
])

/**
 * Makes `module[tensor_name]`, a parameter or buffer, the result of `parametrization(original)`, computed whenever it is
 * read; `original` is at `module.parametrizations.get(tensor_name).original`. Assigning to the name sets `original` through
 * the `right_inverse`s. A second parametrization comes after the first. Unless `unsafe`, shape and dtype must stay.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.register_parametrization.html
 */
export function register_parametrization<M extends AnyModule>(
  module: M,
  tensor_name: string,
  parametrization: Parametrization,
  keywords: { unsafe?: boolean } = {},
): M {
  const { unsafe } = bindRegister([module, tensor_name, parametrization, keywords])
  for (const value of [module, parametrization])
    if (!isModule(value)) throw new TypeError(`register_parametrization(): expected a Module, got ${typeName(value)}`)
  parametrization.train(module.training)
  if (is_parametrized(module, tensor_name)) {
    const list = listOf(module, tensor_name)
    if (!unsafe) checkAnother(module, tensor_name, parametrization)
    list.append(parametrization)
    list.unsafe ||= unsafe
    return module
  }
  const owned = [...ownParameters(module), ...ownBuffers(module)].find(([name]) => name === tensor_name)
  if (!owned)
    throw valueError(
      `Module '${described(module)}' does not have a parameter, a buffer, or a parametrized element with name '${tensor_name}'`,
    )
  const list = new ParametrizationList([parametrization], owned[1], unsafe)
  delete recordOf(module)[tensor_name]
  if (!is_parametrized(module)) {
    injectClass(module)
    recordOf(module).parametrizations = new ModuleDict()
  }
  injectProperty(module, tensor_name)
  ;(recordOf(module).parametrizations as ModuleDict<ParametrizationList>).set(tensor_name, list)
  return module
}

/** A parametrization that comes after another one must map the tensor to one of its kind, and back. */
function checkAnother(module: AnyModule, name: string, parametrization: Parametrization): void {
  const before = recordOf(module)[name] as Tensor
  const after = evaluate(parametrization, before)
  checkAlike('Registering a parametrization', [`module.${name}`, before], [`parametrization(module.${name})`, after])
  if (typeof parametrization.right_inverse !== 'function') return
  let back: Tensor | readonly Tensor[]
  try {
    back = parametrization.right_inverse(after)
  } catch (error) {
    if (error instanceof NotImplementedError) return
    throw error
  }
  if (!native.isTensor(back))
    throw valueError(`parametrization.right_inverse must return a tensor. Got: ${typeName(back)}`)
  checkAlike('parametrization.right_inverse', [`module.${name}`, before], ['returned', back as Tensor])
}

/**
 * Has the module a parametrization, or one on `tensor_name`?
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.is_parametrized.html
 */
export function is_parametrized(module: AnyModule, tensor_name: string | null = null): boolean {
  const lists = recordOf(module).parametrizations
  if (!(lists instanceof ModuleDict)) return false
  return tensor_name === null ? lists.length > 0 : lists.has(tensor_name)
}

/**
 * Takes all parametrizations off a tensor. It keeps the parametrized value, or with `leave_parametrized` false gets the
 * original back.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.remove_parametrizations.html
 */
export function remove_parametrizations<M extends AnyModule>(
  module: M,
  tensor_name: string,
  leave_parametrized: boolean | { leave_parametrized?: boolean } = true,
): M {
  const leave =
    typeof leave_parametrized === 'object' ? (leave_parametrized.leave_parametrized ?? true) : leave_parametrized
  if (!is_parametrized(module, tensor_name))
    throw valueError(`Module ${described(module)} does not have a parametrization on ${tensor_name}`)
  const list = listOf(module, tensor_name)
  const record = recordOf(module)
  let original = list.originals[0]!
  if (list.is_tensor) {
    if (leave) withoutGrad(() => native.setData(original, record[tensor_name] as Tensor))
  } else if (leave) {
    const value = record[tensor_name] as Tensor
    original = value.requires_grad ? new Parameter(value) : value
  } else {
    throw valueError(
      'Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a sequence of tensors.',
    )
  }
  const lists = record.parametrizations as ModuleDict<ParametrizationList>
  Reflect.deleteProperty(Object.getPrototypeOf(module) as object, tensor_name)
  lists.delete(tensor_name)
  registerParameterOrBuffer(module, tensor_name, original)
  if (lists.length === 0) {
    delete record.parametrizations
    Object.setPrototypeOf(module, type_before_parametrizations(module).prototype as object)
  }
  return module
}

/** The module's class without its parametrizations. */
export function type_before_parametrizations(module: AnyModule): {
  readonly name: string
  readonly prototype: unknown
} {
  const prototype = Object.getPrototypeOf(module) as object
  return (injected.get(prototype) ?? prototype).constructor
}

/**
 * Puts the parametrizations of `from_module`, or only those of `tensor_name`, on `to_module`, with the parameters below them,
 * which both modules then share. What `to_module` lacks it gets. Without parametrizations it does nothing.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.transfer_parametrizations_and_params.html
 */
export function transfer_parametrizations_and_params<M extends AnyModule>(
  from_module: AnyModule,
  to_module: M,
  tensor_name: string | { tensor_name?: string | null } | null = null,
): M {
  if (!is_parametrized(from_module)) return to_module
  const one = typeof tensor_name === 'object' ? (tensor_name?.tensor_name ?? null) : tensor_name
  const lists = recordOf(from_module).parametrizations as ModuleDict<ParametrizationList>
  for (const name of one === null ? lists.keys() : [one]) {
    const from = lists.get(name)
    if (!(name in to_module)) recordOf(to_module)[name] = new Parameter(recordOf(from_module)[name] as Tensor)
    for (const parametrization of from) register_parametrization(to_module, name, parametrization)
    const to = recordOf(listOf(to_module, name))
    for (const original of Object.keys(from).filter(key => /^original\d*$/.test(key)))
      to[original] = recordOf(from)[original]
  }
  return to_module
}
