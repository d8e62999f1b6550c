/** Every layer and loss, written in both languages, with the inputs of one call. */
import * as nn from 'torch-node/nn'

/** One input: a shape of normal numbers, or what to draw instead. */
export type InputSpec = number[] | { shape: number[]; draw: 'rand' | 'sign' } | { shape: number[]; below: number }

export interface LayerCase {
  /** What Python evaluates. */
  python: string
  make(): nn.AnyModule
  inputs: InputSpec[]
}

const layer = (python: string, make: () => nn.AnyModule, ...inputs: InputSpec[]): LayerCase => ({
  python,
  make,
  inputs,
})
const classes = (...shape: number[]): InputSpec => ({ shape, below: 4 })
const share = (...shape: number[]): InputSpec => ({ shape, draw: 'rand' })
const sign = (...shape: number[]): InputSpec => ({ shape, draw: 'sign' })

const image = [2, 4, 8, 8]
const signal = [2, 4, 9]
const volume = [1, 2, 5, 6, 7]
const flat = [3, 6]

export const linearCases: LayerCase[] = [
  layer('nn.Identity()', () => new nn.Identity(), flat),
  layer('nn.Linear(6, 5)', () => new nn.Linear(6, 5), flat),
  layer('nn.Linear(6, 5, bias=False)', () => new nn.Linear(6, 5, { bias: false }), [2, 3, 6]),
  layer(
    'nn.Linear(in_features=6, out_features=5, dtype=torch.float32)',
    () => new nn.Linear({ in_features: 6, out_features: 5 }),
    flat,
  ),
  layer('nn.Bilinear(6, 4, 3)', () => new nn.Bilinear(6, 4, 3), flat, [3, 4]),
  layer('nn.Flatten()', () => new nn.Flatten(), image),
  layer('nn.Unflatten(1, (2, 3))', () => new nn.Unflatten(1, [2, 3]), flat),
]

export const convCases: LayerCase[] = [
  layer('nn.Conv1d(4, 6, 3)', () => new nn.Conv1d(4, 6, 3), signal),
  layer('nn.Conv2d(4, 6, 3)', () => new nn.Conv2d(4, 6, 3), image),
  layer('nn.Conv2d(4, 6, 3, padding=1)', () => new nn.Conv2d(4, 6, 3, { padding: 1 }), image),
  layer(
    'nn.Conv2d(4, 6, (3, 5), stride=(2, 1), padding=(4, 2), dilation=(3, 1), groups=2, bias=False)',
    () => new nn.Conv2d(4, 6, [3, 5], { stride: [2, 1], padding: [4, 2], dilation: [3, 1], groups: 2, bias: false }),
    image,
  ),
  layer("nn.Conv2d(4, 6, 3, padding='same')", () => new nn.Conv2d(4, 6, 3, 1, 'same'), image),
  layer(
    "nn.Conv2d(4, 6, 4, padding='same', padding_mode='reflect')",
    () => new nn.Conv2d(4, 6, 4, { padding: 'same', padding_mode: 'reflect' }),
    image,
  ),
  layer(
    "nn.Conv2d(4, 6, 3, padding=(2, 1), padding_mode='circular')",
    () => new nn.Conv2d(4, 6, 3, { padding: [2, 1], padding_mode: 'circular' }),
    image,
  ),
  layer('nn.Conv3d(2, 3, 2)', () => new nn.Conv3d(2, 3, 2), volume),
  layer('nn.ConvTranspose1d(4, 6, 3)', () => new nn.ConvTranspose1d(4, 6, 3), signal),
  layer(
    'nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1)',
    () => new nn.ConvTranspose2d(4, 6, 3, { stride: 2, padding: 1, output_padding: 1 }),
    image,
  ),
  layer(
    'nn.ConvTranspose3d(2, 4, 2, groups=2, dilation=2)',
    () => new nn.ConvTranspose3d(2, 4, 2, { groups: 2, dilation: 2 }),
    volume,
  ),
  layer('nn.Fold((4, 5), (2, 3))', () => new nn.Fold([4, 5], [2, 3]), [1, 12, 9]),
  layer('nn.Unfold((2, 3), padding=1)', () => new nn.Unfold([2, 3], { padding: 1 }), image),
]

