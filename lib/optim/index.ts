/**
 * `torch.optim`: what changes parameters by their gradients.
 * https://docs.pytorch.org/docs/stable/optim.html
 */
import '../_C/setup.js'

export type { ParamGroup, ParamGroupInput, ParamsT } from './_param_groups.js'
export type { OptimizerStateDict, ParamState } from './_state_dict.js'
export { Adam, type AdamOptions } from './adam.js'
export { AdamW, type AdamWOptions } from './adamw.js'
export { type AnyOptimizer, type Closure, Optimizer } from './optimizer.js'
export { SGD, type SGDOptions } from './sgd.js'
