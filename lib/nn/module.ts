import { inspect } from 'node:util'
import type { Args } from '../_C/args.js'
import { callByName } from '../_C/call.js'
import { native } from '../_C/native.js'
import { notImplementedError, valueError } from '../_C/raise.js'
import type { DeviceLike } from '../device.js'
import { bfloat16, double, type dtype, float, half } from '../dtype.js'
import type { memory_format } from '../memory_format.js'
import type { Tensor } from '../tensor.js'
import type { RemovableHandle } from '../utils/hooks.js'
import { applyToTensors, convert, parseTo, type ToOptions } from './_apply.js'
import { Callable, setCaller } from './_callable.js'
import { clearGrads } from './_grads.js'
import { addHook, callWithHooks, globalHooks, ModuleHooks, noHooks } from './_module_hooks.js'
import { kState, type ModuleState, ownBuffers, ownChildren, ownParameters, recordOf } from './_module_state.js'

import { printTree } from './_print.js'
import * as registry from './_registry.js'
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
import type { Parameter } from './parameter.js'

/** Any signature that a `forward` may have. */
export type Forward = (...args: never[]) => unknown

/** A module of whatever `forward`: what functions that take modules ask for. */
export type AnyModule = Module<Forward>

// The base class's own `forward` takes anything: then the type argument says what the call looks like.
type CallArgs<Own, F extends Forward> = Own extends (...args: infer A) => unknown
  ? unknown[] extends A
    ? Parameters<F>
    : A
  : never
type CallResult<Own, F extends Forward> = Own extends (...args: infer A) => infer R
  ? unknown[] extends A
    ? ReturnType<F>
    : R
  : never

/** The arguments of a call of a module. */
type ArgsOf<M extends AnyModule> = M extends (...args: infer A) => unknown ? A : never
/** What a call of a module returns. */
type OutputOf<M extends AnyModule> = M extends (...args: never[]) => infer R ? R : never

type MemberArgs = Args<[], [prefix: string, recurse: boolean, remove_duplicate: boolean], registry.MemberOptions>

/** What a forward hook may return: nothing, or what takes the place of the output. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook may be a function that returns nothing.
type HookResult<R> = R | null | undefined | void

/** A call of a module is a call of its `forward`, with the hooks around it. */
export interface Module<F extends Forward = (...args: Tensor[]) => Tensor> {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  (...args: CallArgs<this['forward'], F>): CallResult<this['forward'], F>
}

