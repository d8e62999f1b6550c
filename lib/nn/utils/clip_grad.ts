import { type Args, signature } from '../../_C/args.js'
import { TorchError } from '../../_C/errors.js'
import { tensor } from '../../_creation.js'
import { vector_norm } from '../../_generated/linalg.js'
import { stack } from '../../_generated/torch.js'
import { Tensor } from '../../tensor.js'
import { withoutGrad } from '../_no_grad.js'

/** One tensor, or many, such as `model.parameters()`. */
type Tensors = Tensor | Iterable<Tensor>

interface ClipGradNormOptions {
  parameters: Tensors
  /** What the norm of all gradients together is at most. */
  max_norm: number
  /** The p of the p-norm; `Infinity` for the largest absolute value. Default 2. */
  norm_type: number
  /** Throw where the norm is NaN or infinite. Default false. */
  error_if_nonfinite: boolean
}

const clipGradNorm = signature<ClipGradNormOptions>(
  'clip_grad_norm_',
  'parameters',
  'max_norm',
  ['norm_type', 2],
  ['error_if_nonfinite', false],
)

/**
 * Scales the gradients of `parameters` in place so that their norm, taken over all of them as one vector, is at most
 * `max_norm`. Returns the norm from before.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
 *
 * @throws {TorchError} with `error_if_nonfinite`, for a norm that is NaN or infinite
 */
export function clip_grad_norm_(
  ...args: Args<
    [parameters: Tensors, max_norm: number],
    [norm_type: number, error_if_nonfinite: boolean],
    ClipGradNormOptions
  >
): Tensor {
  const { parameters, max_norm, norm_type, error_if_nonfinite } = clipGradNorm(args)
  return withoutGrad(() => {
    const gradients = gradientsOf(parameters)
    const norm = totalNorm(gradients, norm_type)
    if (error_if_nonfinite && !Number.isFinite(norm.item()))
      throw new TorchError(
        `The total norm of order ${norm_type} for gradients from \`parameters\` is non-finite, so it cannot be clipped. To ` +
          'disable this error and scale the gradients by the non-finite norm anyway, set error_if_nonfinite: false',
      )
    // Never above 1: gradients only shrink. Multiplying by 1 is cheaper than asking an accelerator whether to.
    const factor = norm.add(1e-6).reciprocal().mul(max_norm).clamp({ max: 1 })
    for (const gradient of gradients) gradient.mul_(factor.to(gradient.device))
    return norm
  })
}

const clipGradValue = signature<{ parameters: Tensors; clip_value: number }>(
  'clip_grad_value_',
  'parameters',
  'clip_value',
)

/**
 * Limits every number of the gradients of `parameters` to -`clip_value` … `clip_value`, in place.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_value_.html
 */
export function clip_grad_value_(
  ...args: Args<[parameters: Tensors, clip_value: number], [], { parameters: Tensors; clip_value: number }>
): void {
  const { parameters, clip_value } = clipGradValue(args)
  withoutGrad(() => {
    for (const gradient of gradientsOf(parameters)) gradient.clamp_(-clip_value, clip_value)
  })
}

/**
 * The norm of several tensors taken as one vector, such as of all gradients.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.get_total_norm.html
 */
export function get_total_norm(tensors: Tensors, norm_type = 2): Tensor {
  return withoutGrad(() => totalNorm(tensors instanceof Tensor ? [tensors] : [...tensors], norm_type))
}

function totalNorm(tensors: readonly Tensor[], normType: number): Tensor {
  const [first] = tensors
  if (!first) return tensor(0)
  return vector_norm(stack(tensors.map(t => vector_norm(t, normType).to(first.device))), normType)
}

function gradientsOf(parameters: Tensors): Tensor[] {
  const list = parameters instanceof Tensor ? [parameters] : [...parameters]
  return list.map(parameter => parameter.grad).filter(gradient => gradient !== null)
}
