/** `torch.nn.functional`. https://docs.pytorch.org/docs/stable/nn.functional.html */
export * from './activation.js'
export * from './adaptive_pooling.js'
export * from './attention.js'
export * from './classification_loss.js'
export * from './conv.js'
export * from './distance.js'
export * from './dropout.js'
export * from './fold.js'
export * from './fractional_pooling.js'
export { interpolate, upsample, upsample_bilinear, upsample_nearest } from './interpolate.js'
export * from './linear.js'
export * from './linear_cross_entropy.js'
export * from './lp_pooling.js'
export * from './margin_loss.js'
export * from './normalization.js'
export * from './padding.js'
export {
  avg_pool1d,
  avg_pool2d,
  avg_pool3d,
  max_pool1d,
  max_pool1d_with_indices,
  max_pool2d,
  max_pool2d_with_indices,
  max_pool3d,
  max_pool3d_with_indices,
} from './pooling.js'
export * from './regression_loss.js'
export * from './scaled_mm.js'
export * from './softmax.js'
export * from './sparse.js'
export * from './unpooling.js'
export * from './vision.js'
