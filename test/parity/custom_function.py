"""Twelve functions with a backward of their own, and what Python computes with them; custom_function.ts has the same in TypeScript.

Prints JSON: for each case its outputs, gradients, second derivatives (or why there are none) and tangents.
"""

import json
import sys

import torch
from torch.autograd import Function, forward_ad
from torch.autograd.function import once_differentiable

torch.set_num_threads(1)


class Exp(Function):
    """Saves its output."""

    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        return grad * y


class Softplus(Function):
    """Takes values that are no tensors."""

    @staticmethod
    def forward(ctx, x, beta, threshold):
        ctx.save_for_backward(x)
        ctx.beta, ctx.threshold = beta, threshold
        scaled = x * beta
        return torch.where(scaled > threshold, x, scaled.exp().log1p() / beta)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        scaled = x * ctx.beta
        return torch.where(scaled > ctx.threshold, grad, grad * scaled.sigmoid()), None, None


class Linear(Function):
    """Several inputs, one of which may be missing."""

    @staticmethod
    def forward(ctx, x, weight, bias):
        ctx.save_for_backward(x, weight)
        y = x @ weight.mT
        return y if bias is None else y + bias

    @staticmethod
    def backward(ctx, grad):
        x, weight = ctx.saved_tensors
        return (
            grad @ weight if ctx.needs_input_grad[0] else None,
            grad.mT @ x if ctx.needs_input_grad[1] else None,
            grad.sum(0) if ctx.needs_input_grad[2] else None,
        )


class Polar(Function):
    """Several outputs."""

    @staticmethod
    def forward(ctx, radius, angle):
        ctx.save_for_backward(radius, angle)
        return radius * angle.cos(), radius * angle.sin()

    @staticmethod
    def backward(ctx, x, y):
        radius, angle = ctx.saved_tensors
        sin, cos = angle.sin(), angle.cos()
        return x * cos + y * sin, radius * (y * cos - x * sin)


class Leaky(Function):
    """Changes its input in place."""

    @staticmethod
    def forward(ctx, x, slope):
        factor = torch.where(x > 0, 1.0, slope).to(x.dtype)
        ctx.save_for_backward(factor)
        ctx.mark_dirty(x)
        return x.mul_(factor)

    @staticmethod
    def backward(ctx, grad):
        (factor,) = ctx.saved_tensors
        return grad * factor, None


class Sort(Function):
    """An output without gradient."""

    @staticmethod
    def forward(ctx, x):
        values, order = x.sort(-1)
        ctx.save_for_backward(order)
        ctx.mark_non_differentiable(order)
        return values, order

    @staticmethod
    def backward(ctx, grad, _):
        (order,) = ctx.saved_tensors
        return torch.zeros_like(grad).scatter(-1, order, grad)


class Halves(Function):
    """Gets None for outputs that nothing depends on."""

    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(x)
        return x.sin(), x.pow(2)

    @staticmethod
    def backward(ctx, sine, square):
        (x,) = ctx.saved_tensors
        if sine is None and square is None:
            return None
        parts = []
        if sine is not None:
            parts.append(sine * x.cos())
        if square is not None:
            parts.append(square * x * 2)
        return sum(parts)


