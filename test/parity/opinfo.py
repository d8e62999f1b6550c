"""Draws samples from PyTorch's own operator database and writes them with Python's results.

The database is torch.testing._internal.common_methods_invocations.op_db. Each sample becomes one line of cases.jsonl;
the tensors' bytes lie in tensors.bin. test/parity/values.ts reads both.

It answers lines: to `{"out": FOLDER, "bytes": LIMIT}` it fills that folder with the next samples until they take
so many bytes, and says `{"more": true}` while there are others. Run it through test/parity/run.ts.
"""

import argparse
import ctypes
import dataclasses
import fnmatch
import functools
import json
import pathlib
import random
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
from torch.autograd import forward_ad  # noqa: E402
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
        """The whole storage, so that strides survive, and what as_strided finds around a view. No conjugate bit."""
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
            # The memory of a lazy conjugate holds the numbers themselves, and the bit says the rest.
            out = self.strided(t.detach().conj() if t.is_conj() else t)
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
            fields = getattr(v, "_fields", None) or getattr(v, "__match_args__", None)
            if fields:
                return {"$named": {"fields": list(fields), "values": [self.value(x) for x in v]}}
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


def mapped(v, change):
    """The same nest of lists, tuples and dicts with `change(t)` for each tensor."""
    if isinstance(v, torch.Tensor):
        return change(v)
    if isinstance(v, (list, tuple)):
        items = [mapped(x, change) for x in v]
        return tuple(items) if isinstance(v, tuple) else items
    if isinstance(v, dict):
        return {k: mapped(x, change) for k, x in v.items()}
    return v


def tensors_in(v):
    found = []
    mapped(v, found.append)
    return found


def identical(a, b):
    """Whether two results are so alike that one need not be written. Two with a NaN, or of complex32, are not."""
    if not isinstance(a, torch.Tensor) or not isinstance(b, torch.Tensor):
        return False
    if a.layout is not torch.strided or b.layout is not torch.strided or a.dtype is torch.complex32:
        return False
    return a.dtype == b.dtype and a.shape == b.shape and a.stride() == b.stride() and torch.equal(a, b)


def same_or_written(result, out, write):
    return {} if identical(result, out) else {"output": write(result)}


def wants_gradient(arguments):
    return [t for t in tensors_in(arguments) if t.requires_grad]


def leaf(t):
    """The database makes some inputs as views of leaves in no_grad mode: autograd finds no gradient of those."""
    return t.detach().requires_grad_() if t.requires_grad and t.is_leaf and t._is_view() else t


class Sample:
    """One call of the database: the operator, its arguments, and the ways to make it."""

    def __init__(self, op, sample):
        self.op = op
        self.input, self.args, self.kwargs = mapped((sample.input, sample.args, sample.kwargs), leaf)
        self.broadcasts_input = sample.broadcasts_input
        # Some operators write to their arguments (batch_norm to its statistics): each call finds them as they were.
        self.before = [(t, t.detach().clone(), t._version) for t in tensors_in(self.arguments)]

    @property
    def arguments(self):
        return [self.input, list(self.args), self.kwargs]

    def restore(self):
        with torch.no_grad():
            self.before = [
                (t, saved, version if t._version == version else t.set_(saved.clone())._version)
                for t, saved, version in self.before
            ]

    def call(self, function, arguments=None):
        self.restore()
        first, args, kwargs = self.arguments if arguments is None else arguments
        torch.manual_seed(OP_SEED)
        return function(first, *args, **kwargs)


def gradients(inputs, out, write):
    """Gradients of the inputs that want one, in the order of the arguments, for random gradients of the outputs."""
    outputs = [t for t in tensors_in(out) if t.requires_grad]
    if not inputs or not outputs:
        return None

    def of(outputs):
        # The other side draws the same numbers from the same seed.
        torch.manual_seed(OP_SEED)
        cotangents = [torch.randn_like(t) if t.layout is torch.strided else torch.ones_like(t) for t in outputs]
        return write(list(torch.autograd.grad(outputs, inputs, cotangents, allow_unused=True, retain_graph=True)))

    try:
        return {"of": "results", "output": of(outputs)}
    except RuntimeError as error:
        if "e^{i phi}" not in str(error):
            raise
        # Eigenvectors and singular vectors have a phase that is nobody's, and their absolute values have none.
        return {"of": "absolute values", "output": of([t.abs() for t in outputs])}


def method(sample, out, write):
    """The method of the same name; dunders are Python's syntax."""
    variant = sample.op.method_variant
    if variant is None or sample.op.name.startswith("__") or not isinstance(sample.input, torch.Tensor):
        return None
    result = sample.call(variant)
    name = getattr(variant, "__name__", "<lambda>")
    # A lambda only fixes the seed.
    return {"name": sample.op.name if name == "<lambda>" else name, **same_or_written(result, out, write)}


def aliases(sample, out, write):
    """Other names of the function, those that Python can call with this sample."""
    cases = []
    for alias in sample.op.aliases:
        try:
            result = sample.call(alias.op)
        except Exception:  # such as special.round of integers
            continue
        cases.append({"name": alias.name, **same_or_written(result, out, write)})
    return cases or None


def in_place(sample, write):
    """The method with an underscore, or the function with inplace=True, on a copy of the input."""
    variant = sample.op.inplace_variant
    if variant is None or sample.broadcasts_input or not isinstance(sample.input, torch.Tensor):
        return None
    name = getattr(variant, "__name__", "<lambda>")
    case = {"name": None if name == "<lambda>" else name}
    try:
        with torch.no_grad():
            result = sample.call(variant, mapped(sample.arguments, lambda t: t.detach().clone()))
    except (RuntimeError, TypeError) as error:  # such as a result whose dtype the input can't hold
        return {**case, "error": str(error)}
    return {**case, "output": write(result)}


