/** https://docs.pytorch.org/docs/stable/nn.html#utilities */
export { clip_grad_norm_, clip_grad_value_, get_total_norm } from './clip_grad.js'
export { parameters_to_vector, vector_to_parameters } from './convert_parameters.js'
export * as parametrizations from './parametrizations.js'
export * as parametrize from './parametrize.js'
export * as rnn from './rnn.js'
export { remove_spectral_norm, spectral_norm } from './spectral_norm.js'
export * as stateless from './stateless.js'
export { remove_weight_norm, weight_norm } from './weight_norm.js'