/**
 * The base of every neural network module. A subclass writes `forward`, and is called:
 *
 * ```ts
 * class Net extends nn.Module {
 *   conv1 = new nn.Conv2d(1, 20, 5)
 *   conv2 = new nn.Conv2d(20, 20, 5)
 *
 *   forward(x: Tensor) {
 *     return F.relu(this.conv2(F.relu(this.conv1(x))))
 *   }
 * }
 * const y = new Net()(x)
 * ```
 *
 * Modules, `Parameter`s and `Buffer`s assigned to public properties are the module's children, parameters and buffers, in
 * the order of assignment; private `#fields` and plain arrays are not looked into. A variable of the plain type `Module` is
 * a module from tensors to a tensor; `Module<(x: Tensor, n: number) => [Tensor, Tensor]>` names another one.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: `Callable` makes the instances functions.
// biome-ignore lint/correctness/noUnusedVariables: the interface's type parameter, which the class must repeat.
export abstract class Module<F extends Forward = (...args: Tensor[]) => Tensor> extends Callable {
  /** True in training mode, which layers such as `Dropout` and `BatchNorm2d` heed. */
  training = true
  declare readonly [kState]: ModuleState

  constructor() {
    super()
    const state: ModuleState = { buffers: new Map(), emptyChildren: new Set(), hooks: null }
    Object.defineProperty(this, kState, { value: state })
  }

  /** The computation. Call the module rather than this, which runs no hooks. */
  abstract forward(...args: unknown[]): unknown

  /** Extra state to keep in the `state_dict`; a class that has this also has `set_extra_state`. */
  get_extra_state?(): unknown
  set_extra_state?(state: unknown): void

  /** The version of the class's state, kept in a state dict's metadata for whoever has to read old ones. */
  get _version(): number {
    return 1
  }

  // --- what it is made of --------------------------------------------------------------------------------------

  /** Adds a buffer: state that is not learned. `persistent` ones are in the `state_dict`. */
  register_buffer(name: string, tensor: Tensor | null, persistent: boolean | { persistent?: boolean } = true): void {
    registry.registerBuffer(this, name, tensor, typeof persistent === 'object' ? persistent.persistent : persistent)
  }

  /** Adds a parameter under a name that need not be known when the class is written. */
  register_parameter(name: string, param: Parameter | null): void {
    registry.registerParameter(this, name, param)
  }

  /** Adds a child under a name that need not be known when the class is written. */
  add_module(name: string, module: AnyModule | null): void {
    registry.registerModule(this, name, module)
  }

  /** The same as `add_module`. */
  register_module(name: string, module: AnyModule | null): void {
    this.add_module(name, module)
  }

  /** The module at a dotted path such as `net_b.linear`; the empty path is this one. */
  get_submodule(target: string): Module {
    return registry.getSubmodule(this, target)
  }

  /** Puts a module at a dotted path; `strict` insists on one being there. */
  set_submodule(target: string, module: AnyModule, strict = false): void {
    registry.setSubmodule(this, target, module, strict)
  }

  /** The parameter at a dotted path such as `net_b.linear.weight`. */
  get_parameter(target: string): Parameter {
    return registry.getParameter(this, target)
  }

  /** The buffer at a dotted path such as `bn1.running_mean`. */
  get_buffer(target: string): Tensor {
    return registry.getBuffer(this, target)
  }

  /** Every parameter once: what an optimizer takes. */
  parameters(recurse = true): Parameter[] {
    return this.named_parameters({ recurse }).map(([, parameter]) => parameter)
  }

  /** Every parameter with its dotted name, a module's own before its children's; a shared one once. */
  named_parameters(...args: MemberArgs): [name: string, parameter: Parameter][] {
    return registry.namedMembers(this, ownParameters, args)
  }

  /** Every buffer once. */
  buffers(recurse = true): Tensor[] {
    return this.named_buffers({ recurse }).map(([, buffer]) => buffer)
  }

  /** Every buffer with its dotted name; a shared one once. */
  named_buffers(...args: MemberArgs): [name: string, buffer: Tensor][] {
    return registry.namedMembers(
      this,
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
    return ownChildren(this).filter(([, child]) => !seen.has(child) && seen.add(child)) as [string, Module][]
  }

  /** This module and everything below it, each once unless `remove_duplicate` is false. */
  modules(remove_duplicate: boolean | { remove_duplicate?: boolean } = true): Module[] {
    const once = typeof remove_duplicate === 'object' ? (remove_duplicate.remove_duplicate ?? true) : remove_duplicate
    return this.named_modules({ remove_duplicate: once }).map(([, module]) => module)
  }

  /** This module, whose name is `prefix`, and everything below it with dotted names. */
  named_modules(
    options: { prefix?: string; remove_duplicate?: boolean; memo?: Set<AnyModule> | null } = {},
  ): [name: string, module: Module][] {
    const { prefix = '', remove_duplicate = true } = options
    return registry.namedModules(this, options.memo ?? new Set(), prefix, remove_duplicate) as [string, Module][]
  }

  // --- changing it ---------------------------------------------------------------------------------------------

  /** Sets training mode, or evaluation mode, here and below. */
  train(mode = true): this {
    if (typeof mode !== 'boolean') throw valueError('training mode is expected to be boolean')
    this.training = mode
    for (const child of this.children()) child.train(mode)
    return this
  }

  /** Sets evaluation mode here and below: `train(false)`. */
  eval(): this {
    return this.train(false)
  }

  /** Freezes or unfreezes every parameter. */
  requires_grad_(requires_grad = true): this {
    for (const parameter of this.parameters()) native.setRequiresGrad(parameter, requires_grad)
    return this
  }

  /** Takes the gradients off, or with `set_to_none` false fills them with zeros. */
  zero_grad(set_to_none: boolean | { set_to_none?: boolean } = true): void {
    clearGrads(this.parameters(), typeof set_to_none === 'object' ? (set_to_none.set_to_none ?? true) : set_to_none)
  }

  /** Calls `fn` with every module below and then this one. */
  apply(fn: (module: Module) => void): this {
    for (const child of this.children()) child.apply(fn)
    fn(this as unknown as Module)
    return this
  }

  /** Replaces the memory of parameters, gradients and buffers by what `fn` returns. */
  _apply(fn: (t: Tensor) => Tensor, recurse = true): this {
    applyToTensors(this, fn, recurse)
    return this
  }

  /**
   * Moves parameters and buffers to a device, a floating dtype or a memory format, in place: the `Parameter` objects stay.
   * Integer tensors keep their dtype.
   *
   * @throws TypeError for a dtype that is neither floating nor complex.
   */
  to(device: DeviceLike | null, dtype?: dtype | null, non_blocking?: boolean | ToOptions): this
  to(dtype: dtype, non_blocking?: boolean | ToOptions): this
  to(tensor: Tensor, non_blocking?: boolean | ToOptions): this
  to(device: DeviceLike, options: ToOptions): this
  to(options: ToOptions & { memory_format?: memory_format | null }): this
  to(...args: unknown[]): this {
    const options = parseTo(args)
    return this._apply(t => convert(t, options))
  }

  /** Moves everything to memory of the CPU. */
  cpu(): this {
    return this.to('cpu')
  }

  /** Moves everything to a CUDA device, by default the current one. */
  cuda(device: DeviceLike | null = null): this {
    return this.to(device ?? 'cuda')
  }

  /** Changes every parameter and buffer to `dst_type`, integer ones too. */
  type(dst_type: dtype): this {
    return this._apply(t => t.to(dst_type))
  }

  /** Changes floating parameters and buffers to float32. */
  float(): this {
    return this._apply(t => (t.is_floating_point() ? t.to(float) : t))
  }

  /** Changes floating parameters and buffers to float64. */
  double(): this {
    return this._apply(t => (t.is_floating_point() ? t.to(double) : t))
  }

  /** Changes floating parameters and buffers to float16. */
  half(): this {
    return this._apply(t => (t.is_floating_point() ? t.to(half) : t))
  }

  /** Changes floating parameters and buffers to bfloat16. */
  bfloat16(): this {
    return this._apply(t => (t.is_floating_point() ? t.to(bfloat16) : t))
  }

  /** Gives every parameter and buffer new memory on a device, whose values are yet to be written; also from meta. */
  to_empty(options: { device: DeviceLike | null; recurse?: boolean }): this {
    return this._apply(
      t => callByName('aten::empty_like', null, t, { device: options.device }) as Tensor,
      options.recurse,
    )
  }

  // --- its state -----------------------------------------------------------------------------------------------

  /**
   * Parameters and persistent buffers by dotted name, sharing memory with the module. They come detached from autograd
   * unless `keep_vars`. The versions of the modules' classes are in the hidden property `_metadata`.
   */
  state_dict(options: { destination?: StateDict; prefix?: string; keep_vars?: boolean } = {}): StateDict {
    const { destination = newStateDict(), prefix = '', keep_vars = false } = options
    return saveTree(this, destination, prefix, keep_vars)
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
    return loadTree(this, state_dict, options.strict, options.assign)
  }

  /** Writes the module's own tensors, not its children's; a class with a layout of its own overrides it. */
  _save_to_state_dict(destination: StateDict, prefix: string, keep_vars: boolean): void {
    saveOwn(this, destination, prefix, keep_vars)
  }

  /** Reads the module's own tensors; a class that has to read older layouts overrides it. */
  _load_from_state_dict(
    state_dict: StateDict,
    prefix: string,
    local_metadata: ModuleMetadata,
    strict: boolean,
    report: LoadReport,
  ): void {
    loadOwn(this, state_dict, prefix, local_metadata, strict, report)
  }

  // --- hooks ---------------------------------------------------------------------------------------------------

  /**
   * Runs `hook(module, args)` before every call; what it returns, if anything, takes the place of the arguments. With
   * `with_kwargs` it is `hook(module, args, kwargs)` and returns `[args, kwargs]`, where kwargs is a trailing plain object.
   */
  register_forward_pre_hook<M extends AnyModule>(
    this: M,
    hook: (module: M, args: ArgsOf<M>, kwargs: Record<string, unknown>) => unknown,
    options: { prepend?: boolean; with_kwargs?: boolean } = {},
  ): RemovableHandle {
    const entry = { hook: hook as (...args: unknown[]) => unknown, with_kwargs: options.with_kwargs ?? false }
    return addHook(hooksOf(this).forwardPre, entry, options.prepend)
  }

  /**
   * Runs `hook(module, args, output)` after every call; what it returns, if anything, takes the place of the output. With
   * `always_call` also when the call throws.
   */
  register_forward_hook<M extends AnyModule>(
    this: M,
    hook: (module: M, args: ArgsOf<M>, output: OutputOf<M>) => HookResult<OutputOf<M>>,
    options?: { prepend?: boolean; with_kwargs?: false; always_call?: boolean },
  ): RemovableHandle
  register_forward_hook<M extends AnyModule>(
    this: M,
    hook: (module: M, args: ArgsOf<M>, kwargs: Record<string, unknown>, output: OutputOf<M>) => HookResult<OutputOf<M>>,
    options: { prepend?: boolean; with_kwargs: true; always_call?: boolean },
  ): RemovableHandle
  register_forward_hook<M extends AnyModule>(
    this: M,
    hook: (...args: never[]) => unknown,
    options: { prepend?: boolean; with_kwargs?: boolean; always_call?: boolean } = {},
  ): RemovableHandle {
    const { with_kwargs = false, always_call = false } = options
    const entry = { hook: hook as (...args: unknown[]) => unknown, with_kwargs, always_call }
    return addHook(hooksOf(this).forward, entry, options.prepend)
  }

  /** Runs `hook(module, grad_output)` when the gradients of the outputs have come; it may return others. */
  register_full_backward_pre_hook<M extends AnyModule>(
    this: M,
    hook: (module: M, grad_output: (Tensor | null)[]) => HookResult<Tensor | (Tensor | null)[]>,
    options: { prepend?: boolean } = {},
  ): RemovableHandle {
    return addHook(hooksOf(this).fullBackwardPre, { hook: hook as never }, options.prepend)
  }

  /**
   * Runs `hook(module, grad_input, grad_output)` when the gradients of the inputs have been computed; it may return others
   * in place of `grad_input`. Inputs that are not tensors with gradients have null.
   */
  register_full_backward_hook<M extends AnyModule>(
    this: M,
    hook: (
      module: M,
      grad_input: (Tensor | null)[],
      grad_output: (Tensor | null)[],
    ) => HookResult<Tensor | (Tensor | null)[]>,
    options: { prepend?: boolean } = {},
  ): RemovableHandle {
    return addHook(hooksOf(this).fullBackward, { hook: hook as never }, options.prepend)
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

  // --- its printed form ----------------------------------------------------------------------------------------

  /** What stands between the brackets when the module is printed. */
  extra_repr(): string {
    return ''
  }

  _get_name(): string {
    return this.constructor.name
  }

  override toString(): string {
    return printTree(this)
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

function hooksOf(module: AnyModule): ModuleHooks {
  const state = recordOf(module)[kState]
  state.hooks ??= new ModuleHooks()
  return state.hooks
}

/** What a call of a module does. @internal */
export function callModule(self: AnyModule, args: unknown[]): unknown {
  const { forward } = self as unknown as { forward?: (...args: unknown[]) => unknown }
  if (typeof forward !== 'function')
    throw notImplementedError(`Module [${self._get_name()}] is missing the required "forward" function`)
  const hooks = recordOf(self)[kState].hooks
  return hooks?.changesCall || globalHooks.changesCall
    ? callWithHooks(self, forward, hooks ?? noHooks, args)
    : forward.apply(self, args)
}

setCaller(Module.prototype, callModule)
