/**
 * Filling parameters with first values. Every function changes its tensor in place, outside autograd, and returns it; one
 * seed gives the same values as in Python.
 * https://docs.pytorch.org/docs/stable/nn.init.html
 */
import { define } from '../_C/callable.js'
import { valueError, warn } from '../_C/raise.js'
import * as linalg from '../_generated/linalg.js'
import * as torch from '../_generated/torch.js'
import type { Generator } from '../random.js'
import type { Tensor } from '../tensor.js'
import { withoutGrad } from './_no_grad.js'
import { truncNormal } from './_trunc_normal.js'

/** Names that `calculate_gain` knows. */
export type Nonlinearity =
  | 'linear'
  | 'conv1d'
  | 'conv2d'
  | 'conv3d'
  | 'conv_transpose1d'
  | 'conv_transpose2d'
  | 'conv_transpose3d'
  | 'sigmoid'
  | 'tanh'
  | 'relu'
  | 'leaky_relu'
  | 'selu'

/** Which fan keeps the variance: of the forward or of the backward pass. */
export type FanMode = 'fan_in' | 'fan_out'

const unityGain: readonly string[] = [
  'linear',
  'conv1d',
  'conv2d',
  'conv3d',
  'conv_transpose1d',
  'conv_transpose2d',
  'conv_transpose3d',
  'sigmoid',
]

/** The recommended gain of a nonlinearity; `param` is leaky_relu's slope, by default 0.01. */
export const calculate_gain = define(
  'calculate_gain',
  ['nonlinearity', 'param?'],
  (nonlinearity: Nonlinearity, param: number | null = null): number => {
    if (unityGain.includes(nonlinearity)) return 1
    if (nonlinearity === 'tanh') return 5 / 3
    if (nonlinearity === 'relu') return Math.SQRT2
    if (nonlinearity === 'selu') return 3 / 4
    if (nonlinearity === 'leaky_relu') {
      const slope = param ?? 0.01
      if (typeof slope !== 'number') throw valueError(`negative_slope ${String(param)} not a valid number`)
      return Math.sqrt(2 / (1 + slope * slope))
    }
    throw valueError(`Unsupported nonlinearity ${String(nonlinearity)}`)
  },
)

/** Fills with values from the uniform distribution U(a, b). */
export const uniform_ = define(
  'uniform_',
  ['tensor', 'a?', 'b?', 'generator?'],
  (tensor: Tensor, a = 0, b = 1, generator: Generator | null = null): Tensor =>
    withoutGrad(() => tensor.uniform_(a, b, { generator })),
)

/** Fills with values from the normal distribution N(mean, std²). */
export const normal_ = define(
  'normal_',
  ['tensor', 'mean?', 'std?', 'generator?'],
  (tensor: Tensor, mean = 0, std = 1, generator: Generator | null = null): Tensor =>
    withoutGrad(() => tensor.normal_(mean, std, { generator })),
)

/** Fills with values from the normal distribution N(mean, std²), drawn again while outside [a, b]. */
export const trunc_normal_ = define(
  'trunc_normal_',
  ['tensor', 'mean?', 'std?', 'a?', 'b?', 'generator?'],
  (tensor: Tensor, mean = 0, std = 1, a = -2, b = 2, generator: Generator | null = null): Tensor => {
    withoutGrad(() => truncNormal(tensor, mean, std, a, b, generator))
    return tensor
  },
)

/** Fills with `val`. */
export const constant_ = define(
  'constant_',
  ['tensor', 'val'],
  (tensor: Tensor, val: number): Tensor => withoutGrad(() => tensor.fill_(val)),
)

/** Fills with ones. */
export function ones_(tensor: Tensor): Tensor {
  return withoutGrad(() => tensor.fill_(1))
}

/** Fills with zeros. */
export function zeros_(tensor: Tensor): Tensor {
  return withoutGrad(() => tensor.zero_())
}

