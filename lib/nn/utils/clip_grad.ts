import { type Args, signature } from '../../_C/args.js'
import { runtimeError, warn } from '../../_C/raise.js'
import { tensor } from '../../_creation.js'
import { vector_norm } from '../../_generated/linalg.js'
import { stack } from '../../_generated/torch.js'
import { Tensor } from '../../tensor.js'
import { withoutGrad } from '../_no_grad.js'
import { reprFloat } from '../_print.js'

/** One tensor, or many, such as `model.parameters()`. */
type Tensors = Tensor | Iterable<Tensor>

interface ClipGradNormOptions {
  parameters: Tensors
  /** What the norm of all gradients together is at most. */
  max_norm: number
  /** The p of the p-norm; `Infinity` or `'inf'` for the largest absolute value. Default 2. */
  norm_type: NormType
  /** Throw where the norm is NaN or infinite. Default false. */
  error_if_nonfinite: boolean
  /** Accepted as in Python; the numbers are the same. */
  foreach: boolean | null
}

type NormType = number | 'inf'
type ClipGradNormArgs = Args<
  [parameters: Tensors, max_norm: number],
  [norm_type: NormType, error_if_nonfinite: boolean, foreach: boolean | null],
  ClipGradNormOptions
>

const clipGradNorm = signature<ClipGradNormOptions>(
  'clip_grad_norm_',
  'parameters',
  'max_norm',
  ['norm_type', 2],
  ['error_if_nonfinite', false],
  ['foreach', null],
)

/**
 * Scales the gradients of `parameters` in place so that their norm, taken over all of them as one vector, is at most
 * `max_norm`. Returns the norm from before.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
 *
 * @throws {TorchError} with `error_if_nonfinite`, for a norm that is NaN or infinite
 */
export function clip_grad_norm_(...args: ClipGradNormArgs): Tensor {
  const { parameters, max_norm, norm_type, error_if_nonfinite } = clipGradNorm(args)
  return withoutGrad(() => {
    const gradients = gradientsOf(parameters)
    const norm = totalNorm(gradients, norm_type, error_if_nonfinite)
    scaleTo(gradients, max_norm, norm)
    return norm
  })
}

/**
 * The older name of `clip_grad_norm_`.
 * @deprecated
 */
export function clip_grad_norm(...args: ClipGradNormArgs): Tensor {
  warn(
    '`torch.nn.utils.clip_grad_norm` is now deprecated in favor of `torch.nn.utils.clip_grad_norm_`.',
    'FutureWarning',
  )
  return clip_grad_norm_(...args)
}

interface ClipWithNormOptions {
  parameters: Tensors
  max_norm: number
  /** What `get_total_norm` returned, possibly of more gradients than these. */
  total_norm: Tensor
  foreach: boolean | null
}

const clipWithNorm = signature<ClipWithNormOptions>('clip_grads_with_norm_', 'parameters', 'max_norm', 'total_norm', [
  'foreach',
  null,
])

/**
 * Multiplies the gradients of `parameters` in place by `max_norm / total_norm` where that is less than 1: the second half of
 * `clip_grad_norm_`, for a norm that is known.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grads_with_norm_.html
 */
export function clip_grads_with_norm_(
  ...args: Args<
    [parameters: Tensors, max_norm: number, total_norm: Tensor],
    [foreach: boolean | null],
    ClipWithNormOptions
  >
): void {
  const { parameters, max_norm, total_norm } = clipWithNorm(args)
  withoutGrad(() => scaleTo(gradientsOf(parameters), max_norm, total_norm))
}

interface ClipValueOptions {
  parameters: Tensors
  clip_value: number
  foreach: boolean | null
}

const clipGradValue = signature<ClipValueOptions>('clip_grad_value_', 'parameters', 'clip_value', ['foreach', null])

/**
 * Limits every number of the gradients of `parameters` to -`clip_value` … `clip_value`, in place.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_value_.html
 */
export function clip_grad_value_(
  ...args: Args<[parameters: Tensors, clip_value: number], [foreach: boolean | null], ClipValueOptions>
): void {
  const { parameters, clip_value } = clipGradValue(args)
  withoutGrad(() => {
    for (const gradient of gradientsOf(parameters)) gradient.clamp_(-clip_value, clip_value)
  })
}

interface TotalNormOptions {
  tensors: Tensors
  norm_type: NormType
  error_if_nonfinite: boolean
  foreach: boolean | null
}

const totalNormOptions = signature<TotalNormOptions>(
  'get_total_norm',
  'tensors',
  ['norm_type', 2],
  ['error_if_nonfinite', false],
  ['foreach', null],
)

/**
 * The norm of several tensors taken as one vector, such as of all gradients.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.get_total_norm.html
 *
 * @throws {TorchError} with `error_if_nonfinite`, for a norm that is NaN or infinite
 */
export function get_total_norm(
  ...args: Args<
    [tensors: Tensors],
    [norm_type: NormType, error_if_nonfinite: boolean, foreach: boolean | null],
    TotalNormOptions
  >
): Tensor {
  const { tensors, norm_type, error_if_nonfinite } = totalNormOptions(args)
  return withoutGrad(() =>
    totalNorm(tensors instanceof Tensor ? [tensors] : [...tensors], norm_type, error_if_nonfinite),
  )
}

function totalNorm(tensors: readonly Tensor[], norm_type: NormType, error_if_nonfinite: boolean): Tensor {
  const [first] = tensors
  if (!first) return tensor(0)
  const order = Number(norm_type === 'inf' ? Number.POSITIVE_INFINITY : norm_type)
  const norm = vector_norm(stack(tensors.map(t => vector_norm(t, order).to(first.device))), order)
  if (error_if_nonfinite && !Number.isFinite(norm.item()))
    throw runtimeError(
      `The total norm of order ${reprFloat(order)} for gradients from \`parameters\` is non-finite, so it cannot be clipped. ` +
        'To disable this error and scale the gradients by the non-finite norm anyway, set `error_if_nonfinite=False`',
    )
  return norm
}

/** Never a factor above 1: gradients only shrink. Multiplying by 1 is cheaper than asking an accelerator whether to. */
function scaleTo(gradients: readonly Tensor[], max_norm: number, norm: Tensor): void {
  const factor = norm.add(1e-6).reciprocal().mul(max_norm).clamp({ max: 1 })
  for (const gradient of gradients) gradient.mul_(factor.to(gradient.device))
}

function gradientsOf(parameters: Tensors): Tensor[] {
  const list = parameters instanceof Tensor ? [parameters] : [...parameters]
  return list.map(parameter => parameter.grad).filter(gradient => gradient !== null)
}
