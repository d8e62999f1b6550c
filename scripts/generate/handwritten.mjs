/**
 * Names that the stubs and schemas give and that still aren't generated, because `lib/` has them by hand; and why. What
 * Python itself writes in Python (torch/functional.py, torch/_tensor.py) has no stub and needs no row.
 */

const functional = 'Python code over several operators: torch/functional.py, by hand'
const creation = 'the default dtype follows the kind of the JavaScript value, not the schema'
const sparse = 'Python parses lists and `check_invariants` itself'
const fact = 'a plain fact of the tensor, read without the dispatcher'

/** @type {Record<string, string>} */
export const torchHandwritten = {
  full: creation,
  scalar_tensor: creation,
  from_file: 'checks the path itself',
  istft: functional,
  sparse_coo_tensor: sparse,
  sparse_compressed_tensor: sparse,
  sparse_csr_tensor: sparse,
  sparse_csc_tensor: sparse,
  sparse_bsr_tensor: sparse,
  sparse_bsc_tensor: sparse,
}

/** @type {Record<string, string>} */
export const tensorHandwritten = {
  to: 'Python parses its arguments in a way of its own',
  new_full: creation,
  dim: fact,
  size: fact,
  stride: fact,
  numel: fact,
  storage_offset: fact,
  is_contiguous: fact,
  is_inference: fact,
  is_conj: fact,
  is_neg: fact,
  item: 'gives a JavaScript value',
  requires_grad_: 'autograd state, through the boundary',
  retain_grad: 'autograd state, through the boundary',
  split: functional,
  istft: functional,
}

/**
 * Names whose Python binding takes more than the schema says: the body calls the function of that name in
 * `lib/_C/binding.ts`, with the stub's own signatures.
 */
export const bindings = new Set(['contiguous', 'empty', 'nonzero'])
