/** What a module is made of: parameters, buffers and children. */
import type { Args } from '../_C/args.js'
import { signature } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import { Callable } from './_callable.js'
import { kState, type ModuleState, ownBuffers, ownChildren, ownParameters } from './_module_state.js'
import * as registry from './_registry.js'
import type { AnyModule, Module } from './module.js'
import type { Parameter } from './parameter.js'

type MemberArgs = Args<[], [prefix: string, recurse: boolean, remove_duplicate: boolean], registry.MemberOptions>

interface NamedModulesOptions {
  /** Modules that are left out; those found are added. */
  memo: Set<AnyModule> | null
  prefix: string
  remove_duplicate: boolean
}

const namedModules = signature<NamedModulesOptions>(
  'named_modules',
  ['memo', null],
  ['prefix', ''],
  ['remove_duplicate', true],
)

const self = (module: ModuleMembers): AnyModule => module as unknown as AnyModule

/** @internal */
export abstract class ModuleMembers extends Callable {
  declare readonly [kState]: ModuleState

  constructor() {
    super()
    const state: ModuleState = { buffers: new Map(), emptyChildren: new Set(), hooks: null }
    Object.defineProperty(this, kState, { value: state })
  }

  /** Adds a buffer: state that is not learned. `persistent` ones are in the `state_dict`. */
  register_buffer(name: string, tensor: Tensor | null, persistent: boolean | { persistent?: boolean } = true): void {
    registry.registerBuffer(
      self(this),
      name,
      tensor,
      typeof persistent === 'object' ? persistent.persistent : persistent,
    )
  }

  /** Adds a parameter under a name that need not be known when the class is written. */
  register_parameter(name: string, param: Parameter | null): void {
    registry.registerParameter(self(this), name, param)
  }

  /** Adds a child under a name that need not be known when the class is written. */
  add_module(name: string, module: AnyModule | null): void {
    registry.registerModule(self(this), name, module)
  }

  /** The same as `add_module`. */
  register_module(name: string, module: AnyModule | null): void {
    this.add_module(name, module)
  }

  /** The module at a dotted path such as `net_b.linear`; the empty path is this one. */
  get_submodule(target: string): Module {
    return registry.getSubmodule(self(this), target)
  }

  /** Puts a module at a dotted path; `strict` insists on one being there. */
  set_submodule(target: string, module: AnyModule, strict = false): void {
    registry.setSubmodule(self(this), target, module, strict)
  }

  /** The parameter at a dotted path such as `net_b.linear.weight`. */
  get_parameter(target: string): Parameter {
    return registry.getParameter(self(this), target)
  }

  /** The buffer at a dotted path such as `bn1.running_mean`. */
  get_buffer(target: string): Tensor {
    return registry.getBuffer(self(this), target)
  }

  /** Every parameter once: what an optimizer takes. */
  parameters(recurse = true): Parameter[] {
    return this.named_parameters({ recurse }).map(([, parameter]) => parameter)
  }

  /** Every parameter with its dotted name, a module's own before its children's; a shared one once. */
  named_parameters(...args: MemberArgs): [name: string, parameter: Parameter][] {
    return registry.namedMembers(self(this), ownParameters, args)
  }

  /** Every buffer once. */
  buffers(recurse = true): Tensor[] {
    return this.named_buffers({ recurse }).map(([, buffer]) => buffer)
  }

  /** Every buffer with its dotted name; a shared one once. */
  named_buffers(...args: MemberArgs): [name: string, buffer: Tensor][] {
    return registry.namedMembers(
      self(this),
      module => ownBuffers(module).map(([name, buffer]): [string, Tensor] => [name, buffer]),
      args,
    )
  }

  /** The direct children, each once. */
  children(): Module[] {
    return this.named_children().map(([, child]) => child)
  }

  /** The direct children with their names, each once. */
  named_children(): [name: string, child: Module][] {
    const seen = new Set<AnyModule>()
    return ownChildren(self(this)).filter(([, child]) => !seen.has(child) && seen.add(child)) as [string, Module][]
  }

  /** This module and everything below it, each once unless `remove_duplicate` is false. */
  modules(remove_duplicate: boolean | { remove_duplicate?: boolean } = true): Module[] {
    const once = typeof remove_duplicate === 'object' ? (remove_duplicate.remove_duplicate ?? true) : remove_duplicate
    return this.named_modules({ remove_duplicate: once }).map(([, module]) => module)
  }

  /** This module, whose name is `prefix`, and everything below it with dotted names. */
  named_modules(
    ...args: Args<[], [memo: Set<AnyModule> | null, prefix: string, remove_duplicate: boolean], NamedModulesOptions>
  ): [name: string, module: Module][] {
    const { memo, prefix, remove_duplicate } = namedModules(args)
    return registry.namedModules(self(this), memo ?? new Set(), prefix, remove_duplicate) as [string, Module][]
  }
}
