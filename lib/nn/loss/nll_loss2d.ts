import { warn } from '../../_C/raise.js'
import { NLLLoss } from './nll_loss.js'

/** `NLLLoss` by its old name. Deprecated as in PyTorch: use `NLLLoss`. */
export class NLLLoss2d extends NLLLoss {
  constructor(...args: ConstructorParameters<typeof NLLLoss>) {
    warn(
      '`NLLLoss2d` has been deprecated. Please use `NLLLoss` instead as a drop-in replacement and see ' +
        'https://pytorch.org/docs/main/nn.html#torch.nn.NLLLoss for more details.',
      'FutureWarning',
    )
    super(...args)
  }
}
