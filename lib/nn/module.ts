import { inspect } from 'node:util'
import { notImplementedError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { setCaller } from './_callable.js'
import { ModuleCallHooks } from './_module_call_hooks.js'
import { callWithHooks, globalHooks, noHooks } from './_module_hooks.js'
import { kState, recordOf } from './_module_state.js'
import { printTree } from './_print.js'

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
export abstract class Module<F extends Forward = (...args: Tensor[]) => Tensor> extends ModuleCallHooks {
  /** The computation. Call the module rather than this, which runs no hooks. */
  abstract forward(...args: unknown[]): unknown

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

/** Is a call of the module nothing but its `forward`? @internal */
export function callsForwardOnly(self: AnyModule): boolean {
  return !(recordOf(self)[kState].hooks?.changesCall || globalHooks.changesCall)
}

setCaller(Module.prototype, callModule)
