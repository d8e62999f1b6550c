/** `torch.functional`: functions of `torch` that are Python code over several operators. */
export { pca_lowrank, svd_lowrank } from './_lowrank.js'
export * from './functional/einsum.js'
export * from './functional/lu.js'
export * from './functional/norm.js'
export * from './functional/shapes.js'
export * from './functional/spectral.js'
export * from './functional/unique.js'
