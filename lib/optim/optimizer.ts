import { inspect } from 'node:util'
import { isPlainObject, typeName } from '../_C/args.js'
import { modeBlock } from '../_C/modes.js'
import { native } from '../_C/native.js'
import { assertionError, runtimeError } from '../_C/raise.js'
import { clearGrads } from '../nn/_grads.js'
import { repr } from '../nn/_print.js'
import type { Tensor } from '../tensor.js'
import { RemovableHandle } from '../utils/hooks.js'
import { completeGroup, type ParamGroup, type ParamGroupInput, type ParamsT, takeGroups } from './_param_groups.js'
import {
  type LoadableStateDict,
  type OptimizerStateDict,
  type ParamState,
  packState,
  unpackState,
} from './_state_dict.js'

/** Computes the loss anew, gradients included, where an optimizer wants it more than once. */
export type Closure<T> = () => T

/** What a fused operator divides gradients by, and whether it is to leave everything as it is. */
export interface AmpScaling {
  grad_scale: Tensor | null
  found_inf: Tensor | null
}

type StepHook = (optimizer: AnyOptimizer, args: unknown[]) => unknown

/** An optimizer of whatever options. */
export type AnyOptimizer = Optimizer<object>

function addHook<H>(list: H[], hook: H, prepend = false): RemovableHandle {
  const entry = hook
  if (prepend) list.unshift(entry)
  else list.push(entry)
  return new RemovableHandle(() => {
    const place = list.indexOf(entry)
    if (place >= 0) list.splice(place, 1)
  })
}

const globalStepPre: StepHook[] = []
const globalStepPost: StepHook[] = []

/** Runs `hook(optimizer, args)` before every step of every optimizer; it may return other arguments as an array. */
export function register_optimizer_step_pre_hook(hook: StepHook): RemovableHandle {
  return addHook(globalStepPre, hook)
}

/** Runs `hook(optimizer, args)` after every step of every optimizer. */
export function register_optimizer_step_post_hook(hook: StepHook): RemovableHandle {
  return addHook(globalStepPost, hook)
}

/** An option as Python's `format` writes it. */
function printed(value: unknown): string {
  if (typeof value === 'string') return value
  if (native.isTensor(value)) return (value as Tensor).dim() === 0 ? repr((value as Tensor).item()) : String(value)
  if (Array.isArray(value) && typeof value[0] === 'string') return `[${value.map(repr).join(', ')}]`
  return repr(value)
}

/**
 * The base of every optimizer. It keeps groups of parameters with their options, and what it remembers of each parameter.
 * A subclass says how one group is stepped, in `_stepGroup`, or overrides `step`.
 *
 * ```ts
 * optimizer.zero_grad()
 * loss_fn(model(input), target).backward()
 * optimizer.step()
 * ```
 *
 * https://docs.pytorch.org/docs/stable/optim.html#torch.optim.Optimizer
 */
export abstract class Optimizer<O extends object = object> {
  /** The options of groups that do not have their own. */
  readonly defaults: O
  /** The groups: change an option here, such as `param_groups[0].lr`, and the next step heeds it. */
  param_groups: ParamGroup<O>[] = []
  /** What is remembered of each parameter that has been stepped. */
  state = new Map<Tensor, ParamState>()

  /** What the gradients are to be divided by, and whether any is infinite: GradScaler sets both for the time of a step. */
  grad_scale: Tensor | null = null
  found_inf: Tensor | null = null
  /** Whether the step itself heeds `grad_scale` and `found_inf`. @internal */
  readonly _step_supports_amp_scaling: boolean

  /** Whether there was a step: a scheduler that is stepped before warns. @internal */
  _opt_called = false

  readonly #stepPre: StepHook[] = []
  readonly #stepPost: StepHook[] = []
  readonly #savePre: ((optimizer: this) => void)[] = []
  readonly #savePost: ((optimizer: this, state_dict: OptimizerStateDict) => OptimizerStateDict | null | undefined)[] =
    []
  readonly #loadPre: ((optimizer: this, state_dict: LoadableStateDict) => LoadableStateDict | null | undefined)[] = []
  readonly #loadPost: ((optimizer: this) => void)[] = []

  constructor(params: ParamsT<O>, defaults: O) {
    this.defaults = defaults
    this._step_supports_amp_scaling = (defaults as { fused?: boolean | null }).fused ?? false
    for (const group of takeGroups(params)) this.add_param_group(group)
  }

  /**
   * Adds parameters, such as those of a layer that was frozen until now, with options of their own.
   *
   * @throws ValueError for a tensor that is not a leaf, or that another group has.
   */
  add_param_group(param_group: ParamGroupInput<O>): void {
    this.param_groups.push(completeGroup(param_group, this.defaults, this.param_groups))
  }

  /** Takes the gradients of all parameters off, or with `set_to_none` false fills them with zeros. */
  zero_grad(set_to_none: boolean | { set_to_none?: boolean } = true): void {
    const toNone = typeof set_to_none === 'object' ? (set_to_none.set_to_none ?? true) : set_to_none
    for (const group of this.param_groups) clearGrads(group.params, toNone)
  }

