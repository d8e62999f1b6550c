import type { Tensor } from '../../../tensor.js'
import { _Unstructured, type AmountArgs, amountSignature } from './_unstructured.js'

const bind = amountSignature('L1Unstructured')

/**
 * Prunes the elements next to zero: `amount` of them, or that share of all when it is not whole.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.L1Unstructured.html
 */
export class L1Unstructured extends _Unstructured {
  constructor(...args: AmountArgs) {
    super(bind(args))
  }

  protected _chosen(t: Tensor, count: number): Tensor {
    return t.abs().view(-1).topk(count, { largest: false }).indices
  }
}
