/**
 * `torch.nn`: modules, layers and losses.
 * https://docs.pytorch.org/docs/stable/nn.html
 */
import '../_C/setup.js'

export { deepcopy } from './_deepcopy.js'
export { IncompatibleKeys, type ModuleMetadata, type StateDict } from './_state_dict.js'
export * as attention from './attention/index.js'
export { Buffer } from './buffer.js'
export { factory_kwargs } from './factory_kwargs.js'
export * as functional from './functional/index.js'
export * as grad from './grad.js'
export * as init from './init.js'
export {
  register_module_buffer_registration_hook,
  register_module_forward_hook,
  register_module_forward_pre_hook,
  register_module_full_backward_hook,
  register_module_full_backward_pre_hook,
  register_module_module_registration_hook,
  register_module_parameter_registration_hook,
} from './module_hooks.js'
export * from './modules.js'
export * as modules from './modules.js'
export { DataParallel, type DataParallelOptions } from './parallel/data_parallel.js'
export * as parallel from './parallel/index.js'
export { Parameter } from './parameter.js'
export * as parameter from './parameter_namespace.js'
export { is_lazy, UninitializedBuffer, type UninitializedOptions, UninitializedParameter } from './uninitialized.js'
export * as utils from './utils/index.js'
