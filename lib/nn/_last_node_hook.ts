/** Backward hooks of the older kind: they see the gradients of the last operator of a call. */
import { isPlainObject, typeName } from '../_C/args.js'
import { native } from '../_C/native.js'
import { warn } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import type { BackwardHook } from './_module_hooks.js'
import type { AnyModule } from './module.js'

/** What a hook of a node may return. */
type HookResult = readonly (Tensor | null)[] | null | undefined

function firstTensor(result: unknown): Tensor {
  let value = result
  while (!native.isTensor(value)) {
    if (isPlainObject(value)) value = Object.values(value).find(item => native.isTensor(item))
    else if (Array.isArray(value)) value = value[0]
    else throw new TypeError(`a module with backward hooks must return tensors, not ${typeName(value)}`)
  }
  return value as Tensor
}

const allTensors = (value: unknown): boolean =>
  Array.isArray(value) ? value.every(item => native.isTensor(item)) : native.isTensor(value)

function warnMissing(does: string, missing: string): void {
  warn(
    `Using non-full backward hooks on a Module that does not ${does} a single Tensor or a tuple of Tensors is deprecated ` +
      `and will be removed in future versions. This hook will be missing some of the ${missing}. Please use ` +
      'register_full_backward_hook to get the documented behavior.',
    'FutureWarning',
  )
}

/** Ties the hooks to the node that made the result. */
export function hookLastNode(
  module: AnyModule,
  hooks: readonly { hook: BackwardHook }[],
  args: readonly unknown[],
  result: unknown,
): void {
  const node = firstTensor(result).grad_fn
  if (node === null) return
  for (const { hook } of hooks)
    node.register_hook((grad_input, grad_output) => hook(module, grad_input, grad_output) as HookResult)
  if (!allTensors(result)) warnMissing('return', 'grad_output')
  else if (!allTensors(args)) warnMissing('take as input', 'grad_input')
}
