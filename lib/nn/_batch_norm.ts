import type { Tensor } from '../tensor.js'
import { withoutGrad } from './_no_grad.js'
import { _NormBase } from './_norm_base.js'
import * as F from './functional/index.js'

/** The base of the batch normalisations. @internal */
export abstract class _BatchNorm extends _NormBase {
  /** @throws ValueError for an input that has not the dimensions of the class. */
  protected abstract _check_input_dim(input: Tensor): void

  forward(input: Tensor): Tensor {
    this._check_input_dim(input)
    const { training, track_running_stats, running_mean, running_var } = this
    let factor = this.momentum ?? 0
    const counter = this.num_batches_tracked
    if (training && track_running_stats && counter !== null) {
      withoutGrad(() => counter.add_(1))
      if (this.momentum === null) factor = 1 / Number(counter.item())
    }
    // The buffers go in only where they are to be updated, or used in place of the batch's statistics.
    const useBuffers = !training || track_running_stats
    return F.batch_norm(
      input,
      useBuffers ? running_mean : null,
      useBuffers ? running_var : null,
      this.weight,
      this.bias,
      training || (running_mean === null && running_var === null),
      factor,
      this.eps,
    )
  }
}
