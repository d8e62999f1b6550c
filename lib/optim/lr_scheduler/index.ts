/**
 * `torch.optim.lr_scheduler`: what changes learning rates as training goes on.
 * https://docs.pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate
 */
import '../../_C/setup.js'

export type { LrLambda } from './_lambdas.js'
export { ChainedScheduler } from './chained_scheduler.js'
export { ConstantLR } from './constant_lr.js'
export { CosineAnnealingLR } from './cosine_annealing_lr.js'
export { CosineAnnealingWarmRestarts } from './cosine_annealing_warm_restarts.js'
export { CyclicLR } from './cyclic_lr.js'
export { ExponentialLR } from './exponential_lr.js'
export { LambdaLR } from './lambda_lr.js'
export { LinearLR } from './linear_lr.js'
export { LRScheduler, type SchedulerStateDict } from './lr_scheduler.js'
export { MultiStepLR } from './multi_step_lr.js'
export { MultiplicativeLR } from './multiplicative_lr.js'
export { OneCycleLR } from './one_cycle_lr.js'
export { PolynomialLR } from './polynomial_lr.js'
export { ReduceLROnPlateau } from './reduce_lr_on_plateau.js'
export { SequentialLR } from './sequential_lr.js'
export { StepLR } from './step_lr.js'
