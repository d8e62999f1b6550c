/** `torch.sparse`. https://docs.pytorch.org/docs/stable/sparse.html */

export { as_sparse_gradcheck } from './as_sparse_gradcheck.js'
export { check_sparse_tensor_invariants } from './check_sparse_tensor_invariants.js'
export * from './operators.js'
