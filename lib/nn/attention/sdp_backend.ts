/**
 * The kernels of `scaled_dot_product_attention`; the numbers are at::SDPBackend.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.attention.SDPBackend.html
 */
export const SDPBackend = {
  ERROR: -1,
  /** Made of plain operators: everywhere, for everything. */
  MATH: 0,
  FLASH_ATTENTION: 1,
  EFFICIENT_ATTENTION: 2,
  CUDNN_ATTENTION: 3,
  OVERRIDEABLE: 4,
} as const

export type SDPBackend = (typeof SDPBackend)[keyof typeof SDPBackend]
