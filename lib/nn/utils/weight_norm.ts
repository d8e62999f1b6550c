import { type Args, signature } from '../../_C/args.js'
import { call } from '../../_C/call.js'
import { native } from '../../_C/native.js'
import { runtimeError, valueError, warn } from '../../_C/raise.js'
import * as ops from '../../_generated/ops.js'
import type { Tensor } from '../../tensor.js'
import type { RemovableHandle } from '../../utils/hooks.js'
import { recordOf } from '../_module_state.js'
import type { AnyModule } from '../module.js'
import { Parameter } from '../parameter.js'

interface Entry {
  dim: number
  handle: RemovableHandle
}

/** The weights of each module that are normalized. */
const entries = new WeakMap<AnyModule, Map<string, Entry>>()

interface Keywords<M> {
  module: M
  name: string
  dim: number | null
}

const bind = signature<Keywords<AnyModule>>('weight_norm', 'module', ['name', 'weight'], ['dim', 0])

function computed(module: AnyModule, name: string, dim: number): Tensor {
  const record = recordOf(module)
  return call(ops._weight_norm, record[`${name}_v`], record[`${name}_g`], dim) as Tensor
}

/**
 * Learns the length of a weight, `name_g`, apart from its direction, `name_v`; the weight itself is computed before each
 * call. PyTorch has replaced it by `parametrizations.weight_norm`.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.weight_norm.html
 */
export function weight_norm<M extends AnyModule>(
  ...args: Args<[module: M], [name: string, dim: number | null], Keywords<M>>
): M {
  warn(
    '`torch.nn.utils.weight_norm` is deprecated in favor of `torch.nn.utils.parametrizations.weight_norm`.',
    'FutureWarning',
  )
  const { module, name, dim: given } = bind(args) as Keywords<M>
  const dim = given ?? -1
  const own = entries.get(module) ?? new Map<string, Entry>()
  if (own.has(name)) throw runtimeError(`Cannot register two weight_norm hooks on the same parameter ${name}`)
  const record = recordOf(module)
  const weight = record[name]
  if (!native.isTensor(weight)) throw valueError(`Module '${String(module)}' has no parameter with name '${name}'`)
  const { data } = weight as Tensor
  delete record[name]
  module.register_parameter(`${name}_g`, new Parameter(call(ops.norm_except_dim, data, 2, dim) as Tensor))
  module.register_parameter(`${name}_v`, new Parameter(data))
  record[name] = computed(module, name, dim)
  const handle = (module as AnyModule).register_forward_pre_hook(called => {
    recordOf(called)[name] = computed(called, name, dim)
  })
  entries.set(module, own.set(name, { dim, handle }))
  return module
}

/**
 * Makes the normalized weight an ordinary parameter again.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.remove_weight_norm.html
 */
export function remove_weight_norm<M extends AnyModule>(module: M, name = 'weight'): M {
  const entry = entries.get(module)?.get(name)
  if (!entry) throw valueError(`weight_norm of '${name}' not found in ${String(module)}`)
  entry.handle.remove()
  entries.get(module)!.delete(name)
  const record = recordOf(module)
  const weight = computed(module, name, entry.dim)
  for (const old of [name, `${name}_g`, `${name}_v`]) delete record[old]
  record[name] = new Parameter(weight)
  return module
}
