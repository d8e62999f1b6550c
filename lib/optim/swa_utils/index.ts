/**
 * `torch.optim.swa_utils`: averages of a model's weights over the training.
 * https://docs.pytorch.org/docs/stable/optim.html#weight-averaging-swa-and-ema
 */
import '../../_C/setup.js'

export { AveragedModel, type AveragedModelOptions } from './averaged_model.js'
export {
  type AvgFn,
  get_ema_avg_fn,
  get_ema_multi_avg_fn,
  get_swa_avg_fn,
  get_swa_multi_avg_fn,
  type MultiAvgFn,
} from './averages.js'
export { SWALR } from './swalr.js'
export { update_bn } from './update_bn.js'