export const normCases: LayerCase[] = [
  layer('nn.BatchNorm1d(6)', () => new nn.BatchNorm1d(6), flat),
  layer('nn.BatchNorm2d(4)', () => new nn.BatchNorm2d(4), image),
  layer(
    'nn.BatchNorm2d(4, momentum=None, affine=False)',
    () => new nn.BatchNorm2d(4, { momentum: null, affine: false }),
    image,
  ),
  layer(
    'nn.BatchNorm2d(4, eps=1e-3, track_running_stats=False)',
    () => new nn.BatchNorm2d(4, 1e-3, { track_running_stats: false }),
    image,
  ),
  layer('nn.BatchNorm3d(2, bias=False)', () => new nn.BatchNorm3d(2, { bias: false }), volume),
  layer('nn.InstanceNorm1d(4)', () => new nn.InstanceNorm1d(4), signal),
  layer(
    'nn.InstanceNorm2d(4, affine=True, track_running_stats=True)',
    () => new nn.InstanceNorm2d(4, { affine: true, track_running_stats: true }),
    image,
  ),
  layer('nn.InstanceNorm3d(2)', () => new nn.InstanceNorm3d(2), [2, 5, 6, 7]),
  layer('nn.LayerNorm(6)', () => new nn.LayerNorm(6), flat),
  layer('nn.LayerNorm((8, 8), bias=False)', () => new nn.LayerNorm([8, 8], { bias: false }), image),
  layer('nn.GroupNorm(2, 4)', () => new nn.GroupNorm(2, 4), image),
  layer('nn.RMSNorm(6)', () => new nn.RMSNorm(6), flat),
  layer('nn.RMSNorm((8, 8), eps=1e-6)', () => new nn.RMSNorm([8, 8], 1e-6), image),
  layer('nn.LocalResponseNorm(2)', () => new nn.LocalResponseNorm(2), image),
]

export const poolCases: LayerCase[] = [
  layer('nn.MaxPool1d(3)', () => new nn.MaxPool1d(3), signal),
  layer(
    'nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True)',
    () => new nn.MaxPool2d(3, { stride: 2, padding: 1, ceil_mode: true }),
    image,
  ),
  layer('nn.MaxPool2d((2, 3), 2)', () => new nn.MaxPool2d([2, 3], 2), image),
  layer('nn.MaxPool3d(2)', () => new nn.MaxPool3d(2), volume),
  layer('nn.AvgPool1d(2)', () => new nn.AvgPool1d(2), signal),
  layer(
    'nn.AvgPool2d(2, padding=1, count_include_pad=False)',
    () => new nn.AvgPool2d(2, { padding: 1, count_include_pad: false }),
    image,
  ),
  layer('nn.AvgPool3d(2, divisor_override=3)', () => new nn.AvgPool3d(2, { divisor_override: 3 }), volume),
  layer('nn.LPPool1d(2, 3)', () => new nn.LPPool1d(2, 3), signal),
  layer('nn.LPPool2d(2, (2, 2), stride=1)', () => new nn.LPPool2d(2, [2, 2], { stride: 1 }), image),
  layer('nn.LPPool3d(2, 2)', () => new nn.LPPool3d(2, 2), volume),
  layer('nn.FractionalMaxPool2d(2, output_size=5)', () => new nn.FractionalMaxPool2d(2, { output_size: 5 }), image),
  layer(
    'nn.FractionalMaxPool3d(2, output_ratio=0.6)',
    () => new nn.FractionalMaxPool3d(2, { output_ratio: 0.6 }),
    volume,
  ),
  layer('nn.AdaptiveAvgPool1d(4)', () => new nn.AdaptiveAvgPool1d(4), signal),
  layer('nn.AdaptiveAvgPool2d((3, None))', () => new nn.AdaptiveAvgPool2d([3, null]), image),
  layer('nn.AdaptiveAvgPool3d(2)', () => new nn.AdaptiveAvgPool3d(2), volume),
  layer('nn.AdaptiveMaxPool1d(4)', () => new nn.AdaptiveMaxPool1d(4), signal),
  layer('nn.AdaptiveMaxPool2d((3, None))', () => new nn.AdaptiveMaxPool2d([3, null]), image),
  layer('nn.AdaptiveMaxPool3d(2)', () => new nn.AdaptiveMaxPool3d(2), volume),
]

