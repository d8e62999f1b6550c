"""Runs every input of PyTorch's own module database and writes what Python made of it.

The database is torch.testing._internal.common_modules.module_db. One line of cases.jsonl holds one module made from one seed:
printed form, state, outputs, gradients, second derivatives; test/parity/module_db.ts reads it. The first line says of each
module which of PyTorch's own derivative checks the database skips.
"""

import argparse
import hashlib
import pathlib
import warnings

import torch
from opinfo import Writer, short, tensors_in
from torch.nn.parameter import is_lazy
from torch.nn.utils.rnn import PackedSequence
from torch.testing._internal.common_modules import module_db

warnings.simplefilter("ignore")

# The database makes some layers for other modules' constructors; their arguments are what to hand over.
layer_init = torch.nn.TransformerEncoderLayer.__init__


def remembering_init(self, *args, **kwargs):
    layer_init(self, *args, **kwargs)
    object.__setattr__(self, "made_with", (args, kwargs))


torch.nn.TransformerEncoderLayer.__init__ = remembering_init


class ModuleWriter(Writer):
    """A tensor that comes twice in one case is written once, so that `query is key` stays true."""

    def start(self):
        self.seen = []

    def value(self, v):
        if isinstance(v, torch.Tensor):
            for i, other in enumerate(self.seen):
                if other is v:
                    return {"$same": i}
            self.seen.append(v)
        if isinstance(v, PackedSequence):
            return {"$packed": [super(ModuleWriter, self).value(x) for x in v]}
        if hasattr(v, "made_with"):
            args, kwargs = v.made_with
            state = {k: self.value(t) for k, t in v.state_dict().items()}
            return {"$built": [type(v).__name__, self.value(list(args)), self.value(kwargs), state]}
        if callable(v) and hasattr(torch.nn.functional, getattr(v, "__name__", "")) and not isinstance(v, torch.nn.Module):
            return {"$function": v.__name__}
        return super().value(v)


def digest(t):
    """dtype, shape and a hash of the elements: equal to the last bit or not equal."""
    if is_lazy(t):
        return "uninitialized"
    data = t.detach().contiguous().numpy().tobytes()
    return f"{short(t.dtype)} {list(t.shape)} {hashlib.sha256(data).hexdigest()[:16]}"


def copies(v):
    if isinstance(v, torch.Tensor):
        return v.clone()
    if isinstance(v, (list, tuple)):
        return type(v)(copies(x) for x in v)
    if isinstance(v, dict):
        return {k: copies(x) for k, x in v.items()}
    return v


def first_line(error):
    return str(error).strip().split("\n")[0]


def penalty(writer, module, output, leaves):
    """Double backward as a gradient penalty does it: the gradients of the inputs' (else the parameters') squared gradients."""
    losses = [(t * t).sum() for t in tensors_in(output) if t.requires_grad]
    if not losses:
        return None
    parameters = [p for p in module.parameters() if p.requires_grad]
    try:
        first = torch.autograd.grad(sum(losses), leaves or parameters, create_graph=True, allow_unused=True)
        squares = [(g * g).sum() for g in first if g is not None and g.requires_grad]
        if not squares:
            return None
        second = torch.autograd.grad(sum(squares), [*leaves, *parameters], allow_unused=True)
    except (RuntimeError, NotImplementedError) as error:
        return {"error": first_line(error)}
    return {"values": [writer.value(g) for g in [*first, *second]]}


def run(writer, info, module_input, training, dtype, seed, index, inputs_only):
    writer.start()
    made = module_input.constructor_input
    case = {"name": info.name.removeprefix("nn."), "training": training, "dtype": short(dtype), "index": index, "seed": seed}
    case["constructor"] = [writer.value(list(made.args)), writer.value(made.kwargs)]
    torch.manual_seed(seed)
    module = info.module_cls(*made.args, **made.kwargs)
    module.train(training)
    case["printed"] = repr(module)
    case["initial"] = [[k, digest(t)] for k, t in module.state_dict().items()]
    module.to(dtype)
    given = module_input.forward_input
    args, kwargs = list(given.args), dict(given.kwargs)
    case["args"] = writer.value(args)
    case["kwargs"] = writer.value(kwargs)
    if inputs_only:
        return writer.line(case)
    leaves = []
    for t in tensors_in([args, kwargs]):
        if t.requires_grad and not any(t is other for other in leaves):
            leaves.append(t)
            t.retain_grad()
    inplace = getattr(module, "inplace", False)
    call = (lambda: module(*copies(args), **copies(kwargs))) if inplace else (lambda: module(*args, **kwargs))
    torch.manual_seed(seed + 1)
    try:
        output = call()
    except Exception as error:
        # What Python refuses has to be refused there, too.
        case["error"] = first_line(error)
        return writer.line(case)
    writer.start()
    case["output"] = writer.value(output)
    loss = [(t * t).sum() for t in tensors_in(output) if t.requires_grad]
    if loss:
        torch.stack(loss).sum().backward()
    writer.start()
    case["inputGrads"] = [writer.value(t.grad) for t in leaves]
    case["grads"] = [[k, writer.value(p.grad)] for k, p in module.named_parameters()]
    case["state"] = [[k, writer.value(t)] for k, t in module.state_dict().items()]
    module.eval()
    torch.manual_seed(seed + 2)
    with torch.no_grad():
        evaluated = call()
    writer.start()
    case["evaluated"] = writer.value(evaluated)
    module.train(training)
    torch.manual_seed(seed + 3)
    writer.start()
    case["penalty"] = penalty(writer, module, call(), leaves)
    writer.line(case)


def skipped(info, test):
    """Why the database skips one of PyTorch's own derivative checks, or None."""
    if test == "test_gradgrad" and not info.supports_gradgrad:
        return "supports_gradgrad=False"

    def probe():
        pass

    for decorator in info.get_decorators("TestModule", test, "cpu", torch.float64, {"training": True}):
        why = getattr(decorator(probe), "__unittest_skip_why__", None)
        if why is not None:
            return why
    return None


def facts(info):
    return {
        "name": info.name.removeprefix("nn."),
        # Whether training and evaluation are two things to check.
        "differ": info.train_and_eval_differ,
        "fast": bool(info.gradcheck_fast_mode),
        "grad": skipped(info, "test_grad"),
        "gradgrad": skipped(info, "test_gradgrad"),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--inputs-only", action="store_true", help="leaves out what Python computes")
    options = parser.parse_args()
    torch.set_num_threads(1)
    dtype = getattr(torch, options.dtype)
    writer = ModuleWriter(options.out)
    infos = [info for info in module_db if dtype in info.dtypes]
    writer.line({"torch": torch.__version__, "entries": len(module_db), "modules": [facts(info) for info in infos]})
    for info in infos:
        for training in (True, False):
            torch.manual_seed(options.seed)
            inputs = info.module_inputs_func(info, "cpu", dtype, True, training)
            for index, module_input in enumerate(inputs):
                run(writer, info, module_input, training, dtype, options.seed + index, index, options.inputs_only)
    writer.close()


if __name__ == "__main__":
    main()
