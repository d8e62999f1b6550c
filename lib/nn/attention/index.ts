/** `torch.nn.attention`: how `scaled_dot_product_attention` works. https://docs.pytorch.org/docs/stable/nn.attention.html */
export * as bias from './bias.js'
export {
  activate_flash_attention_impl,
  current_flash_attention_impl,
  type FlashAttentionHandle,
  list_flash_attention_impls,
  register_flash_attention_impl,
  restore_flash_attention_impl,
} from './flash_attention.js'
export { SDPBackend } from './sdp_backend.js'
export { sdpa_kernel } from './sdpa_kernel.js'
export { WARN_FOR_UNFUSED_KERNELS, warnForUnfusedKernels } from './unfused_warnings.js'
