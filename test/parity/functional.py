"""torch.autograd.functional of twenty-one functions; functional.test.ts has the same in TypeScript.

Prints JSON: for each function and each call what it gives, or the first line of what it throws.
"""

import json
import math
import sys
import warnings

import torch
import torch.nn.functional as F
from torch.autograd import functional as AF

warnings.simplefilter("ignore")
torch.set_num_threads(1)

labels = torch.tensor([2, 0])


def attention(q, k, v):
    return (q @ k.mT / math.sqrt(q.shape[-1])).softmax(-1) @ v


cases = [
    ("elementwise", [(3,)], lambda x: x.sin() * x.exp()),
    ("scalar", [()], lambda x: x.pow(3) + x.cos()),
    ("matmul", [(2, 3), (3, 2)], lambda x, y: x @ y),
    ("two outputs", [(2, 3), (3, 2)], lambda x, y: (x.sin() @ y, y.exp().sum(0) * x.sum())),
    ("linear", [(2, 3), (2, 3), (2,)], lambda x, w, b: F.linear(x, w, b)),
    ("conv2d", [(1, 1, 3, 3), (2, 1, 2, 2), (2,)], lambda x, w, b: F.conv2d(x, w, b, padding=1).tanh()),
    ("conv_transpose1d", [(1, 2, 3), (2, 2, 2)], lambda x, w: F.conv_transpose1d(x, w, stride=2).sigmoid()),
    ("attention", [(2, 3), (4, 3), (4, 2)], attention),
    ("fused attention", [(1, 2, 4), (1, 2, 4), (1, 2, 4)], lambda q, k, v: F.scaled_dot_product_attention(q, k, v)),
    ("cross entropy", [(2, 3)], lambda x: F.cross_entropy(x, labels)),
    ("soft cross entropy", [(2, 3), (2, 3)], lambda x, t: F.cross_entropy(x, t.softmax(-1), label_smoothing=0.1)),
    ("layer norm", [(2, 4), (4,), (4,)], lambda x, w, b: F.layer_norm(x, (4,), w, b)),
    ("batch norm", [(3, 2), (2,)], lambda x, w: F.batch_norm(x, None, None, w, training=True)),
    ("vector norm", [(2, 3)], lambda x: torch.linalg.vector_norm(x, dim=1)),
    ("inverse", [(2, 2)], lambda x: torch.linalg.inv(x @ x.mT + torch.eye(2, dtype=x.dtype))),
    ("cumulated", [(4,)], lambda x: (x.cumsum(0).logsumexp(0), x.cumprod(0))),
    ("indexed", [(3, 2)], lambda x: x[1:].mul(x[0]).flatten()[[0, 3, 0]]),
    ("mlp", [(2, 2), (3, 2), (1, 3)], lambda x, v, w: F.gelu(x @ v.mT) @ w.mT),
    ("one unused", [(2,), (2,)], lambda x, y: x.exp()),
    ("constant", [(2,)], lambda x: torch.ones(2, dtype=x.dtype)),
    ("complex", [(2,)], lambda z: z * z.conj() + z.pow(2)),
]


def numbers(value):
    if isinstance(value, (tuple, list)):
        return [numbers(v) for v in value]
    value = value.detach()
    if value.is_complex():
        value = torch.view_as_real(value.resolve_conj())
    return value.to(torch.float64).tolist()


def leaves(value):
    return [leaf for v in value for leaf in leaves(v)] if isinstance(value, (tuple, list)) else [value]


def loss(value):
    return sum((t * t.conj()).real.sum() if t.is_complex() else (t * t).sum() for t in leaves(value))


def calls(f, inputs, vectors, out_vectors):
    """Every call by name."""

    def scalar(*given):
        return loss(f(*given))

    plain = [t.detach() for t in inputs]
    one = plain[0] if len(plain) == 1 else tuple(plain)
    recorded = inputs[0] if len(inputs) == 1 else tuple(inputs)
    v = vectors[0] if len(vectors) == 1 else tuple(vectors)
    w = out_vectors[0] if len(out_vectors) == 1 else tuple(out_vectors)
    kinds = {
        "jacobian": lambda at, **kw: AF.jacobian(f, at, **kw),
        "vjp": lambda at, **kw: AF.vjp(f, at, w, **kw),
        "jvp": lambda at, **kw: AF.jvp(f, at, v, **kw),
        "hessian": lambda at, **kw: AF.hessian(scalar, at, **kw),
        "vhp": lambda at, **kw: AF.vhp(scalar, at, v, **kw),
        "hvp": lambda at, **kw: AF.hvp(scalar, at, v, **kw),
    }

    def through_graph(call):
        result = call(recorded, create_graph=True)
        grads = torch.autograd.grad(loss(result), inputs, allow_unused=True)
        return [result, [torch.zeros_like(x) if g is None else g for g, x in zip(grads, inputs)]]

    for name, call in kinds.items():
        yield name, lambda call=call: call(one)
        yield f"{name}, strict", lambda call=call: call(one, strict=True)
        yield f"{name}, create_graph", lambda call=call: through_graph(call)
        yield f"{name}, create_graph, strict", lambda call=call: call(recorded, create_graph=True, strict=True)
    yield "vjp without v", lambda: AF.vjp(scalar, one)
    yield "jvp without v", lambda: AF.jvp(f, one)
    yield "jacobian, vectorize", lambda: AF.jacobian(f, one, vectorize=True)
    # Python's forward mode of complex inputs stops at an internal assertion.
    if not inputs[0].is_complex():
        yield "jacobian, forward mode", lambda: AF.jacobian(f, one, vectorize=True, strategy="forward-mode")
        options = {"vectorize": True, "outer_jacobian_strategy": "forward-mode"}
        yield "hessian, forward mode", lambda: AF.hessian(scalar, one, **options)


def told(name, shapes, f, seed):
    torch.manual_seed(seed)
    dtype = torch.complex128 if name == "complex" else torch.float64
    inputs = [torch.randn(shape, dtype=dtype, requires_grad=True) for shape in shapes]
    vectors = [torch.randn(shape, dtype=dtype) for shape in shapes]
    out_vectors = [torch.randn(t.shape, dtype=t.dtype) for t in leaves(f(*inputs))]
    results = {}
    for label, call in calls(f, inputs, vectors, out_vectors):
        try:
            results[label] = numbers(call())
        except Exception as error:
            results[label] = {"error": str(error).split("\n")[0]}
    return results


if __name__ == "__main__":
    json.dump({name: told(name, shapes, f, int(sys.argv[1])) for name, shapes, f in cases}, sys.stdout)
