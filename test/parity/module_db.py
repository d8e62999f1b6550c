"""Runs every input of PyTorch's own module database and writes what Python made of it.

The database is torch.testing._internal.common_modules.module_db. One line of cases.jsonl holds one module made from one seed:
printed form, state, outputs, gradients; test/parity/module_db.ts reads it.
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


def run(writer, info, module_input, training, seed, index):
    writer.start()
    made = module_input.constructor_input
    case = {"name": info.name.removeprefix("nn."), "training": training, "index": index, "seed": seed}
    case["constructor"] = [writer.value(list(made.args)), writer.value(made.kwargs)]
    torch.manual_seed(seed)
    module = info.module_cls(*made.args, **made.kwargs)
    module.train(training)
    case["printed"] = repr(module)
    case["initial"] = [[k, digest(t)] for k, t in module.state_dict().items()]
    given = module_input.forward_input
    args, kwargs = list(given.args), dict(given.kwargs)
    case["args"] = writer.value(args)
    case["kwargs"] = writer.value(kwargs)
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
        case["error"] = str(error)
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
    writer.line(case)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    writer = ModuleWriter(options.out)
    infos = [info for info in module_db if torch.float32 in info.dtypes]
    names = [info.name.removeprefix("nn.") for info in infos]
    writer.line({"torch": torch.__version__, "entries": len(module_db), "names": names})
    for info in infos:
        for training in (True, False):
            torch.manual_seed(options.seed)
            inputs = info.module_inputs_func(info, "cpu", torch.float32, True, training)
            for index, module_input in enumerate(inputs):
                run(writer, info, module_input, training, options.seed + index, index)
    writer.close()


if __name__ == "__main__":
    main()