/** Fills a matrix with the identity: a linear layer then passes on as many inputs as it can. */
export function eye_(tensor: Tensor): Tensor {
  if (tensor.dim() !== 2) throw valueError('Only tensors with 2 dimensions are supported')
  const [rows, columns] = tensor.shape as [number, number]
  withoutGrad(() => torch.eye(rows, columns, { out: tensor }))
  return tensor
}

/** Fills a 3-, 4- or 5-dimensional kernel with the Dirac delta: a convolution then passes on as many channels as it can. */
export const dirac_ = define('dirac_', ['tensor', 'groups?'], (tensor: Tensor, groups = 1): Tensor => {
  const shape = tensor.shape
  if (shape.length < 3 || shape.length > 5) throw valueError('Only tensors with 3, 4, or 5 dimensions are supported')
  if (shape[0]! % groups !== 0) throw valueError('dim 0 must be divisible by groups')
  if (tensor.is_meta) return tensor
  const channels = shape[0]! / groups
  withoutGrad(() => {
    tensor.zero_()
    for (let group = 0; group < groups; group++) {
      for (let d = 0; d < Math.min(channels, shape[1]!); d++) {
        let place = tensor.select(0, group * channels + d).select(0, d)
        for (const size of shape.slice(2)) place = place.select(0, Math.floor(size / 2))
        place.fill_(1)
      }
    }
  })
  return tensor
})

/** How many values flow into and out of one unit of a layer with this weight, of shape (out, in, …kernel). @internal */
export function _calculate_fan_in_and_fan_out(tensor: Tensor): [fan_in: number, fan_out: number] {
  const shape = tensor.shape
  if (shape.length < 2)
    throw valueError('Fan in and fan out can not be computed for tensor with fewer than 2 dimensions')
  const field = shape.slice(2).reduce((product, size) => product * size, 1)
  return [shape[1]! * field, shape[0]! * field]
}

function fan(tensor: Tensor, mode: FanMode): number {
  const asked = String(mode).toLowerCase()
  if (asked !== 'fan_in' && asked !== 'fan_out')
    throw valueError(`Mode ${asked} not supported, please use one of ['fan_in', 'fan_out']`)
  const [fanIn, fanOut] = _calculate_fan_in_and_fan_out(tensor)
  return asked === 'fan_in' ? fanIn : fanOut
}

/** Glorot's initialisation: U(-a, a) with a = gain · √(6 / (fan_in + fan_out)). */
export const xavier_uniform_ = define(
  'xavier_uniform_',
  ['tensor', 'gain?', 'generator?'],
  (tensor: Tensor, gain = 1, generator: Generator | null = null): Tensor => {
    const [fanIn, fanOut] = _calculate_fan_in_and_fan_out(tensor)
    const std = gain * Math.sqrt(2 / (fanIn + fanOut))
    const a = Math.sqrt(3) * std
    return uniform_(tensor, -a, a, generator)
  },
)

/** Glorot's initialisation: N(0, std²) with std = gain · √(2 / (fan_in + fan_out)). */
export const xavier_normal_ = define(
  'xavier_normal_',
  ['tensor', 'gain?', 'generator?'],
  (tensor: Tensor, gain = 1, generator: Generator | null = null): Tensor => {
    const [fanIn, fanOut] = _calculate_fan_in_and_fan_out(tensor)
    return normal_(tensor, 0, gain * Math.sqrt(2 / (fanIn + fanOut)), generator)
  },
)

const noOp = 'Initializing zero-element tensors is a no-op'

/** He's initialisation: U(-bound, bound) with bound = gain · √(3 / fan). `a` is the slope of the leaky_relu behind. */
export const kaiming_uniform_ = define(
  'kaiming_uniform_',
  ['tensor', 'a?', 'mode?', 'nonlinearity?', 'generator?'],
  (
    tensor: Tensor,
    a = 0,
    mode: FanMode = 'fan_in',
    nonlinearity: Nonlinearity = 'leaky_relu',
    generator: Generator | null = null,
  ): Tensor => {
    if (tensor.shape.includes(0)) {
      warn(noOp)
      return tensor
    }
    const std = calculate_gain(nonlinearity, a) / Math.sqrt(fan(tensor, mode))
    const bound = Math.sqrt(3) * std
    return uniform_(tensor, -bound, bound, generator)
  },
)

