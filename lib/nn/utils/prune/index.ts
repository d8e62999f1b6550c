/** `torch.nn.utils.prune`. https://docs.pytorch.org/tutorials/intermediate/pruning_tutorial.html */
export { BasePruningMethod, PruningContainer, type PruningType } from './base_pruning_method.js'
export { CustomFromMask } from './custom_from_mask.js'
export {
  custom_from_mask,
  global_unstructured,
  identity,
  is_pruned,
  l1_unstructured,
  ln_structured,
  random_structured,
  random_unstructured,
  remove,
} from './functions.js'
export { Identity } from './identity.js'
export { L1Unstructured } from './l1_unstructured.js'
export { LnStructured, type NormOrder } from './ln_structured.js'
export { RandomStructured } from './random_structured.js'
export { RandomUnstructured } from './random_unstructured.js'
