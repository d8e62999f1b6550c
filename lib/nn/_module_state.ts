/** What a module keeps about itself, and the scan of its own properties for parameters, buffers and children. */
import { native } from '../_C/native.js'
import type { Tensor } from '../tensor.js'
import type { ModuleHooks } from './_module_hooks.js'
import { Buffer } from './buffer.js'
import type { AnyModule } from './module.js'
import { Parameter } from './parameter.js'

/** Where a module keeps its `ModuleState`; a symbol, so that no child's name meets it. */
export const kState: unique symbol = Symbol('torch.nn.Module')

export interface ModuleState {
  /** Names given to `register_buffer`, and whether each is persistent. */
  buffers: Map<string, boolean>
  /** Children registered as null: printed as `None`, otherwise skipped. */
  emptyChildren: Set<string>
  hooks: ModuleHooks | null
}

/** What every module is to these helpers: its state, and properties by name. */
export type ModuleRecord = { [kState]: ModuleState } & Record<string, unknown>

/** A module seen as its properties. */
export function recordOf(module: AnyModule): ModuleRecord {
  return module as unknown as ModuleRecord
}

export function isModule(value: unknown): value is AnyModule {
  return typeof value === 'function' && kState in value
}

/** The module's own parameters that are not null, in the order of assignment. */
export function ownParameters(module: AnyModule): [string, Parameter][] {
  const record = recordOf(module)
  const found: [string, Parameter][] = []
  for (const name of Object.keys(record)) {
    const value = record[name]
    if (value instanceof Parameter) found.push([name, value])
  }
  return found
}

/** The module's own buffers that are not null, in the order of assignment, with their persistence. */
export function ownBuffers(module: AnyModule): [name: string, buffer: Tensor, persistent: boolean][] {
  const record = recordOf(module)
  const { buffers } = record[kState]
  const found: [string, Tensor, boolean][] = []
  for (const name of Object.keys(record)) {
    const value = record[name]
    if (value instanceof Buffer) found.push([name, value, buffers.get(name) ?? value.persistent])
    else if (buffers.has(name) && native.isTensor(value)) found.push([name, value as Tensor, buffers.get(name)!])
  }
  return found
}

/** The module's own children that are not null, in the order of assignment. */
export function ownChildren(module: AnyModule): [string, AnyModule][] {
  const record = recordOf(module)
  const found: [string, AnyModule][] = []
  for (const name of Object.keys(record)) {
    const value = record[name]
    if (isModule(value)) found.push([name, value])
  }
  return found
}

/** Children as they are printed: those registered as null come as null. */
export function printedChildren(module: AnyModule): [string, AnyModule | null][] {
  const record = recordOf(module)
  const { emptyChildren } = record[kState]
  const found: [string, AnyModule | null][] = []
  for (const name of Object.keys(record)) {
    const value = record[name]
    if (isModule(value)) found.push([name, value])
    else if (value === null && emptyChildren.has(name)) found.push([name, null])
  }
  return found
}
