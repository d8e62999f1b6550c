/** Registering parameters, buffers and children by name, and finding them by path. */
import { signature, typeName } from '../_C/args.js'
import { TorchError } from '../_C/errors.js'
import { native } from '../_C/native.js'
import { valueError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { registered } from './_module_hooks.js'
import { isModule, kState, ownChildren, recordOf } from './_module_state.js'
import { Buffer } from './buffer.js'
import type { AnyModule, Module } from './module.js'
import { Parameter } from './parameter.js'

/** Keywords of `named_parameters` and `named_buffers`. */
export interface MemberOptions {
  /** Put before every name. */
  prefix: string
  /** Whether to look into the children too. */
  recurse: boolean
  /** Whether a tensor with two names comes only once. */
  remove_duplicate: boolean
}

/** Python's `torch.typename`: `torch.FloatTensor` of a tensor. */
const kindOf = (value: unknown): string => (native.isTensor(value) ? (value as Tensor).type() : typeName(value))

/** Python's `KeyError`. */
function keyError(message: string): TorchError {
  return new TorchError(message, 'ERR_TORCH_KEY')
}

/** Python's `AttributeError`. */
function attributeError(message: string): TorchError {
  return new TorchError(message, 'ERR_TORCH_ATTRIBUTE')
}

function checkName(module: AnyModule, kind: string, name: unknown, replaces: (old: unknown) => boolean): void {
  if (typeof name !== 'string') throw new TypeError(`${kind} name should be a string. Got ${typeName(name)}`)
  if (name.includes('.')) throw keyError(`${kind} name can't contain "."${kind === 'module' ? `, got: ${name}` : ''}`)
  if (name === '') throw keyError(`${kind} name can't be empty string ""`)
  const record = recordOf(module)
  const old = record[name]
  if (name in module && old !== null && old !== undefined && !replaces(old))
    throw keyError(`attribute '${name}' already exists`)
}

export function registerBuffer(module: AnyModule, name: string, tensor: Tensor | null, persistent = true): void {
  const { buffers } = recordOf(module)[kState]
  checkName(module, 'buffer', name, old => buffers.has(name) || old instanceof Buffer)
  if (tensor !== null && !native.isTensor(tensor))
    throw new TypeError(`cannot assign '${kindOf(tensor)}' object to buffer '${name}' (torch Tensor or None required)`)
  buffers.set(name, persistent)
  recordOf(module)[name] = registered('buffer', module, name, tensor)
}

export function registerParameter(module: AnyModule, name: string, param: Parameter | null): void {
  checkName(module, 'parameter', name, old => old instanceof Parameter)
  if (param !== null) {
    if (!(param instanceof Parameter))
      throw new TypeError(
        `cannot assign '${kindOf(param)}' object to parameter '${name}' (torch.nn.Parameter or None required)`,
      )
    if (!native.isLeaf(param))
      throw valueError(
        `Cannot assign non-leaf Tensor to parameter '${name}'. Model parameters must be created explicitly. To express ` +
          `'${name}' as a function of another Tensor, compute the value in the forward() method.`,
      )
  }
  recordOf(module)[name] = registered('parameter', module, name, param)
}

export function registerModule(module: AnyModule, name: string, child: AnyModule | null): void {
  if (child !== null && !isModule(child)) throw new TypeError(`${typeName(child)} is not a Module subclass`)
  checkName(module, 'module', name, isModule)
  const record = recordOf(module)
  const actual = registered('module', module, name, child)
  if (actual === null) record[kState].emptyChildren.add(name)
  record[name] = actual
}

export function getSubmodule(module: AnyModule, target: string): Module {
  let current = module
  for (const name of target === '' ? [] : target.split('.')) {
    if (!(name in current)) throw attributeError(`${current._get_name()} has no attribute \`${name}\``)
    const child = recordOf(current)[name]
    if (!isModule(child)) throw attributeError(`\`${name}\` is not an nn.Module`)
    current = child
  }
  return current as unknown as Module
}

/** Splits `a.b.weight` into `a.b` and `weight`. */
function splitPath(target: string): [path: string, name: string] {
  const dot = target.lastIndexOf('.')
  return [target.slice(0, Math.max(dot, 0)), target.slice(dot + 1)]
}

export function setSubmodule(module: AnyModule, target: string, child: AnyModule, strict: boolean): void {
  if (target === '') throw valueError('Cannot set the submodule without a target name!')
  if (!isModule(child)) throw valueError(`\`module\` is not an nn.Module, found ${typeName(child)}`)
  const [path, name] = splitPath(target)
  const parent = getSubmodule(module, path)
  if (name in parent) {
    if (!isModule(recordOf(parent)[name])) throw attributeError(`\`${name}\` is not an nn.Module`)
  } else if (strict) {
    throw attributeError(`${parent._get_name()} has no attribute \`${name}\``)
  }
  recordOf(parent)[name] = child
}

export function getParameter(module: AnyModule, target: string): Parameter {
  const [path, name] = splitPath(target)
  const owner = getSubmodule(module, path)
  if (!(name in owner)) throw attributeError(`${owner._get_name()} has no attribute \`${name}\``)
  const value = recordOf(owner)[name]
  if (!(value instanceof Parameter)) throw attributeError(`\`${name}\` is not an nn.Parameter`)
  return value
}

export function getBuffer(module: AnyModule, target: string): Tensor {
  const [path, name] = splitPath(target)
  const owner = getSubmodule(module, path)
  if (!(name in owner)) throw attributeError(`${owner._get_name()} has no attribute \`${name}\``)
  const value = recordOf(owner)[name]
  if (!(value instanceof Buffer) && !recordOf(owner)[kState].buffers.has(name))
    throw attributeError(`\`${name}\` is not a buffer`)
  return value as Tensor
}

/** The module and everything below it in preorder. */
export function namedModules(
  module: AnyModule,
  memo: Set<AnyModule>,
  prefix: string,
  removeDuplicate: boolean,
): [string, AnyModule][] {
  if (memo.has(module)) return []
  if (removeDuplicate) memo.add(module)
  const found: [string, AnyModule][] = [[prefix, module]]
  for (const [name, child] of ownChildren(module))
    found.push(...namedModules(child, memo, prefix ? `${prefix}.${name}` : name, removeDuplicate))
  return found
}

const memberOptions = signature<MemberOptions>(
  'named_parameters',
  ['prefix', ''],
  ['recurse', true],
  ['remove_duplicate', true],
)

/** What `own` finds in the module and below, with dotted names. `args` are `MemberOptions` by position or keyword. */
export function namedMembers<T extends Tensor>(
  module: AnyModule,
  own: (module: AnyModule) => [string, T][],
  args: readonly unknown[],
): [string, T][] {
  const { prefix, recurse, remove_duplicate } = memberOptions(args)
  const modules: [string, AnyModule][] = recurse
    ? namedModules(module, new Set(), prefix, remove_duplicate)
    : [[prefix, module]]
  const seen = new Set<T>()
  const found: [string, T][] = []
  for (const [path, owner] of modules) {
    for (const [name, member] of own(owner)) {
      if (seen.has(member)) continue
      if (remove_duplicate) seen.add(member)
      found.push([path ? `${path}.${name}` : name, member])
    }
  }
  return found
}
