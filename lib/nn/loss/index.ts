/** The losses. https://docs.pytorch.org/docs/stable/nn.html#loss-functions */
export { BCELoss, type BCELossOptions } from './bce_loss.js'
export { BCEWithLogitsLoss, type BCEWithLogitsLossOptions } from './bce_with_logits_loss.js'
export { CosineEmbeddingLoss, type CosineEmbeddingLossOptions } from './cosine_embedding_loss.js'
export { CrossEntropyLoss, type CrossEntropyLossOptions } from './cross_entropy_loss.js'
export { CTCLoss, type CTCLossOptions } from './ctc_loss.js'
export { GaussianNLLLoss, type GaussianNLLLossOptions } from './gaussian_nll_loss.js'
export { HingeEmbeddingLoss, type HingeEmbeddingLossOptions } from './hinge_embedding_loss.js'
export { HuberLoss, type HuberLossOptions } from './huber_loss.js'
export { KLDivLoss, type KLDivLossOptions } from './kl_div_loss.js'
export { L1Loss, type L1LossOptions } from './l1_loss.js'
export { LinearCrossEntropyLoss, type LinearCrossEntropyLossOptions } from './linear_cross_entropy_loss.js'
export { type LinearCrossEntropyFields, LinearCrossEntropyOptions } from './linear_cross_entropy_options.js'
export { MarginRankingLoss, type MarginRankingLossOptions } from './margin_ranking_loss.js'
export { MSELoss, type MSELossOptions } from './mse_loss.js'
export { MultiLabelMarginLoss, type MultiLabelMarginLossOptions } from './multi_label_margin_loss.js'
export { MultiLabelSoftMarginLoss, type MultiLabelSoftMarginLossOptions } from './multi_label_soft_margin_loss.js'
export { MultiMarginLoss, type MultiMarginLossOptions } from './multi_margin_loss.js'
export { NLLLoss, type NLLLossOptions } from './nll_loss.js'
export { NLLLoss2d } from './nll_loss2d.js'
export { PoissonNLLLoss, type PoissonNLLLossOptions } from './poisson_nll_loss.js'
export { SmoothL1Loss, type SmoothL1LossOptions } from './smooth_l1_loss.js'
export { SoftMarginLoss, type SoftMarginLossOptions } from './soft_margin_loss.js'
export { TripletMarginLoss, type TripletMarginLossOptions } from './triplet_margin_loss.js'
export {
  type DistanceFunction,
  TripletMarginWithDistanceLoss,
  type TripletMarginWithDistanceLossOptions,
} from './triplet_margin_with_distance_loss.js'
