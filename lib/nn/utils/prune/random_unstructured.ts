import { rand_like } from '../../../_generated/torch.js'
import type { Tensor } from '../../../tensor.js'
import { _Unstructured, type AmountArgs, amountSignature } from './_unstructured.js'

const bind = amountSignature('RandomUnstructured')

/**
 * Prunes elements drawn at random: `amount` of them, or that share of all when it is not whole.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.RandomUnstructured.html
 */
export class RandomUnstructured extends _Unstructured {
  constructor(...args: AmountArgs) {
    super(bind(args))
  }

  protected _chosen(t: Tensor, count: number): Tensor {
    return rand_like(t).view(-1).topk(count).indices
  }
}
