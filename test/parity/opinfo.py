"""Draws samples from PyTorch's own operator database and writes them with Python's results.

The database is torch.testing._internal.common_methods_invocations.op_db. Each sample becomes one line of cases.jsonl;
the tensors' bytes lie in tensors.bin. test/parity/values.ts reads both. Run it through test/parity/run.ts.
"""

import argparse
import ctypes
import dataclasses
import fnmatch
import itertools
import json
import pathlib
import sys
import types
import unittest
import warnings

warnings.simplefilter("ignore")
# The database imports expecttest only for the base class of test cases.
expecttest = types.ModuleType("expecttest")
expecttest.TestCase = type("TestCase", (unittest.TestCase,), {})
sys.modules["expecttest"] = expecttest

import torch  # noqa: E402
from torch.testing._internal.common_methods_invocations import op_db  # noqa: E402

# wrapper_set_seed of the database uses the same number.
OP_SEED = 42


def short(value):
    return str(value).removeprefix("torch.")


class Writer:
    """cases.jsonl and tensors.bin in `folder`."""

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.cases = open(folder / "cases.jsonl", "w")
        self.bytes = open(folder / "tensors.bin", "wb")
        self.position = 0

    def close(self):
        self.cases.close()
        self.bytes.close()

    def line(self, case):
        self.cases.write(json.dumps(case) + "\n")

    def blob(self, address, count):
        # Eight-byte alignment lets the reader lay typed arrays over the file.
        padding = -self.position % 8
        self.bytes.write(b"\0" * padding)
        start = self.position + padding
        self.bytes.write(ctypes.string_at(address, count) if count else b"")
        self.position = start + count
        return [start, count]

    def strided(self, t):
        """The whole storage, so that strides survive, and what as_strided finds around a view."""
        t = t.detach().resolve_conj().resolve_neg()
        if t._is_zerotensor():
            t = t.clone()
        storage = t.untyped_storage()
        size = storage.nbytes() // t.element_size() * t.element_size()
        return {
            "dtype": short(t.dtype),
            "shape": list(t.shape),
            "strides": list(t.stride()),
            "offset": t.storage_offset(),
            "data": self.blob(storage.data_ptr(), size),
        }

    def tensor(self, t):
        if t.layout is torch.strided:
            out = self.strided(t)
            if t.is_conj():
                out["conj"] = True
        elif t.layout is torch.sparse_coo:
            t_coalesced = t.detach().coalesce()
            parts = [t_coalesced.indices(), t_coalesced.values()]
            out = {"dtype": short(t.dtype), "shape": list(t.shape), "parts": [self.strided(p) for p in parts]}
        else:
            d = t.detach()
            by_row = t.layout in (torch.sparse_csr, torch.sparse_bsr)
            compressed = [d.crow_indices(), d.col_indices()] if by_row else [d.ccol_indices(), d.row_indices()]
            parts = [*compressed, d.values()]
            out = {"dtype": short(t.dtype), "shape": list(t.shape), "parts": [self.strided(p) for p in parts]}
        out["layout"] = short(t.layout)
        if t.requires_grad:
            out["requires_grad"] = True
        return out

    def value(self, v):
        """JSON for any argument or result; whatever is not plain JSON is an object with one key that begins with $."""
        if v is None or isinstance(v, (bool, str)):
            return v
        if isinstance(v, torch.Tensor):
            return {"$tensor": self.tensor(v)}
        if isinstance(v, int):
            return v if abs(v) < 2**53 else {"$int": str(v)}
        if isinstance(v, float):
            return {"$float": repr(v)}
        if isinstance(v, complex):
            return {"$complex": [repr(v.real), repr(v.imag)]}
        if isinstance(v, slice):
            return {"$slice": [self.value(v.start), self.value(v.stop), self.value(v.step)]}
        if v is Ellipsis:
            return {"$ellipsis": True}
        if isinstance(v, torch.dtype):
            return {"$dtype": short(v)}
        if isinstance(v, torch.layout):
            return {"$layout": short(v)}
        if isinstance(v, torch.memory_format):
            return {"$memory_format": short(v)}
        if isinstance(v, torch.device):
            return {"$device": str(v)}
        if isinstance(v, tuple):
            return {"$tuple": [self.value(x) for x in v]}
        if isinstance(v, list):
            return [self.value(x) for x in v]
        if isinstance(v, dict):
            return {k: self.value(x) for k, x in v.items()}
        if isinstance(v, torch.nn.Module):
            return {"$module": type(v).__name__}
        if dataclasses.is_dataclass(v):
            return {f.name: self.value(getattr(v, f.name)) for f in dataclasses.fields(v)}
        if type(v).__name__ in ("_ScalingType", "_SwizzleType", "ScalingType", "SwizzleType"):  # enumerations of pybind11
            return v.value
        raise TypeError(f"no way to write a {type(v).__name__}")