def forward_mode(sample, seed, write):
    """Random tangents of the inputs that want a gradient, and what they become."""
    generator = torch.Generator().manual_seed(seed)
    tangents = []

    def dual(t):
        if not t.requires_grad:
            return t.detach()
        tangents.append(torch.randn(t.shape, dtype=t.dtype, generator=generator))
        return forward_ad.make_dual(t.detach(), tangents[-1])

    with forward_ad.dual_level():
        out = sample.call(sample.op, mapped(sample.arguments, dual))
        found = [forward_ad.unpack_dual(t).tangent for t in tensors_in(out)]
        return {"tangents": write(tangents), "output": write(found)} if tangents else None


class Entry:
    """An entry of the database in one dtype."""

    def __init__(self, op, dtype, options):
        self.op, self.dtype, self.options = op, dtype, options
        differentiable = op.supports_autograd and dtype in op.supported_backward_dtypes("cpu")
        self.with_gradients = options.gradients and differentiable
        self.with_forward = options.forward and differentiable and op.supports_forward_ad
        self.case = {"name": op.name, "variant": op.variant_test_name, "dtype": short(dtype)}

    def chosen(self):
        """The samples with their numbers: all, or as many as wanted, at random."""
        # An entry's samples depend on the seed alone, whichever other entries are drawn.
        torch.manual_seed(self.options.seed)
        wants = self.with_gradients or self.with_forward
        samples = list(enumerate(self.op.sample_inputs("cpu", self.dtype, requires_grad=wants)))
        if self.options.samples is None or self.options.samples >= len(samples):
            return samples
        dice = random.Random(f"{self.options.seed} {self.op.name} {self.op.variant_test_name} {self.dtype}")
        return sorted(dice.sample(samples, self.options.samples), key=lambda pair: pair[0])

    def write(self, writer, index, drawn):
        sample = Sample(self.op, drawn)
        first, args, kwargs = (writer.value(v) for v in sample.arguments)
        case = {**self.case, "index": index, "seed": OP_SEED, "input": first, "args": args, "kwargs": kwargs}
        try:
            out = sample.call(self.op)
            case["output"] = writer.value(out)
        except Exception as error:  # the sample itself fails in Python: the other side reports it, and compares nothing
            writer.line({**case, "error": f"{type(error).__name__}: {error}"})
            return
        if self.options.variants:
            self.add(case, "aliases", lambda: aliases(sample, out, writer.value))
            self.add(case, "method", lambda: method(sample, out, writer.value))
            self.add(case, "in_place", lambda: in_place(sample, writer.value))
        if self.with_gradients:
            inputs = wants_gradient(sample.arguments)
            self.add(case, "gradients", lambda: gradients(inputs, out, writer.value))
        if self.with_forward:
            self.add(case, "forward", lambda: forward_mode(sample, self.options.seed, writer.value))
        writer.line(case)

    def add(self, case, key, make):
        try:
            made = make()
        except Exception as error:  # Python itself can't: nothing to compare
            case.setdefault("cannot", {})[key] = f"{type(error).__name__}: {error}"
            return
        if made is not None:
            case[key] = made


def dtypes_of(op, options):
    """The wanted dtypes that the entry supports; with --fallback one that it does support when it supports none."""
    wanted = [getattr(torch, name) for name in options.dtypes.split(",")]
    supported = [dtype for dtype in wanted if op.supports_dtype(dtype, "cpu")]
    if supported or not options.fallback:
        return supported
    order = [torch.int64, torch.complex64, torch.bool, *sorted(op.dtypes, key=str)]
    return [dtype for dtype in order if dtype in op.dtypes][:1]


def lines(options):
    """Functions of a writer, each of which writes one case."""
    patterns = options.names.split(",")
    for op in op_db:
        if not any(fnmatch.fnmatchcase(op.name, pattern) for pattern in patterns):
            continue
        dtypes = dtypes_of(op, options)
        if not dtypes:
            case = {"name": op.name, "variant": op.variant_test_name, "skipped": "no such dtype on CPU"}
            yield functools.partial(Writer.line, case=case)
        for dtype in dtypes:
            entry = Entry(op, dtype, options)
            try:
                for index, sample in entry.chosen():
                    yield functools.partial(entry.write, index=index, drawn=sample)
            except Exception as error:
                case = {**entry.case, "skipped": f"{type(error).__name__}: {error}"}
                yield functools.partial(Writer.line, case=case)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--samples", type=int, help="so many of each entry and dtype, at random; all when left out")
    parser.add_argument("--dtypes", default="float32")
    parser.add_argument("--fallback", action="store_true", help="another dtype where none of --dtypes is supported")
    parser.add_argument("--names", default="*", help="glob patterns, separated by commas")
    parser.add_argument("--gradients", action="store_true")
    parser.add_argument("--forward", action="store_true", help="forward mode")
    parser.add_argument("--variants", action="store_true", help="methods, in-place variants, aliases")
    options = parser.parse_args()

    torch.set_num_threads(1)
    head = {"torch": torch.__version__, "entries": len(op_db), "names": sorted({op.name for op in op_db})}
    todo = lines(options)
    for request in sys.stdin:
        asked = json.loads(request)
        writer = Writer(pathlib.Path(asked["out"]))
        writer.line(head)
        more = False
        for write in todo:
            write(writer)
            if writer.position + writer.cases.tell() >= asked["bytes"]:
                more = True
                break
        writer.close()
        print(json.dumps({"more": more}), flush=True)


if __name__ == "__main__":
    main()
