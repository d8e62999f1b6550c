import { isPlainObject, typeName } from '../_C/args.js'
import { valueError } from '../_C/raise.js'
import type { AnyModule } from '../nn/module.js'
import { callWith, type SwapOptions } from '../nn/utils/stateless.js'
import type { Tensor } from '../tensor.js'

type Tensors = Record<string, Tensor>

function merged(dicts: Tensors | readonly Tensors[]): Tensors {
  if (isPlainObject(dicts)) return dicts
  if (!Array.isArray(dicts))
    throw valueError(
      `Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got ${typeName(dicts)}`,
    )
  const result: Tensors = {}
  const repeated: string[] = []
  for (const dict of dicts as readonly unknown[]) {
    if (!isPlainObject(dict)) throw valueError('Expected all elements of parameter_and_buffer_dicts to be dictionaries')
    for (const [name, tensor] of Object.entries(dict)) {
      if (Object.hasOwn(result, name)) repeated.push(`'${name}'`)
      result[name] = tensor as Tensor
    }
  }
  if (repeated.length > 0)
    throw valueError(
      `[${repeated.join(', ')}] appeared in multiple dictionaries; behavior of functional call is ambiguous`,
    )
  return result
}

type Output<M extends AnyModule> = M extends (...args: never[]) => infer R ? R : unknown

/**
 * Calls a module with the tensors given by dotted name in the place of its parameters and buffers; those not named stay.
 * `args` is one argument or an array of them. The module is as before afterwards, also when the call throws or its promise
 * settles.
 *
 * ```ts
 * const y = torch.func.functional_call(model, { weight, bias }, x)
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.func.functional_call.html
 */
export function functional_call<M extends AnyModule>(
  module: M,
  parameter_and_buffer_dicts: Tensors | readonly Tensors[],
  args: unknown = null,
  kwargs: Record<string, unknown> | null = null,
  options: SwapOptions = {},
): Output<M> {
  return callWith(module, merged(parameter_and_buffer_dicts), args, kwargs, options) as Output<M>
}