  /**
   * Changes every parameter that has a gradient. `closure`, if given, computes the loss, which is returned.
   */
  step(): null
  step<T>(closure: Closure<T> | null | undefined): T | null
  step<T>(closure: Closure<T> | null = null): T | null {
    this._opt_called = true
    let args: unknown[] = [closure]
    for (const hook of [...globalStepPre, ...this.#stepPre]) {
      const changed = hook(this as unknown as AnyOptimizer, args)
      if (changed === null || changed === undefined) continue
      if (!Array.isArray(changed))
        throw runtimeError(`step pre-hook must return None or the new arguments, but got ${typeName(changed)}.`)
      args = changed
    }
    const loss = this._stepAll((args[0] as Closure<T> | null | undefined) ?? null)
    for (const hook of [...this.#stepPost, ...globalStepPost]) hook(this as unknown as AnyOptimizer, args)
    return loss
  }

  /** The step itself, between the hooks. */
  protected _stepAll<T>(closure: Closure<T> | null): T | null {
    let loss: T | null = null
    if (closure) {
      using _ = modeBlock({ grad: true })
      loss = closure()
    }
    using _ = modeBlock({ grad: (this.defaults as { differentiable?: boolean }).differentiable ?? false })
    for (const group of this.param_groups) this._stepGroup(group)
    return loss
  }

  /** Steps the parameters of one group. Runs without grad mode, unless the optimizer is differentiable. */
  protected abstract _stepGroup(group: ParamGroup<O>): void

  /** `grad_scale` and `found_inf` for an operator that steps parameters on the device of `param`. */
  protected _ampScaling(param: Tensor): AmpScaling {
    const { grad_scale, found_inf } = this
    return { grad_scale: grad_scale?.to(param.device) ?? null, found_inf: found_inf?.to(param.device) ?? null }
  }

  /** @throws AssertionError when the gradients are scaled still, for a step that would not heed it. */
  protected _checkUnscaled(): void {
    if (this.grad_scale || this.found_inf) throw assertionError('Expected grad_scale and found_inf to be None')
  }

  /** What is remembered of a parameter; an empty object that is kept when it is the first time. */
  protected _stateOf(param: Tensor): ParamState {
    let remembered = this.state.get(param)
    if (!remembered) {
      remembered = {}
      this.state.set(param, remembered)
    }
    return remembered
  }

  /** Everything that is needed to go on later, in the form that Python's optimizers have it, with parameters by number. */
  state_dict(): OptimizerStateDict {
    for (const hook of this.#savePre) hook(this)
    let packed = packState(this.param_groups, this.state)
    for (const hook of this.#savePost) packed = hook(this, packed) ?? packed
    return packed
  }

  /**
   * Takes up a state that `state_dict` gave, here or in Python. Tensors are brought to the device and dtype of the parameters.
   *
   * @throws ValueError when the groups have other sizes.
   */
  load_state_dict(state_dict: LoadableStateDict): void {
    if (!isPlainObject(state_dict) || !Array.isArray(state_dict.param_groups))
      throw new TypeError(`load_state_dict() expects what state_dict() returns, got ${typeName(state_dict)}`)
    let given: LoadableStateDict = { ...state_dict }
    for (const hook of this.#loadPre) given = hook(this, given) ?? given
    const { groups, state } = unpackState(this.param_groups, given)
    this.param_groups = groups
    this.state = state
    this._afterLoad()
    for (const hook of this.#loadPost) hook(this)
  }

  /** Gives options to groups that an older version saved without them. */
  protected _afterLoad(): void {
    for (const group of this.param_groups)
      for (const [name, value] of Object.entries(this.defaults))
        if (!Object.hasOwn(group, name)) (group as Record<string, unknown>)[name] = value
  }

  /** Runs `hook(optimizer, args)` before every step; it may return other arguments as an array. */
  register_step_pre_hook(hook: StepHook): RemovableHandle {
    return addHook(this.#stepPre, hook)
  }

  /** Runs `hook(optimizer, args)` after every step. */
  register_step_post_hook(hook: StepHook): RemovableHandle {
    return addHook(this.#stepPost, hook)
  }

  /** Runs `hook(optimizer)` before `state_dict`. */
  register_state_dict_pre_hook(hook: (optimizer: this) => void, prepend = false): RemovableHandle {
    return addHook(this.#savePre, hook, prepend)
  }

  /** Runs `hook(optimizer, state_dict)` after `state_dict`; it may return another one. */
  register_state_dict_post_hook(
    hook: (optimizer: this, state_dict: OptimizerStateDict) => OptimizerStateDict | null | undefined,
    prepend = false,
  ): RemovableHandle {
    return addHook(this.#savePost, hook, prepend)
  }

  /** Runs `hook(optimizer, state_dict)` before `load_state_dict`; it may return another one. */
  register_load_state_dict_pre_hook(
    hook: (optimizer: this, state_dict: LoadableStateDict) => LoadableStateDict | null | undefined,
    prepend = false,
  ): RemovableHandle {
    return addHook(this.#loadPre, hook, prepend)
  }

  /** Runs `hook(optimizer)` after `load_state_dict`. */
  register_load_state_dict_post_hook(hook: (optimizer: this) => void, prepend = false): RemovableHandle {
    return addHook(this.#loadPost, hook, prepend)
  }

  /** As Python prints it. */
  toString(): string {
    let text = `${this.constructor.name} (`
    for (const [i, group] of this.param_groups.entries()) {
      text += `\nParameter Group ${i}\n`
      const options = Object.entries(group).filter(([name]) => name !== 'params')
      options.sort(([a], [b]) => (a < b ? -1 : 1))
      for (const [name, value] of options) text += `    ${name}: ${printed(value)}\n`
    }
    return `${text})`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}
