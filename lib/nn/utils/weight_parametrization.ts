import { type Args, signature } from '../../_C/args.js'
import { call } from '../../_C/call.js'
import * as ops from '../../_generated/ops.js'
import type { Tensor } from '../../tensor.js'
import { type AnyModule, Module } from '../module.js'
import { register_parametrization } from './parametrize.js'

/** Direction and length apart: `g * v / ‖v‖`. */
class _WeightNorm extends Module<(g: Tensor, v: Tensor) => Tensor> {
  dim: number

  constructor(dim: number | null) {
    super()
    this.dim = dim ?? -1
  }

  forward(weight_g: Tensor, weight_v: Tensor): Tensor {
    return call(ops._weight_norm, weight_v, weight_g, this.dim) as Tensor
  }

  right_inverse(weight: Tensor): [Tensor, Tensor] {
    return [call(ops.norm_except_dim, weight, 2, this.dim) as Tensor, weight]
  }
}

interface Keywords<M> {
  module: M
  name: string
  dim: number | null
}

const bind = signature<Keywords<AnyModule>>('weight_norm', 'module', ['name', 'weight'], ['dim', 0])

/**
 * Learns the length of a weight apart from its direction: `original0` holds a norm for each index of `dim`, `original1` the
 * direction. `dim` null takes one norm for all.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.weight_norm.html
 */
export function weight_norm<M extends AnyModule>(
  ...args: Args<[module: M], [name: string, dim: number | null], Keywords<M>>
): M {
  const { module, name, dim } = bind(args) as Keywords<M>
  register_parametrization(module, name, new _WeightNorm(dim), { unsafe: true })
  // State dicts of the older `nn.utils.weight_norm`.
  ;(module as AnyModule).register_load_state_dict_pre_hook((_module, state, prefix) => {
    const [g, v] = [state[`${prefix}${name}_g`], state[`${prefix}${name}_v`]]
    if (!g || !v) return
    delete state[`${prefix}${name}_g`]
    delete state[`${prefix}${name}_v`]
    state[`${prefix}parametrizations.${name}.original0`] = g
    state[`${prefix}parametrizations.${name}.original1`] = v
  })
  return module
}
