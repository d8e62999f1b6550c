/**
 * Hooks of all modules, which run before a module's own: `torch.nn.modules.module.register_module_*_hook`.
 * https://docs.pytorch.org/docs/stable/nn.html#global-hooks-for-module
 */
import type { Tensor } from '../tensor.js'
import type { RemovableHandle } from '../utils/hooks.js'
import { addBackwardHook, addHook, globalHooks, registrationHooks } from './_module_hooks.js'
import type { AnyModule } from './module.js'
import type { Parameter } from './parameter.js'

export { Module } from './module.js'

type Grads = readonly (Tensor | null)[]

/** Runs `hook(module, args)` before every call of any module; what it returns, if anything, takes the place of the arguments. */
export function register_module_forward_pre_hook(
  hook: (module: AnyModule, args: unknown[]) => unknown,
): RemovableHandle {
  return addHook(globalHooks.forwardPre, { hook: hook as (...args: unknown[]) => unknown, with_kwargs: false })
}

/**
 * Runs `hook(module, args, output)`, or with `with_kwargs` `hook(module, args, kwargs, output)`, after every call of any module;
 * what it returns, if anything, takes the place of the output. With `always_call` also when the call throws.
 */
export function register_module_forward_hook(
  hook: (module: AnyModule, args: unknown[], ...rest: never[]) => unknown,
  options: { with_kwargs?: boolean; always_call?: boolean } = {},
): RemovableHandle {
  const { with_kwargs = false, always_call = false } = options
  return addHook(globalHooks.forward, { hook: hook as (...args: unknown[]) => unknown, with_kwargs, always_call })
}

/** Runs `hook(module, grad_output)` when the gradients of any module's outputs have come; it may return others. */
export function register_module_full_backward_pre_hook(
  hook: (module: AnyModule, grad_output: Grads) => unknown,
): RemovableHandle {
  return addHook(globalHooks.fullBackwardPre, { hook: hook as never })
}

/** Runs `hook(module, grad_input, grad_output)` when the gradients of any module's inputs have been computed; it may return others. */
export function register_module_full_backward_hook(
  hook: (module: AnyModule, grad_input: Grads, grad_output: Grads) => unknown,
): RemovableHandle {
  return addBackwardHook(globalHooks, 'global', true, { hook: hook as never })
}

/**
 * Runs `hook(module, grad_input, grad_output)` with the gradients of the last operator of any module's call.
 * @deprecated Use `register_module_full_backward_hook`.
 */
export function register_module_backward_hook(
  hook: (module: AnyModule, grad_input: Grads, grad_output: Grads) => unknown,
): RemovableHandle {
  return addBackwardHook(globalHooks, 'global', false, { hook: hook as never })
}

/** Runs `hook(module, name, buffer)` in every `register_buffer`; what it returns, if anything, is registered instead. */
export function register_module_buffer_registration_hook(
  hook: (module: AnyModule, name: string, buffer: Tensor | null) => unknown,
): RemovableHandle {
  return addHook(registrationHooks.buffer, { hook })
}

/** Runs `hook(module, name, submodule)` in every `add_module`; what it returns, if anything, is registered instead. */
export function register_module_module_registration_hook(
  hook: (module: AnyModule, name: string, submodule: AnyModule | null) => unknown,
): RemovableHandle {
  return addHook(registrationHooks.module, { hook })
}

/** Runs `hook(module, name, param)` in every `register_parameter`; what it returns, if anything, is registered instead. */
export function register_module_parameter_registration_hook(
  hook: (module: AnyModule, name: string, param: Parameter | null) => unknown,
): RemovableHandle {
  return addHook(registrationHooks.parameter, { hook })
}
