"""Says what Python's own gradcheck makes of one module of the database.

Each line of standard input is a question {name, training, index, order}; the answer is null where the derivatives are
right, else the first line of the error. The inputs are those that module_db.py draws from the same seed.
"""

import functools
import json
import sys

import module_db as database
import torch
from torch.autograd import gradcheck, gradgradcheck
from torch.testing._internal.common_utils import freeze_rng_state
from torch.utils._pytree import tree_flatten, tree_leaves, tree_unflatten

torch.set_num_threads(1)
seed = int(sys.argv[1])
infos = {info.name.removeprefix("nn."): info for info in database.module_db}


@functools.cache
def inputs_of(name, training):
    torch.manual_seed(seed)
    return list(infos[name].module_inputs_func(infos[name], "cpu", torch.float64, True, training))


def verdict(name, training, index, order):
    drawn = inputs_of(name, training)[index]
    torch.manual_seed(seed + index)
    module = infos[name].module_cls(*drawn.constructor_input.args, **drawn.constructor_input.kwargs)
    module.train(training).to(torch.float64)
    args, kwargs = tuple(drawn.forward_input.args), drawn.forward_input.kwargs
    with torch.no_grad():
        module(*database.copies(args), **kwargs)
    tensors = {key: value for key, value in kwargs.items() if isinstance(value, torch.Tensor)}
    flat, spec = tree_flatten((args, tuple(tensors.values()), tuple(module.parameters())))

    def function(*given):
        positional, named, _ = tree_unflatten(list(given), spec)
        with freeze_rng_state():
            return tree_leaves(module(*positional, **{**kwargs, **dict(zip(tensors, named))}))

    check = gradcheck if order == "grad" else gradgradcheck
    try:
        check(function, flat, fast_mode=True)
    except Exception as error:
        return database.first_line(error)
    return None


for line in sys.stdin:
    print(json.dumps(verdict(**json.loads(line))), flush=True)