class Once(Function):
    """Can't be differentiated twice, and says so."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.tanh()

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * (1 - x.tanh().pow(2))


class Power(Function):
    """Forward mode, too."""

    @staticmethod
    def forward(ctx, x, exponent):
        ctx.save_for_backward(x)
        ctx.save_for_forward(x)
        ctx.exponent = exponent
        return x.pow(exponent)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * x.pow(ctx.exponent - 1) * ctx.exponent, None

    @staticmethod
    def jvp(ctx, tangent, _):
        (x,) = ctx.saved_tensors
        return tangent * x.pow(ctx.exponent - 1) * ctx.exponent


class Norm(Function):
    """A forward without ctx."""

    @staticmethod
    def forward(x, weight, eps):
        centered = x - x.mean(-1, keepdim=True)
        scale = (centered.pow(2).mean(-1, keepdim=True) + eps).rsqrt()
        return centered * scale * weight, scale

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, weight, _ = inputs
        ctx.save_for_backward(x, weight, output[1])

    @staticmethod
    def backward(ctx, grad, scale_grad):
        x, weight, scale = ctx.saved_tensors
        centered = x - x.mean(-1, keepdim=True)
        normal = centered * scale
        inner = grad * weight
        dx = scale * (inner - inner.mean(-1, keepdim=True) - normal * (inner * normal).mean(-1, keepdim=True))
        dx = dx - scale_grad * scale.pow(3) * centered / x.shape[-1]
        return dx, (grad * normal).sum(0), None


class CubeBackward(Function):
    """The backward of Cube, which has a backward of its own."""

    @staticmethod
    def forward(ctx, x, grad):
        ctx.save_for_backward(x, grad)
        return grad * x * x * 3

    @staticmethod
    def backward(ctx, second):
        x, grad = ctx.saved_tensors
        return second * grad * x * 6, second * x * x * 3


class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x * x

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return CubeBackward.apply(x, grad)


class Correlate(Function):
    """Complex inputs: the gradients are conjugate."""

    @staticmethod
    def forward(ctx, z, w):
        ctx.save_for_backward(z, w)
        ctx.save_for_forward(z, w)
        return z * w.conj()

    @staticmethod
    def backward(ctx, grad):
        z, w = ctx.saved_tensors
        return grad * w, grad.conj() * z

    @staticmethod
    def jvp(ctx, dz, dw):
        z, w = ctx.saved_tensors
        return dz * w.conj() + z * dw.conj()


def listed(value):
    return list(value) if isinstance(value, tuple) else [value]


# Name, shapes of the inputs, the function; forward mode where it has one.
cases = [
    ("Exp", [(3,)], lambda x: Exp.apply(x)),
    ("Softplus", [(2, 3)], lambda x: Softplus.apply(x, 1.5, 2.0)),
    ("Linear", [(2, 3), (4, 3), (4,)], lambda x, w, b: Linear.apply(x, w, b)),
    ("Linear without bias", [(2, 3), (4, 3)], lambda x, w: Linear.apply(x, w, None)),
    ("Linear of a constant", [(4, 3), (4,)], lambda w, b: Linear.apply(torch.ones(2, 3, dtype=w.dtype), w, b)),
    ("Polar", [(2, 2), (2, 2)], lambda r, a: Polar.apply(r, a)),
    ("Leaky", [(2, 3)], lambda x: Leaky.apply(x * 2, 0.1)),
    ("Sort", [(2, 4)], lambda x: Sort.apply(x)),
    ("Halves", [(3,)], lambda x: Halves.apply(x)),
    ("Halves, one used", [(3,)], lambda x: Halves.apply(x)[1]),
    ("Once", [(3,)], lambda x: Once.apply(x)),
    ("Power", [(3,)], lambda x: Power.apply(x, 3)),
    ("Norm", [(2, 4), (4,)], lambda x, w: Norm.apply(x, w, 1e-3)),
    ("Cube", [(3,)], lambda x: Cube.apply(x)),
    ("Correlate", [(3,), (3,)], lambda z, w: Correlate.apply(z, w)),
]
forward_mode = ("Power", "Correlate")


def numbers(value):
    if isinstance(value, (tuple, list)):
        return [numbers(v) for v in value]
    if value is None:
        return None
    value = value.detach()
    if value.is_complex():
        value = torch.view_as_real(value.resolve_conj())
    return value.to(torch.float64).tolist()


def loss(tensors):
    return sum((t * t.conj()).real.sum() if t.is_complex() else (t * t).sum() for t in tensors)


def told(name, shapes, function, seed):
    torch.manual_seed(seed)
    dtype = torch.complex128 if name == "Correlate" else torch.float64
    inputs = [torch.randn(shape, dtype=dtype, requires_grad=True) for shape in shapes]
    outputs = listed(function(*inputs))
    result = {"outputs": numbers(outputs), "names": [o.grad_fn.name() for o in outputs if o.requires_grad]}
    first = torch.autograd.grad(loss([o for o in outputs if o.requires_grad]), inputs, create_graph=True)
    result["first"] = numbers(first)
    try:
        if name == "Once":
            # `grad` would only say that the inputs are not used.
            loss(first).backward()
        result["second"] = numbers(torch.autograd.grad(loss(first), inputs))
    except RuntimeError as error:
        result["error"] = str(error).split("\n")[0]
    if name in forward_mode:
        tangents = [torch.randn(shape, dtype=dtype) for shape in shapes]
        with forward_ad.dual_level():
            duals = [forward_ad.make_dual(x.detach(), t) for x, t in zip(inputs, tangents)]
            result["tangents"] = numbers([forward_ad.unpack_dual(o).tangent for o in listed(function(*duals))])
    return result


if __name__ == "__main__":
    json.dump({name: told(name, shapes, f, int(sys.argv[1])) for name, shapes, f in cases}, sys.stdout)
