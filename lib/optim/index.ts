/**
 * `torch.optim`: what changes parameters by their gradients.
 * https://docs.pytorch.org/docs/stable/optim.html
 */
import '../_C/setup.js'

export type { ParamGroup, ParamGroupInput, ParamsT } from './_param_groups.js'
export type { OptimizerStateDict, ParamState } from './_state_dict.js'
export { swap_in_optimizer_params_and_state } from './_stateless.js'
export { Adadelta, type AdadeltaOptions } from './adadelta.js'
export { Adafactor, type AdafactorOptions } from './adafactor.js'
export { Adagrad, type AdagradOptions } from './adagrad.js'
export { Adam, type AdamOptions } from './adam.js'
export { Adamax, type AdamaxOptions } from './adamax.js'
export { AdamW, type AdamWOptions } from './adamw.js'
export { ASGD, type ASGDOptions } from './asgd.js'
export { LBFGS, type LBFGSOptions } from './lbfgs.js'
export * as lr_scheduler from './lr_scheduler/index.js'
export { type AdjustLrFn, Muon, type MuonOptions } from './muon.js'
export { NAdam, type NAdamOptions } from './nadam.js'
export {
  type AnyOptimizer,
  type Closure,
  Optimizer,
  register_optimizer_step_post_hook,
  register_optimizer_step_pre_hook,
} from './optimizer.js'
export { RAdam, type RAdamOptions } from './radam.js'
export { RMSprop, type RMSpropOptions } from './rmsprop.js'
export { Rprop, type RpropOptions } from './rprop.js'
export { SGD, type SGDOptions } from './sgd.js'
export { SparseAdam, type SparseAdamOptions } from './sparse_adam.js'
export * as swa_utils from './swa_utils/index.js'