/** He's initialisation: N(0, std²) with std = gain / √fan. `a` is the slope of the leaky_relu behind. */
export const kaiming_normal_ = define(
  'kaiming_normal_',
  ['tensor', 'a?', 'mode?', 'nonlinearity?', 'generator?'],
  (
    tensor: Tensor,
    a = 0,
    mode: FanMode = 'fan_in',
    nonlinearity: Nonlinearity = 'leaky_relu',
    generator: Generator | null = null,
  ): Tensor => {
    if (tensor.shape.includes(0)) {
      warn(noOp)
      return tensor
    }
    const std = calculate_gain(nonlinearity, a) / Math.sqrt(fan(tensor, mode))
    return normal_(tensor, 0, std, generator)
  },
)

/** Fills with a (semi-)orthogonal matrix; dimensions after the first count as columns. */
export const orthogonal_ = define(
  'orthogonal_',
  ['tensor', 'gain?', 'generator?'],
  (tensor: Tensor, gain = 1, generator: Generator | null = null): Tensor => {
    if (tensor.dim() < 2) throw valueError('Only tensors with 2 or more dimensions are supported')
    if (tensor.numel() === 0 || tensor.is_meta) return tensor
    const rows = tensor.shape[0]!
    const columns = tensor.numel() / rows
    withoutGrad(() => {
      const flat = tensor.new_empty([rows, columns]).normal_(0, 1, { generator })
      if (rows < columns) flat.t_()
      const { Q, R } = linalg.qr(flat)
      // The signs of R's diagonal make Q uniform among the orthogonal matrices (math-ph/0609050).
      Q.mul_(torch.diag(R, 0).sign())
      if (rows < columns) Q.t_()
      tensor.view_as(Q).copy_(Q)
      tensor.mul_(gain)
    })
    return tensor
  },
)

/** Fills a matrix from N(0, std²), with the share `sparsity` of each column set to zero. */
export const sparse_ = define(
  'sparse_',
  ['tensor', 'sparsity', 'std?', 'generator?'],
  (tensor: Tensor, sparsity: number, std = 0.01, generator: Generator | null = null): Tensor => {
    if (tensor.dim() !== 2) throw valueError('Only tensors with 2 dimensions are supported')
    if (tensor.is_meta) return tensor
    const [rows, columns] = tensor.shape as [number, number]
    const zeros = Math.ceil(sparsity * rows)
    withoutGrad(() => {
      tensor.normal_(0, std, { generator })
      for (let column = 0; column < columns; column++)
        tensor.select(1, column).index_fill_(0, torch.randperm(rows).narrow(0, 0, zeros), 0)
    })
    return tensor
  },
)

/** The older name of a function, which warns. */
function deprecated<A extends unknown[]>(name: string, fn: (...args: A) => Tensor): (...args: A) => Tensor {
  return (...args) => {
    warn(`\`nn.init.${name}\` is now deprecated in favor of \`nn.init.${name}_\`.`, 'FutureWarning')
    return fn(...args)
  }
}

export const uniform = deprecated('uniform', uniform_)
export const normal = deprecated('normal', normal_)
export const constant = deprecated('constant', constant_)
export const eye = deprecated('eye', eye_)
export const dirac = deprecated('dirac', dirac_)
export const xavier_uniform = deprecated('xavier_uniform', xavier_uniform_)
export const xavier_normal = deprecated('xavier_normal', xavier_normal_)
export const kaiming_uniform = deprecated('kaiming_uniform', kaiming_uniform_)
export const kaiming_normal = deprecated('kaiming_normal', kaiming_normal_)
export const orthogonal = deprecated('orthogonal', orthogonal_)
export const sparse = deprecated('sparse', sparse_)