export const activationCases: LayerCase[] = [
  layer('nn.Threshold(0.1, 20)', () => new nn.Threshold(0.1, 20), flat),
  layer('nn.ReLU()', () => new nn.ReLU(), flat),
  layer('nn.RReLU()', () => new nn.RReLU(), flat),
  layer('nn.Hardtanh(-0.5, 0.7)', () => new nn.Hardtanh(-0.5, 0.7), flat),
  layer('nn.ReLU6()', () => new nn.ReLU6(), flat),
  layer('nn.Sigmoid()', () => new nn.Sigmoid(), flat),
  layer('nn.Hardsigmoid()', () => new nn.Hardsigmoid(), flat),
  layer('nn.Tanh()', () => new nn.Tanh(), flat),
  layer('nn.SiLU()', () => new nn.SiLU(), flat),
  layer('nn.Mish()', () => new nn.Mish(), flat),
  layer('nn.Hardswish()', () => new nn.Hardswish(), flat),
  layer('nn.ELU()', () => new nn.ELU(), flat),
  layer('nn.CELU(0.5)', () => new nn.CELU(0.5), flat),
  layer('nn.SELU()', () => new nn.SELU(), flat),
  layer('nn.GLU()', () => new nn.GLU(), flat),
  layer('nn.GELU()', () => new nn.GELU(), flat),
  layer("nn.GELU(approximate='tanh')", () => new nn.GELU({ approximate: 'tanh' }), flat),
  layer('nn.Hardshrink()', () => new nn.Hardshrink(), flat),
  layer('nn.LeakyReLU(0.2)', () => new nn.LeakyReLU(0.2), flat),
  layer('nn.LogSigmoid()', () => new nn.LogSigmoid(), flat),
  layer('nn.Softplus()', () => new nn.Softplus(), flat),
  layer('nn.Softshrink()', () => new nn.Softshrink(), flat),
  layer('nn.PReLU(6)', () => new nn.PReLU(6), flat),
  layer('nn.Softsign()', () => new nn.Softsign(), flat),
  layer('nn.Tanhshrink()', () => new nn.Tanhshrink(), flat),
  layer('nn.Softmin(dim=1)', () => new nn.Softmin(1), flat),
  layer('nn.Softmax(dim=1)', () => new nn.Softmax({ dim: 1 }), flat),
  layer('nn.Softmax2d()', () => new nn.Softmax2d(), image),
  layer('nn.LogSoftmax(dim=-1)', () => new nn.LogSoftmax(-1), flat),
  layer('nn.Dropout()', () => new nn.Dropout(), flat),
  layer('nn.Dropout1d(0.3)', () => new nn.Dropout1d(0.3), signal),
  layer('nn.Dropout2d(0.3)', () => new nn.Dropout2d(0.3), image),
  layer('nn.Dropout3d(0.3)', () => new nn.Dropout3d(0.3), volume),
  layer('nn.AlphaDropout(0.3)', () => new nn.AlphaDropout(0.3), flat),
  layer('nn.FeatureAlphaDropout(0.3)', () => new nn.FeatureAlphaDropout(0.3), volume),
]

export const shapeCases: LayerCase[] = [
  layer('nn.ReflectionPad1d(2)', () => new nn.ReflectionPad1d(2), signal),
  layer('nn.ReflectionPad2d((1, 2, 3, 0))', () => new nn.ReflectionPad2d([1, 2, 3, 0]), image),
  layer('nn.ReflectionPad3d(1)', () => new nn.ReflectionPad3d(1), volume),
  layer('nn.ReplicationPad1d(2)', () => new nn.ReplicationPad1d(2), signal),
  layer('nn.ReplicationPad2d(2)', () => new nn.ReplicationPad2d(2), image),
  layer('nn.ReplicationPad3d(1)', () => new nn.ReplicationPad3d(1), volume),
  layer('nn.CircularPad1d(2)', () => new nn.CircularPad1d(2), signal),
  layer('nn.CircularPad2d(2)', () => new nn.CircularPad2d(2), image),
  layer('nn.CircularPad3d(1)', () => new nn.CircularPad3d(1), volume),
  layer('nn.ConstantPad1d(2, 3.5)', () => new nn.ConstantPad1d(2, 3.5), signal),
  layer('nn.ConstantPad2d((1, -1, 0, 2), 3.5)', () => new nn.ConstantPad2d([1, -1, 0, 2], 3.5), image),
  layer('nn.ConstantPad3d(1, 3.5)', () => new nn.ConstantPad3d(1, 3.5), volume),
  layer('nn.ZeroPad1d(1)', () => new nn.ZeroPad1d(1), signal),
  layer('nn.ZeroPad2d(1)', () => new nn.ZeroPad2d(1), image),
  layer('nn.ZeroPad3d(1)', () => new nn.ZeroPad3d(1), volume),
  layer('nn.Upsample(scale_factor=2)', () => new nn.Upsample({ scale_factor: 2 }), image),
  layer(
    "nn.Upsample(size=(5, 6), mode='bilinear', align_corners=True)",
    () => new nn.Upsample({ size: [5, 6], mode: 'bilinear', align_corners: true }),
    image,
  ),
  layer('nn.UpsamplingNearest2d(size=5)', () => new nn.UpsamplingNearest2d(5), image),
  layer('nn.UpsamplingBilinear2d(scale_factor=2)', () => new nn.UpsamplingBilinear2d({ scale_factor: 2 }), image),
  layer('nn.PixelShuffle(2)', () => new nn.PixelShuffle(2), image),
  layer('nn.PixelUnshuffle(2)', () => new nn.PixelUnshuffle(2), image),
  layer('nn.ChannelShuffle(2)', () => new nn.ChannelShuffle(2), image),
  layer('nn.PairwiseDistance()', () => new nn.PairwiseDistance(), flat, flat),
  layer('nn.CosineSimilarity()', () => new nn.CosineSimilarity(), flat, flat),
  layer('nn.Embedding(4, 3)', () => new nn.Embedding(4, 3), classes(2, 5)),
  layer('nn.Embedding(4, 3, padding_idx=-1)', () => new nn.Embedding(4, 3, { padding_idx: -1 }), classes(2, 5)),
  layer("nn.EmbeddingBag(4, 3, mode='sum')", () => new nn.EmbeddingBag(4, 3, { mode: 'sum' }), classes(2, 5)),
]

