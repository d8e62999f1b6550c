/** Automatic differentiation. https://docs.pytorch.org/docs/stable/autograd.html */
export * as anomaly_mode from './anomaly_mode.js'
export {
  detect_anomaly,
  is_anomaly_check_nan_enabled,
  is_anomaly_enabled,
  set_detect_anomaly,
} from './anomaly_mode.js'
export * as forward_ad from './forward_ad.js'
export * as function from './function.js'
export { Function, FunctionCtx, type Gradients, once_differentiable } from './function.js'
export * as functional from './functional.js'
export * as grad_mode from './grad_mode.js'
export * from './grad_mode.js'
export {
  GradcheckError,
  type GradcheckOptions,
  type GradgradcheckOptions,
  gradcheck,
  gradgradcheck,
} from './gradcheck.js'
export * as graph from './graph.js'
export { backward, backwardAsync, grad, type Inputs, type Outputs, type Tensors } from './run.js'
export * as variable from './variable.js'
export { Variable } from './variable.js'
