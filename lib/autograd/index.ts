/** Automatic differentiation. https://docs.pytorch.org/docs/stable/autograd.html */
export { Function, FunctionCtx, type Gradients, once_differentiable } from './function.js'
export * from './grad_mode.js'
export * as graph from './graph.js'
export { backward, backwardAsync, grad, type Tensors } from './run.js'
