/** `torch.nn.parameter`. https://docs.pytorch.org/docs/stable/nn.html */
export { Buffer } from './buffer.js'
export { Parameter } from './parameter.js'
export { is_lazy, UninitializedBuffer, UninitializedParameter, UninitializedTensorMixin } from './uninitialized.js'
