/** `torch.nn.attention.bias`. https://docs.pytorch.org/docs/stable/nn.attention.bias.html */
import { assertionError } from '../../_C/raise.js'
import { CausalBias, CausalVariant } from './causal_bias.js'

export { CausalBias, CausalVariant } from './causal_bias.js'

function sizes(name: string, size: readonly number[]): [number, number] {
  if (size.length !== 2) throw assertionError(`${name} only supports 2D tensors`)
  return size as [number, number]
}

/**
 * The mask `tril(ones(L, S))`, as with `is_causal`.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.attention.bias.causal_upper_left.html
 */
export function causal_upper_left(...size: [seq_len_q: number, seq_len_kv: number]): CausalBias {
  return new CausalBias(CausalVariant.UPPER_LEFT, ...sizes('causal_upper_left', size))
}

/**
 * The mask `tril(ones(L, S), S - L)`: the last query sees all keys.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.attention.bias.causal_lower_right.html
 */
export function causal_lower_right(...size: [seq_len_q: number, seq_len_kv: number]): CausalBias {
  return new CausalBias(CausalVariant.LOWER_RIGHT, ...sizes('causal_lower_right', size))
}