export const lossCases: LayerCase[] = [
  layer('nn.L1Loss()', () => new nn.L1Loss(), flat, flat),
  layer("nn.MSELoss(reduction='sum')", () => new nn.MSELoss({ reduction: 'sum' }), flat, flat),
  layer('nn.SmoothL1Loss(beta=0.5)', () => new nn.SmoothL1Loss({ beta: 0.5 }), flat, flat),
  layer('nn.HuberLoss(delta=0.5)', () => new nn.HuberLoss({ delta: 0.5 }), flat, flat),
  layer('nn.PoissonNLLLoss(full=True)', () => new nn.PoissonNLLLoss({ full: true }), flat, share(3, 6)),
  layer('nn.GaussianNLLLoss(full=True)', () => new nn.GaussianNLLLoss({ full: true }), flat, flat, share(3, 6)),
  layer('nn.CrossEntropyLoss()', () => new nn.CrossEntropyLoss(), flat, classes(3)),
  layer(
    'nn.CrossEntropyLoss(label_smoothing=0.1, ignore_index=1)',
    () => new nn.CrossEntropyLoss({ label_smoothing: 0.1, ignore_index: 1 }),
    image,
    classes(2, 8, 8),
  ),
  layer('nn.CrossEntropyLoss()', () => new nn.CrossEntropyLoss(), flat, share(3, 6)),
  layer("nn.NLLLoss(reduction='none')", () => new nn.NLLLoss({ reduction: 'none' }), flat, classes(3)),
  layer('nn.BCELoss()', () => new nn.BCELoss(), share(3, 6), share(3, 6)),
  layer('nn.BCEWithLogitsLoss()', () => new nn.BCEWithLogitsLoss(), flat, share(3, 6)),
  layer(
    "nn.KLDivLoss(reduction='batchmean', log_target=True)",
    () => new nn.KLDivLoss({ reduction: 'batchmean', log_target: true }),
    flat,
    flat,
  ),
  layer('nn.HingeEmbeddingLoss()', () => new nn.HingeEmbeddingLoss(), flat, sign(3, 6)),
  layer('nn.SoftMarginLoss()', () => new nn.SoftMarginLoss(), flat, sign(3, 6)),
  layer('nn.CosineEmbeddingLoss(0.2)', () => new nn.CosineEmbeddingLoss(0.2), flat, flat, sign(3)),
  layer('nn.MarginRankingLoss(0.2)', () => new nn.MarginRankingLoss({ margin: 0.2 }), [4], [4], sign(4)),
  layer('nn.MultiMarginLoss(p=2)', () => new nn.MultiMarginLoss(2), flat, classes(3)),
  layer('nn.MultiLabelMarginLoss()', () => new nn.MultiLabelMarginLoss(), flat, classes(3, 6)),
  layer('nn.MultiLabelSoftMarginLoss()', () => new nn.MultiLabelSoftMarginLoss(), flat, share(3, 6)),
  layer('nn.TripletMarginLoss(swap=True)', () => new nn.TripletMarginLoss({ swap: true }), flat, flat, flat),
  layer(
    'nn.TripletMarginWithDistanceLoss(margin=0.5)',
    () => new nn.TripletMarginWithDistanceLoss({ margin: 0.5 }),
    flat,
    flat,
    flat,
  ),
]

const block = (): nn.Sequential =>
  new nn.Sequential(new nn.Conv2d(4, 4, 3, { padding: 1, bias: false }), new nn.BatchNorm2d(4), new nn.ReLU())

export const containerCases: LayerCase[] = [
  layer(
    'nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Sequential(OrderedDict(last=nn.Linear(8, 2), drop=nn.Dropout(0.1))))',
    () =>
      new nn.Sequential(
        new nn.Linear(6, 8),
        new nn.ReLU(),
        new nn.Sequential({ last: new nn.Linear(8, 2), drop: new nn.Dropout(0.1) }),
      ),
    flat,
  ),
  layer(
    'nn.Sequential(*[nn.Sequential(nn.Conv2d(4, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU()) for _ in range(2)], nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 10))',
    () => new nn.Sequential(block(), block(), new nn.AdaptiveAvgPool2d(1), new nn.Flatten(), new nn.Linear(4, 10)),
    image,
  ),
]
