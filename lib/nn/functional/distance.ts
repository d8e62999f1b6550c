import { forward } from '../../_C/callable.js'
import * as ops from '../../_generated/ops.js'
import type { Tensor } from '../../tensor.js'

/**
 * `p`-norm of `x1 − x2 + eps` along the last dimension. x1, x2: (N, D) or (D); result: (N) or (), or with a last 1 for `keepdim`.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pairwise_distance.html
 */
export const pairwise_distance = forward<
  (x1: Tensor, x2: Tensor, p?: number, eps?: number, keepdim?: boolean) => Tensor,
  ['x1', 'x2', 'p?', 'eps?', 'keepdim?']
>(ops.pairwise_distance)

/**
 * Cosine of the angle between `x1` and `x2` along `dim`; both broadcast.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cosine_similarity.html
 */
export const cosine_similarity = forward<
  (x1: Tensor, x2: Tensor, dim?: number, eps?: number) => Tensor,
  ['x1', 'x2', 'dim?', 'eps?']
>(ops.cosine_similarity)

/**
 * `p`-norm distances between all pairs of rows. input: (N, M); result: (N · (N − 1) / 2).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pdist.html
 */
export const pdist = forward<(input: Tensor, p?: number) => Tensor, ['input', 'p?']>(ops.pdist)
