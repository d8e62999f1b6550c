/** https://docs.pytorch.org/docs/stable/nn.html#parametrizations */
export { orthogonal } from './orthogonal.js'
export { spectral_norm } from './spectral_parametrization.js'
export { weight_norm } from './weight_parametrization.js'
