"""Right calls of PyTorch's databases, each with one argument spoiled: of another dtype or shape, out of range, of another kind."""

import itertools
import warnings

import torch
from opinfo import op_db
from torch.testing._internal.common_modules import module_db

CPU = "cpu"

# Python's process ends in these where a tensor is shorter than it should be.
DEADLY = {"lu_unpack", "native_batch_norm", "_native_batch_norm_legit", "_batch_norm_with_update", "_segment_reduce"}

# What these say depends on the order of a Python set, or on the method of the class they are found on.
UNSTEADY = {"__radd__", "__rdiv__", "__rmul__", "__rand__", "__ror__", "__rxor__", "slice"}


def spoiled_tensor(t):
    if t.layout is not torch.strided:
        return
    t = t.detach()
    yield "unsqueezed", t.unsqueeze(-1).clone()
    yield "selected", t.select(0, 0).clone() if t.dim() and t.shape[0] else t.new_zeros(0)
    yield "wider", torch.cat([t, t], -1) if t.dim() else t.expand(3).clone()
    yield "empty", t.new_zeros(0)
    for dtype in (torch.int64, torch.bool, torch.complex64, torch.float64, torch.float16):
        yield str(dtype), t.to(dtype)


def spoiled(v):
    """The value in every wrong way, with a name for each; nothing where there is none."""
    if isinstance(v, torch.Tensor):
        yield from spoiled_tensor(v)
    elif isinstance(v, bool):
        return
    elif isinstance(v, int):
        yield from (("100", 100), ("-100", -100))
    elif isinstance(v, float):
        yield "-1.5", -1.5
    elif isinstance(v, str):
        yield "nonsense", "nonsense"
    elif isinstance(v, (list, tuple)) and v and isinstance(v[0], torch.Tensor):
        yield from ((name, type(v)([first, *v[1:]])) for name, first in spoiled_tensor(v[0]))
    elif isinstance(v, tuple) and v and all(type(x) is int for x in v):
        yield from (("longer", v + v), ("shorter", v[1:]), ("negative", tuple(-x - 1 for x in v)))


def spoiled_calls(args, kwargs):
    """All argument lists with one argument spoiled."""
    for i, v in enumerate(args):
        for name, wrong in spoiled(v):
            yield f"{i} {name}", [*args[:i], wrong, *args[i + 1 :]], kwargs
    for key, v in kwargs.items():
        # Sizes of windows and ranges: 100 of them is right.
        if key not in ("steps", "n", "M"):
            for name, wrong in spoiled(v):
                yield f"{key} {name}", args, {**kwargs, key: wrong}


def write_spoiled_operators(write, writer):
    for op in op_db:
        dtypes = [d for d in (torch.float32, torch.int64, torch.complex64, torch.bool) if op.supports_dtype(d, CPU)]
        if not dtypes or op.name in DEADLY or op.name in UNSTEADY or op.name.startswith(("jiterator", "empty", "new_empty")):
            continue
        torch.manual_seed(0)
        samples = list(itertools.islice(op.sample_inputs(CPU, dtypes[0], requires_grad=False), 2))
        for sample in samples[-1:]:
            for what, args, kwargs in spoiled_calls([sample.input, *sample.args], sample.kwargs):
                write(
                    writer,
                    {"database": "op", "name": op.name, "variant": op.variant_test_name, "index": 1, "spoiled": what},
                    lambda: {"args": [writer.value(v) for v in args], "kwargs": writer.value(kwargs)},
                    lambda: op(*args, **kwargs),
                )


def write_spoiled_modules(write, writer):
    for info in module_db:
        if torch.float32 not in info.dtypes:
            continue
        torch.manual_seed(0)
        inputs = itertools.islice(info.module_inputs_func(info, CPU, torch.float32, False, True), 2)
        for index, module_input in enumerate(inputs):
            made, given = module_input.constructor_input, module_input.forward_input
            constructor = lambda: [writer.value(list(made.args)), writer.value(made.kwargs)]
            case = {"database": "module", "name": info.name.removeprefix("nn."), "index": index}
            for what, args, kwargs in spoiled_calls(list(made.args), made.kwargs):
                write(
                    writer,
                    {**case, "spoiled": f"constructor {what}"},
                    lambda: {"constructor": [writer.value(args), writer.value(kwargs)], "args": None, "kwargs": {}},
                    lambda: info.module_cls(*args, **kwargs),
                )
            for what, args, kwargs in spoiled_calls(list(given.args), given.kwargs):
                write(
                    writer,
                    {**case, "spoiled": what},
                    lambda: {"constructor": constructor(), "args": writer.value(args), "kwargs": writer.value(kwargs)},
                    lambda: info.module_cls(*made.args, **made.kwargs)(*args, **kwargs),
                )


def write_spoiled(write, writer):
    """`write` as in errors.py; what Python takes in spite of it is left out."""
    warnings.simplefilter("ignore")
    write_spoiled_operators(write, writer)
    write_spoiled_modules(write, writer)