def tensors_in(v):
    if isinstance(v, torch.Tensor):
        yield v
    elif isinstance(v, (list, tuple)):
        for x in v:
            yield from tensors_in(x)
    elif isinstance(v, dict):
        for x in v.values():
            yield from tensors_in(x)


def gradients(sample, out):
    """d(sum of all differentiable outputs)/d(inputs that want a gradient), in the order of the arguments."""
    inputs = [t for t in tensors_in([sample.input, sample.args, sample.kwargs]) if t.requires_grad]
    outputs = [t for t in tensors_in(out) if t.requires_grad]
    if not inputs or not outputs:
        return None
    ones = [torch.ones_like(t) for t in outputs]
    return torch.autograd.grad(outputs, inputs, ones, allow_unused=True)


def write_sample(writer, op, dtype, index, sample, with_gradients):
    case = {
        "name": op.name,
        "variant": op.variant_test_name,
        "dtype": short(dtype),
        "index": index,
        "seed": OP_SEED,
        "input": writer.value(sample.input),
        "args": writer.value(list(sample.args)),
        "kwargs": writer.value(sample.kwargs),
    }
    torch.manual_seed(OP_SEED)
    try:
        out = op(sample.input, *sample.args, **sample.kwargs)
        case["output"] = writer.value(out)
    except Exception as error:  # the sample itself fails in Python: the other side reports it, and compares nothing
        case["error"] = f"{type(error).__name__}: {error}"
        out = None
    if with_gradients:
        try:
            grads = gradients(sample, out)
            if grads is not None:
                case["gradients"] = writer.value(list(grads))
        except Exception as error:
            case["gradients_error"] = f"{type(error).__name__}: {error}"
    writer.line(case)


def write_entry(writer, op, dtype, options):
    with_gradients = options.gradients and op.supports_autograd and (dtype.is_floating_point or dtype.is_complex)
    # An entry's samples depend on the seed alone, whichever other entries are drawn.
    torch.manual_seed(options.seed)
    samples = op.sample_inputs("cpu", dtype, requires_grad=with_gradients)
    for index, sample in enumerate(itertools.islice(samples, options.samples)):
        write_sample(writer, op, dtype, index, sample, with_gradients)


def dtypes_of(op, options):
    """The wanted dtypes that the entry supports; with --fallback one that it does support when it supports none."""
    wanted = [getattr(torch, name) for name in options.dtypes.split(",")]
    supported = [dtype for dtype in wanted if op.supports_dtype(dtype, "cpu")]
    if supported or not options.fallback:
        return supported
    order = [torch.int64, torch.complex64, torch.bool, *sorted(op.dtypes, key=str)]
    return [dtype for dtype in order if dtype in op.dtypes][:1]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--samples", type=int, help="at most so many for each entry and dtype; all when left out")
    parser.add_argument("--dtypes", default="float32")
    parser.add_argument("--fallback", action="store_true", help="another dtype where none of --dtypes is supported")
    parser.add_argument("--names", default="*", help="glob patterns, separated by commas")
    parser.add_argument("--gradients", action="store_true")
    options = parser.parse_args()

    torch.set_num_threads(1)
    patterns = options.names.split(",")
    writer = Writer(options.out)
    writer.line({"torch": torch.__version__, "entries": len(op_db), "names": sorted({op.name for op in op_db})})
    for op in op_db:
        if not any(fnmatch.fnmatchcase(op.name, pattern) for pattern in patterns):
            continue
        dtypes = dtypes_of(op, options)
        if not dtypes:
            writer.line({"name": op.name, "variant": op.variant_test_name, "skipped": "no such dtype on CPU"})
        for dtype in dtypes:
            try:
                write_entry(writer, op, dtype, options)
            except Exception as error:
                why = f"{type(error).__name__}: {error}"
                case = {"name": op.name, "variant": op.variant_test_name, "dtype": short(dtype), "skipped": why}
                writer.line(case)
    writer.close()


if __name__ == "__main__":
    main()
