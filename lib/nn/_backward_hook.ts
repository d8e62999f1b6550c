/** How a module's full backward hooks see the gradients: identity nodes around its inputs and its outputs. */
import { underGradMode } from '../_C/hooks.js'
import { beforeCall, currentModes } from '../_C/modes.js'
import { native } from '../_C/native.js'
import { runtimeError, warn } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import type { BackwardHook, BackwardPreHook } from './_module_hooks.js'
import type { AnyModule } from './module.js'

type Grad = Tensor | null

/** The backward pass of one call of a module. */
export class ModuleBackward {
  /** The gradients of the outputs, once they have come and until the hooks have run. */
  gradOutputs: readonly Grad[] | null = null
  inputCount = 0
  /** False when no input needs a gradient: then the hooks run as soon as the outputs' gradients are there. */
  hasInputs = false

  constructor(
    readonly module: AnyModule,
    readonly preHooks: readonly { hook: BackwardPreHook }[],
    readonly hooks: readonly { hook: BackwardHook }[],
  ) {}

  /** Runs the pre-hooks on what came from behind, and without inputs the hooks too. */
  receiveOutputs(grads: Grad[]): readonly Grad[] {
    let current: readonly Grad[] = grads
    for (const { hook } of this.preHooks) {
      const changed = asTuple(hook(this.module, current))
      if (!changed) continue
      if (changed.length !== grads.length)
        throw runtimeError(
          `Backward pre hook returned an invalid number of grad_output, got ${changed.length}, but expected ${grads.length}`,
        )
      current = changed
    }
    if (this.hasInputs) {
      this.gradOutputs = current
      return current
    }
    warn(
      'Full backward hook is firing when gradients are computed with respect to module outputs since no inputs require ' +
        'gradients. See https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html' +
        '#torch.nn.Module.register_full_backward_hook for more details.',
    )
    const none: Grad[] = new Array<Grad>(this.inputCount).fill(null)
    for (const { hook } of this.hooks)
      if (asTuple(hook(this.module, none, current))?.some(grad => grad !== null))
        throw runtimeError(
          'Backward hook for Modules where no input requires gradient should always return None or None for all gradients.',
        )
    return current
  }

  /** Runs the hooks on the inputs' gradients. */
  receiveInputs(grads: Grad[]): readonly Grad[] {
    // A gradient that reaches the inputs without passing the outputs, as in a double backward, is nobody's business.
    if (this.gradOutputs === null) return grads
    let current: readonly Grad[] = grads
    for (const { hook } of this.hooks) {
      const changed = asTuple(hook(this.module, current, this.gradOutputs))
      if (!changed) continue
      if (changed.length !== grads.length)
        throw runtimeError(
          `Backward hook returned an invalid number of grad_input, got ${changed.length}, but expected ${grads.length}`,
        )
      current = changed
    }
    this.gradOutputs = null
    return current
  }
}

/** What a hook returned as a list of gradients; null when it returned nothing. */
function asTuple(returned: unknown): Grad[] | null {
  if (returned === null || returned === undefined) return null
  return (Array.isArray(returned) ? returned : [returned]) as Grad[]
}

/** Passes the tensors of `values` that need gradients through one identity node; null when there are none. */
function throughNode(values: readonly unknown[], backward: (grads: Grad[]) => readonly Grad[]): unknown[] | null {
  if (!currentModes().grad) return null
  const places: number[] = []
  const tensors: Tensor[] = []
  for (const [i, value] of values.entries()) {
    if (!native.isTensor(value) || !native.requiresGrad(value as Tensor)) continue
    places.push(i)
    tensors.push(value as Tensor)
  }
  if (tensors.length === 0) return null
  beforeCall()
  const outputs = native.customFunction({
    name: 'BackwardHookFunctionBackward',
    inputs: tensors,
    outputs: tensors.map(t => t.detach()),
    dirty: [],
    nonDifferentiable: [],
    materializeGrads: false,
    saved: [],
    jvp: tangents => tangents,
    backward: underGradMode((_saved: readonly Grad[], ...grads: Grad[]) => {
      const packed: Grad[] = new Array<Grad>(values.length).fill(null)
      for (const [i, place] of places.entries()) packed[place] = grads[i] ?? null
      const received = backward(packed)
      return places.map(place => received[place] ?? null)
    }),
  })
  const passed = [...values]
  for (const [i, place] of places.entries()) passed[place] = outputs[i]
  return passed
}

/** Ties the hooks to the inputs of the call; returns the arguments for `forward`. */
export function hookInputs(backward: ModuleBackward, args: unknown[]): unknown[] {
  backward.inputCount = args.length
  const passed = throughNode(args, grads => backward.receiveInputs(grads))
  backward.hasInputs = passed !== null
  return passed ?? args
}

/** Ties the hooks to the result, a tensor or an array of tensors; returns what the caller gets. */
export function hookOutputs(backward: ModuleBackward, result: unknown): unknown {
  const many = Array.isArray(result)
  if (!many && !native.isTensor(result))
    warn('For backward hooks to be called, module output should be a Tensor or a tuple of Tensors')
  const passed = throughNode(many ? result : [result], grads => backward.receiveOutputs(grads))
  if (!passed) return result
  return many ? passed : passed[0]
}
