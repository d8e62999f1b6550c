/**
 * Names that are operators, or look like it, and still aren't generated: written by hand in `lib/`, or not offered.
 * `torch.*` first, `Tensor`'s methods second.
 */

const functional = 'Python code over several operators: torch/functional.py, by hand'
const creation = 'the default dtype follows the kind of the JavaScript value, not the schema'
const gradMode = 'state of the running context, by hand'
const fact = 'a plain fact of the tensor, read without the dispatcher'
const internal = 'a helper that PyTorch itself does not document for users'

/** @type {Record<string, string>} */
export const torchHandwritten = {
  ...Object.fromEntries(
    [
      'align_tensors',
      'atleast_1d',
      'atleast_2d',
      'atleast_3d',
      'block_diag',
      'broadcast_shapes',
      'broadcast_tensors',
      'cartesian_prod',
      'cdist',
      'chain_matmul',
      'einsum',
      'istft',
      'lu',
      'meshgrid',
      'norm',
      'pca_lowrank',
      'split',
      'stft',
      'svd_lowrank',
      'tensordot',
      'unique',
      'unique_consecutive',
      'unravel_index',
    ].map(name => [name, functional]),
  ),
  tensor: creation,
  as_tensor: creation,
  asarray: creation,
  full: creation,
  scalar_tensor: creation,
  from_numpy: creation,
  frombuffer: creation,
  from_file: 'opens a file by name: needs a path check of its own',
  is_grad_enabled: gradMode,
  is_inference_mode_enabled: gradMode,
  nonzero: '`as_tuple` chooses another operator',
}

/** @type {Record<string, string>} */
export const tensorHandwritten = {
  to: 'Python parses its arguments in a way of its own',
  type: 'takes dtypes by their old names',
  backward: 'the autograd engine, not an operator',
  data: 'a property',
  detach: 'through the boundary: keeps the tensor scope',
  dim: fact,
  size: fact,
  stride: fact,
  storage_offset: fact,
  is_contiguous: fact,
  is_leaf: 'a property',
  is_inference: fact,
  is_conj: fact,
  is_neg: fact,
  item: 'gives a JavaScript value',
  output_nr: 'a property',
  requires_grad_: 'autograd state, through the boundary',
  retain_grad: 'autograd state, through the boundary',
  retains_grad: 'a property',
  set_data: 'the property `data`',
  _version: 'a property',
  new_full: creation,
  new_tensor: creation,
  norm: functional,
  split: functional,
  stft: functional,
  istft: functional,
  unique: functional,
  unique_consecutive: functional,
  lu: functional,
  nonzero: '`as_tuple` chooses another operator',
  names: internal,
}
