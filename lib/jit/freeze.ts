import { native } from '../_C/native.js'
import { runtimeError, valueError } from '../_C/raise.js'
import type { Forward } from '../nn/module.js'
import { ScriptModule } from './script_module.js'

/**
 * A copy of a module in evaluation mode whose parameters and attributes are constants of its graph.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.jit.freeze.html
 *
 * @throws {TorchError} for a module in training mode
 */
export function freeze<F extends Forward>(
  mod: ScriptModule<F>,
  preserved_attrs: readonly string[] | null = null,
  optimize_numerics = true,
): ScriptModule<F> {
  if (!(mod instanceof ScriptModule))
    throw runtimeError(
      "Freezing expects a ScriptModule as input. Please use torch.jit.script or torch.jit.trace to script your 'nn.Module'.",
    )
  if (mod.training)
    throw runtimeError(
      'Freezing is currently only implemented for modules in eval mode. Please call .eval() on your module before freezing.',
    )
  return new ScriptModule<F>(native.scriptFreeze(mod._c, preserved_attrs ?? [], optimize_numerics))
}

/**
 * A frozen copy with layers joined and prepared for this machine's kernels.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.jit.optimize_for_inference.html
 */
export function optimize_for_inference<F extends Forward>(
  mod: ScriptModule<F>,
  other_methods: readonly string[] | null = null,
): ScriptModule<F> {
  if (!(mod instanceof ScriptModule))
    throw valueError(
      'optimize_for_inference expects a ScriptModule as input. Please use torch.jit.script or torch.jit.trace.',
    )
  const isFrozen = !native.scriptDescribe(mod._c).attributes.some(({ name }) => name === 'training')
  const frozen = isFrozen ? mod : freeze(mod.eval(), other_methods)
  return new ScriptModule<F>(native.scriptOptimize(frozen._c, other_methods ?? []))
}
