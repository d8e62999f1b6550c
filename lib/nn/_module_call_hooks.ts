/** The hooks around a module's call. */
import type { Tensor } from '../tensor.js'
import type { RemovableHandle } from '../utils/hooks.js'
import { ModuleCheckpoint } from './_module_checkpoint.js'
import { addBackwardHook, addHook, hooksOf } from './_module_hooks.js'
import type { AnyModule } from './module.js'

/** The arguments of a call of a module. */
type ArgsOf<M extends AnyModule> = M extends (...args: infer A) => unknown ? A : never
/** What a call of a module returns. */
type OutputOf<M extends AnyModule> = M extends (...args: never[]) => infer R ? R : never

/** What a forward hook may return: nothing, or what takes the place of the output. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook may be a function that returns nothing.
type HookResult<R> = R | null | undefined | void

/** `(module, grad_input, grad_output) => other gradients or nothing` */
type GradientHook<M> = (
  module: M,
  grad_input: (Tensor | null)[],
  grad_output: (Tensor | null)[],
) => HookResult<Tensor | (Tensor | null)[]>

/** Whether a hook is to run before those that are there. */
const prependOf = (given: boolean | { prepend?: boolean }): boolean =>
  typeof given === 'object' ? (given.prepend ?? false) : given

/** @internal */
export abstract class ModuleCallHooks extends ModuleCheckpoint {
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
    prepend: boolean | { prepend?: boolean } = false,
  ): RemovableHandle {
    return addHook(hooksOf(this).fullBackwardPre, { hook: hook as never }, prependOf(prepend))
  }

  /**
   * Runs `hook(module, grad_input, grad_output)` when the gradients of the inputs have been computed; it may return others
   * in place of `grad_input`. Inputs that are not tensors with gradients have null.
   */
  register_full_backward_hook<M extends AnyModule>(
    this: M,
    hook: GradientHook<M>,
    prepend: boolean | { prepend?: boolean } = false,
  ): RemovableHandle {
    return addBackwardHook(hooksOf(this), 'single', true, { hook: hook as never }, prependOf(prepend))
  }

  /**
   * Runs `hook(module, grad_input, grad_output)` with the gradients of the last operator of the call alone, which are not
   * always those of the module.
   * @deprecated Use `register_full_backward_hook`.
   */
  register_backward_hook<M extends AnyModule>(this: M, hook: GradientHook<M>): RemovableHandle {
    return addBackwardHook(hooksOf(this), 'single', false, { hook: hook as never })
  }
}
