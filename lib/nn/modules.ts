/** `torch.nn.modules`: the layers, losses and containers. https://docs.pytorch.org/docs/stable/nn.html */
export type { ConvOptions, ConvPadding, PaddingMode } from './_conv_nd.js'
export type { NormOptions } from './_norm_base.js'
export type { FactoryOptions } from './_parameters.js'
export type { Activation, TransformerLayerOptions } from './_transformer.js'
export { AdaptiveLogSoftmaxWithLoss, type AdaptiveLogSoftmaxWithLossOptions, type ASMoutput } from './adaptive.js'
export {
  AdaptiveAvgPool1d,
  type AdaptiveAvgPool1dOptions,
  AdaptiveAvgPool2d,
  type AdaptiveAvgPool2dOptions,
  AdaptiveAvgPool3d,
  type AdaptiveAvgPool3dOptions,
  AdaptiveMaxPool1d,
  type AdaptiveMaxPool1dOptions,
  AdaptiveMaxPool2d,
  type AdaptiveMaxPool2dOptions,
  AdaptiveMaxPool3d,
  type AdaptiveMaxPool3dOptions,
  type OutputSize,
} from './adaptive_pooling.js'
export {
  AvgPool1d,
  type AvgPool1dOptions,
  AvgPool2d,
  type AvgPool2dOptions,
  AvgPool3d,
  type AvgPool3dOptions,
} from './avg_pooling.js'
export { BatchNorm1d, BatchNorm2d, BatchNorm3d } from './batchnorm.js'
export { Bilinear, type BilinearOptions } from './bilinear.js'
export { ChannelShuffle, type ChannelShuffleOptions } from './channelshuffle.js'
export {
  ConstantPad1d,
  ConstantPad2d,
  ConstantPad3d,
  type ConstantPadOptions,
  ZeroPad1d,
  ZeroPad2d,
  ZeroPad3d,
} from './constant_padding.js'
export { Container } from './container.js'
export { Conv1d, Conv2d, Conv3d } from './conv.js'
export { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, type ConvTransposeOptions } from './conv_transpose.js'
export { CrossMapLRN2d, type CrossMapLRN2dOptions } from './cross_map_lrn.js'
export {
  CosineSimilarity,
  type CosineSimilarityOptions,
  PairwiseDistance,
  type PairwiseDistanceOptions,
} from './distance.js'
export {
  AlphaDropout,
  Dropout,
  Dropout1d,
  Dropout2d,
  Dropout3d,
  type DropoutOptions,
  FeatureAlphaDropout,
} from './dropout.js'
export { Embedding, type EmbeddingOptions, type PretrainedEmbeddingOptions } from './embedding.js'
export {
  type BagMode,
  EmbeddingBag,
  type EmbeddingBagOptions,
  type PretrainedEmbeddingBagOptions,
} from './embedding_bag.js'
export { Flatten, type FlattenOptions, Unflatten, type UnflattenOptions } from './flatten.js'
export { Fold, type FoldOptions, Unfold, type UnfoldOptions } from './fold.js'
export {
  FractionalMaxPool2d,
  type FractionalMaxPool2dOptions,
  FractionalMaxPool3d,
  type FractionalMaxPool3dOptions,
} from './fractional_pooling.js'
export { GRU, type GRUOptions } from './gru.js'
export { Hardtanh, type HardtanhOptions } from './hardtanh.js'
export { Identity } from './identity.js'
export { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d } from './instancenorm.js'
export { LazyConv1d, LazyConv2d, LazyConv3d, type LazyConvOptions } from './lazy_conv.js'
export {
  LazyConvTranspose1d,
  LazyConvTranspose2d,
  LazyConvTranspose3d,
  type LazyConvTransposeOptions,
} from './lazy_conv_transpose.js'
export { LazyLinear, type LazyLinearOptions } from './lazy_linear.js'
export {
  LazyBatchNorm1d,
  LazyBatchNorm2d,
  LazyBatchNorm3d,
  LazyInstanceNorm1d,
  LazyInstanceNorm2d,
  LazyInstanceNorm3d,
  type LazyNormOptions,
} from './lazy_norm.js'
export { Linear, type LinearOptions } from './linear.js'
export { LocalResponseNorm, type LocalResponseNormOptions } from './local_response_norm.js'
export * from './loss/index.js'
export {
  LPPool1d,
  type LPPool1dOptions,
  LPPool2d,
  type LPPool2dOptions,
  LPPool3d,
  type LPPool3dOptions,
} from './lp_pooling.js'
export { LSTM, type LSTMState } from './lstm.js'
export { MaxPool1d, MaxPool2d, MaxPool3d, type MaxPoolOptions, type Pooled } from './max_pooling.js'
export {
  MaxUnpool1d,
  type MaxUnpool1dOptions,
  MaxUnpool2d,
  type MaxUnpool2dOptions,
  MaxUnpool3d,
  type MaxUnpool3dOptions,
} from './max_unpooling.js'
export { type AnyModule, type Forward, Module } from './module.js'
export { ModuleDict, type NamedModules } from './module_dict.js'
export * as module from './module_hooks.js'
export { ModuleList } from './module_list.js'
export { type AttentionCall, MultiheadAttention, type MultiheadAttentionOptions } from './multihead_attention.js'
export {
  GroupNorm,
  type GroupNormOptions,
  LayerNorm,
  type LayerNormOptions,
  type NormalizedShape,
  RMSNorm,
  type RMSNormOptions,
} from './normalization.js'
export {
  CircularPad1d,
  CircularPad2d,
  CircularPad3d,
  type PadOptions,
  ReflectionPad1d,
  ReflectionPad2d,
  ReflectionPad3d,
  ReplicationPad1d,
  ReplicationPad2d,
  ReplicationPad3d,
} from './padding.js'
export { ParameterDict } from './parameter_dict.js'
export { ParameterList } from './parameter_list.js'
export { PixelShuffle, type PixelShuffleOptions, PixelUnshuffle, type PixelUnshuffleOptions } from './pixelshuffle.js'
export { PReLU, type PReLUOptions } from './prelu.js'
export {
  CELU,
  type CELUOptions,
  ELU,
  type ELUOptions,
  LeakyReLU,
  type LeakyReLUOptions,
  ReLU,
  ReLU6,
  type ReLU6Options,
  type ReLUOptions,
  RReLU,
  type RReLUOptions,
  SELU,
  type SELUOptions,
  Threshold,
  type ThresholdOptions,
} from './rectifiers.js'
export { RNN, type RNNOptions } from './rnn.js'
export { RNNBase, type RNNBaseOptions, type RNNMode } from './rnn_base.js'
export { type ElmanCellOptions, GRUCell, LSTMCell, RNNCell, RNNCellBase, type RNNCellOptions } from './rnn_cell.js'
export { Sequential } from './sequential.js'
export { Hardshrink, type HardshrinkOptions, Softshrink, type SoftshrinkOptions, Tanhshrink } from './shrinkage.js'
export {
  GELU,
  type GELUOptions,
  GLU,
  type GLUOptions,
  Hardsigmoid,
  type HardsigmoidOptions,
  Hardswish,
  type HardswishOptions,
  LogSigmoid,
  Mish,
  type MishOptions,
  Sigmoid,
  SiLU,
  type SiLUOptions,
  Softplus,
  type SoftplusOptions,
  Softsign,
  Tanh,
} from './sigmoids.js'
export {
  LogSoftmax,
  type LogSoftmaxOptions,
  Softmax,
  Softmax2d,
  type SoftmaxOptions,
  Softmin,
  type SoftminOptions,
} from './softmax.js'
export { SyncBatchNorm, type SyncBatchNormOptions } from './sync_batchnorm.js'
export { Transformer, type TransformerCall, type TransformerOptions } from './transformer.js'
export { TransformerDecoder, type TransformerDecoderOptions } from './transformer_decoder.js'
export { TransformerDecoderLayer } from './transformer_decoder_layer.js'
export { TransformerEncoder, type TransformerEncoderOptions } from './transformer_encoder.js'
export { TransformerEncoderLayer } from './transformer_encoder_layer.js'
export {
  Upsample,
  type UpsampleMode,
  type UpsampleOptions,
  type Upsampling2dOptions,
  UpsamplingBilinear2d,
  UpsamplingNearest2d,
} from './upsampling.js'
