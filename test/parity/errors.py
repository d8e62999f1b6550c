"""Makes the calls that PyTorch's own databases list as errors, and writes what Python says to each.

The databases are op_db (error_inputs and error_inputs_sparse), module_db and optim_db of torch.testing._internal. Each call
becomes one line of cases.jsonl, the tensors' bytes lie in tensors.bin; test/parity/errors.ts reads both.
"""

import argparse
import pathlib

import torch
from errors_spoiled import write_spoiled
from module_db import ModuleWriter
from opinfo import op_db, short
from torch.testing._internal.common_modules import ModuleErrorEnum, module_db
from torch.testing._internal.common_optimizers import OptimizerErrorEnum, optim_db

CPU = "cpu"
SPARSE = [torch.sparse_coo, torch.sparse_csr, torch.sparse_csc, torch.sparse_bsr, torch.sparse_bsc]


class ErrorWriter(ModuleWriter):
    """Knows what only wrong arguments hold: sets, memory that two tensors share, tensors without any, gradients."""

    def start(self):
        super().start()
        self.written = {}

    def blob(self, address, count):
        """Memory that comes twice in one case is written once, so that `out` still lies over the input."""
        if (address, count) not in self.written:
            self.written[address, count] = super().blob(address, count)
        return self.written[address, count]

    def tensor(self, t):
        if t.is_meta:
            return {"dtype": short(t.dtype), "shape": list(t.shape), "layout": "meta"}
        out = super().tensor(t)
        if t.is_leaf and t.grad is not None:
            out["grad"] = self.value(t.grad)
        return out

    def value(self, v):
        if isinstance(v, (set, frozenset)):
            return {"$set": [self.value(x) for x in v]}
        return super().value(v)


def message(error):
    """What Python says, without the C++ part of it."""
    return str(error).split("\nException raised from")[0]


def write(writer, case, encode, call):
    """One line: the arguments as `encode` makes them, and what `call` throws."""
    writer.start()
    try:
        case.update(encode())
    except TypeError as error:
        writer.line({**case, "skipped": str(error)})
        return
    try:
        call()
        if "spoiled" in case:
            return
        case["skipped"] = "Python does not throw"
    except Exception as error:
        case["classes"] = [c.__name__ for c in type(error).__mro__]
        case["message"] = message(error)
    writer.line(case)


def errors_of(op):
    """The operator's wrong calls with where they stand in the database."""
    if op.error_inputs_func is not None:
        for index, wrong in enumerate(op.error_inputs(CPU)):
            yield "", index, wrong.sample_input
    if op.error_inputs_sparse_func is not None:
        for layout in SPARSE:
            for index, wrong in enumerate(op.error_inputs_sparse(CPU, layout)):
                yield short(layout), index, wrong.sample_input


def write_operators(writer):
    for op in op_db:
        for layout, index, sample in errors_of(op):
            case = {"database": "op", "name": op.name, "variant": op.variant_test_name, "layout": layout, "index": index}
            write(
                writer,
                case,
                lambda: {
                    "args": [writer.value(sample.input), *(writer.value(v) for v in sample.args)],
                    "kwargs": writer.value(sample.kwargs),
                },
                lambda: op(sample.input, *sample.args, **sample.kwargs),
            )


def write_modules(writer):
    for info in module_db:
        if info.module_error_inputs_func is None:
            continue
        wrongs = info.module_error_inputs_func(info, device=CPU, dtype=torch.float32, requires_grad=False, training=True)
        for index, wrong in enumerate(wrongs):
            made, given = wrong.module_error_input.constructor_input, wrong.module_error_input.forward_input
            on_forward = wrong.error_on == ModuleErrorEnum.FORWARD_ERROR
            module = info.module_cls(*made.args, **made.kwargs) if on_forward else None
            write(
                writer,
                {"database": "module", "name": info.name.removeprefix("nn."), "index": index},
                lambda: {
                    "constructor": [writer.value(list(made.args)), writer.value(made.kwargs)],
                    "args": writer.value(list(given.args)) if on_forward else None,
                    "kwargs": writer.value(given.kwargs) if on_forward else {},
                },
                lambda: module(*given.args, **given.kwargs) if on_forward else info.module_cls(*made.args, **made.kwargs),
            )


def write_optimizers(writer):
    for info in optim_db:
        for index, wrong in enumerate(info.optim_error_inputs_func(device=CPU, dtype=torch.float32)):
            if wrong.error_type is UserWarning:
                continue
            made = wrong.optimizer_error_input
            params = made.params if made.params is not None else [torch.nn.Parameter(torch.randn(2, 3))]
            on_step = wrong.error_on == OptimizerErrorEnum.STEP_ERROR
            optimizer = info.optim_cls(params, **made.kwargs) if on_step else None
            write(
                writer,
                {"database": "optim", "name": info.name, "index": index},
                lambda: {"args": [writer.value(params)], "kwargs": writer.value(made.kwargs), "step": on_step},
                lambda: optimizer.step() if on_step else info.optim_cls(params, **made.kwargs),
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--spoiled", action="store_true", help="right calls with one argument spoiled, too")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    writer = ErrorWriter(options.out)
    writer.line({"torch": torch.__version__})
    write_operators(writer)
    write_modules(writer)
    write_optimizers(writer)
    if options.spoiled:
        write_spoiled(write, writer)
    writer.close()


if __name__ == "__main__":
    main()
