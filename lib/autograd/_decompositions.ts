/**
 * Backward operators that have no formula of their own for forward mode, as TorchScript: LibTorch then differentiates what
 * they are made of. Forward over backward (`hessian(…, { outer_jacobian_strategy: 'forward-mode' })`) meets them. Python
 * registers the same operators when it makes the first dual tensor.
 */
import { native } from '../_C/native.js'

/** A function for each operator of that name in `aten`; others are helpers. */
const SOURCE = `
def _softmax_backward_data(grad_output: Tensor, output: Tensor, dim: int, input_dtype: int) -> Tensor:
    weighted = grad_output * output
    return (weighted - output * weighted.sum([dim], True)).to(input_dtype).contiguous()

def _log_softmax_backward_data(grad_output: Tensor, output: Tensor, dim: int, input_dtype: int) -> Tensor:
    return (grad_output - output.exp() * grad_output.sum([dim], True)).to(input_dtype)

def pick_gradient(grad_output: Tensor, self: Tensor, target: Tensor, weight: Optional[Tensor], reduction: int,
                  ignore_index: int, total_weight: Tensor) -> Tensor:
    dim = 0 if self.dim() < 2 else 1
    grad = grad_output / total_weight if reduction == 1 else grad_output
    chosen = target.reshape([-1])[0] if dim == 0 else target
    chosen = chosen.unsqueeze(dim)
    kept = chosen != ignore_index
    index = torch.where(kept, chosen, torch.zeros_like(chosen))
    if grad.dim() > 0 and grad.dim() < self.dim():
        grad = grad.unsqueeze(dim)
    share = -(grad * torch.ones_like(index, dtype=self.dtype))
    if weight is not None:
        share = share * weight[index]
    share = torch.where(kept, share, torch.zeros_like(share))
    return torch.zeros_like(self).scatter(dim, index, share)

def nll_loss_backward(grad_output: Tensor, self: Tensor, target: Tensor, weight: Optional[Tensor], reduction: int,
                      ignore_index: int, total_weight: Tensor) -> Tensor:
    return pick_gradient(grad_output, self, target, weight, reduction, ignore_index, total_weight)

def nll_loss2d_backward(grad_output: Tensor, self: Tensor, target: Tensor, weight: Optional[Tensor], reduction: int,
                        ignore_index: int, total_weight: Tensor) -> Tensor:
    return pick_gradient(grad_output, self, target, weight, reduction, ignore_index, total_weight)

def standardize(input: Tensor, rstd: Tensor, dims: List[int]) -> Tuple[Tensor, Tensor]:
    # The saved statistics carry no tangent: computed again from the input they do. The constant in the root is what is left.
    var, mean = torch.var_mean(input, dims, correction=0, keepdim=True)
    eps = (rstd.pow(-2) - var).detach()
    scale = torch.rsqrt(var + eps)
    return (input - mean) * scale, scale

def native_layer_norm_backward(grad_out: Tensor, input: Tensor, normalized_shape: List[int], mean: Tensor, rstd: Tensor,
                               weight: Optional[Tensor], bias: Optional[Tensor],
                               output_mask: List[bool]) -> Tuple[Tensor, Tensor, Tensor]:
    axis = input.dim() - len(normalized_shape)
    inner: List[int] = []
    outer: List[int] = []
    for i in range(input.dim()):
        if i < axis:
            outer.append(i)
        else:
            inner.append(i)
    if input.numel() == 0:
        return torch.zeros_like(input), input.new_zeros(normalized_shape), input.new_zeros(normalized_shape)
    x, scale = standardize(input, rstd, inner)
    grad = grad_out
    if weight is not None:
        grad = grad_out * weight
    d_input = scale * (grad - grad.mean(inner, True) - x * (grad * x).mean(inner, True))
    d_weight = grad_out * x
    d_bias = grad_out
    if len(outer) > 0:
        d_weight = d_weight.sum(outer)
        d_bias = d_bias.sum(outer)
    return d_input, d_weight, d_bias

def native_batch_norm_backward(grad_out: Tensor, input: Tensor, weight: Optional[Tensor], running_mean: Optional[Tensor],
                               running_var: Optional[Tensor], save_mean: Optional[Tensor], save_invstd: Optional[Tensor],
                               train: bool, eps: float, output_mask: List[bool]) -> Tuple[Tensor, Tensor, Tensor]:
    dims = [0]
    shape = [1, input.size(1)]
    for i in range(2, input.dim()):
        dims.append(i)
        shape.append(1)
    if train:
        assert save_invstd is not None
        x, scale = standardize(input, save_invstd.reshape(shape), dims)
        grad = grad_out - grad_out.mean(dims, True) - x * (grad_out * x).mean(dims, True)
    else:
        assert running_mean is not None and running_var is not None
        scale = torch.rsqrt(running_var + eps).reshape(shape)
        x = (input - running_mean.reshape(shape)) * scale
        grad = grad_out
    d_input = grad * scale
    if weight is not None:
        d_input = d_input * weight.reshape(shape)
    return d_input, (grad_out * x).sum(dims), grad_out.sum(dims)

def batch_norm_backward(grad_out: Tensor, input: Tensor, weight: Tensor, running_mean: Optional[Tensor],
                        running_var: Optional[Tensor], save_mean: Optional[Tensor], save_var: Optional[Tensor],
                        update: bool, eps: float, output_mask: List[bool], reserve: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    return native_batch_norm_backward(grad_out, input, weight, running_mean, running_var, save_mean, save_var, update, eps,
                                      output_mask)
`

let registered = false

/** Once a process is enough; once an environment is harmless. */
export function registerDecompositions(): void {
  if (registered) return
  native.registerDecompositions(SOURCE)
  registered = true
}
