"""The Python side of optim_db.test.ts: PyTorch's own optimizers and option sets, twenty steps each.

Asked to `record`, it tells every case with what Python makes of it, and leaves a checkpoint of its tenth step in the folder
of its argument. Asked to `resume`, it goes on from the checkpoints that the other side left there, and tells the parameters
after twenty steps.
Whoever goes on from a checkpoint is compared with Python doing so: loading casts some of the state.
"""
import copy
import json
import os
import sys
import warnings

import torch
from torch import nn
from torch.testing._internal.common_optimizers import optim_db

torch.set_num_threads(1)
warnings.simplefilter('ignore')
CPU = 'cpu'


def plain(value):
    if isinstance(value, torch.Tensor):
        value = value.detach()
        if value.is_complex():
            value = torch.view_as_real(value)
        return value.to(torch.float64).tolist()
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    return value


def encode(value, known):
    """An argument as JSON: tensors by number, with what is needed to make them again."""
    if isinstance(value, torch.Tensor):
        number = known.setdefault(id(value), len(known))
        return {
            'tensor': number,
            'dtype': str(value.dtype).removeprefix('torch.'),
            'shape': list(value.shape),
            'layout': 'sparse' if value.is_sparse else 'strided',
            'values': None if value.is_sparse or value.is_complex() else plain(value),
            'parameter': isinstance(value, nn.Parameter),
            'grad': value.grad is not None,
        }
    if isinstance(value, (list, tuple)):
        return [encode(v, known) for v in value]
    if isinstance(value, dict):
        return {'dict': {k: encode(v, known) for k, v in value.items()}}
    return value


class Problem:
    """What is optimized: parameters, and a closure that computes their loss and gradients."""

    def __init__(self, kind, dtype):
        torch.manual_seed(3)
        self.kind = kind
        if kind == 'dense':
            self.model = nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 3, bias=False), nn.Linear(3, 2)).to(dtype)
        elif kind == 'matrices':
            self.model = nn.Sequential(nn.Linear(5, 7, bias=False), nn.Tanh(), nn.Linear(7, 2, bias=False)).to(dtype)
        elif kind == 'sparse':
            self.model = nn.Embedding(6, 2, sparse=True).to(dtype)
        self.params = list(self.model.parameters()) if kind != 'complex' else [nn.Parameter(torch.randn(8, 3, dtype=dtype))]
        real = torch.float64 if dtype in (torch.float64, torch.complex128) else torch.float32
        if kind == 'sparse':
            self.x = torch.randint(0, 6, (8,))
        else:
            self.x = torch.randn(8, 3, dtype=dtype) if kind == 'complex' else torch.randn(8, 5, dtype=real)
        self.y = torch.randn(8, 2, dtype=real)

    def closure(self):
        for p in self.params:
            p.grad = None
        if self.kind == 'complex':
            loss = (self.params[0] * self.x - 1).abs().square().mean()
        else:
            loss = nn.functional.mse_loss(self.model(self.x), self.y)
        loss.backward()
        return loss


def steps(optimizer, problem, number, with_closure):
    for _ in range(number):
        if with_closure:
            optimizer.step(problem.closure)
        else:
            problem.closure()
            optimizer.step()


def variants(info, kwargs):
    yield kwargs
    if 'foreach' in info.supported_impls:
        yield {**kwargs, 'foreach': True}
    if CPU in info.supports_fused_on:
        yield {**kwargs, 'fused': True}


def kinds(info):
    if info.only_supports_sparse_grads:
        return [('sparse', 'float32'), ('sparse', 'float64')]
    if info.name == 'Muon':
        return [('matrices', 'float32'), ('matrices', 'float64')]
    found = [('dense', 'float32'), ('dense', 'float64')]
    if info.supports_complex:
        found.append(('complex', 'complex64'))
    if info.supports_sparse and info.name == 'Adagrad':
        found.append(('sparse', 'float32'))
    return found


def cases():
    for info in optim_db:
        for made in info.optim_inputs_func(device=CPU):
            for kwargs in variants(info, made.kwargs):
                for kind, dtype in kinds(info):
                    if kind == 'complex' and kwargs.get('fused'):
                        continue
                    if kind == 'sparse' and info.name == 'Adagrad' and (kwargs.get('weight_decay') or kwargs.get('fused')):
                        continue
                    if isinstance(kwargs.get('lr'), torch.Tensor) and kwargs.get('foreach') and info.name in ('Adam', 'AdamW'):
                        continue
                    yield info, made.desc, kwargs, kind, dtype


def differentiated(info, kwargs):
    """Gradients through a step, by the parameter before it and by the gradient that it was given."""
    torch.manual_seed(5)
    first = torch.rand(4, 3, dtype=torch.float64, requires_grad=True)
    given = torch.rand(4, 3, dtype=torch.float64, requires_grad=True)
    param = first.clone()
    optimizer = info.optim_cls([param], **{**kwargs, 'differentiable': True})
    param.grad = given.clone()
    optimizer.step()
    (param * torch.arange(12, dtype=torch.float64).reshape(4, 3)).sum().backward()
    return {'param': plain(param), 'grads': [plain(first.grad), plain(given.grad)]}


def go_on(file, info, kwargs, kind, dtype):
    """The parameters ten steps after a checkpoint."""
    problem = Problem(kind, getattr(torch, dtype))
    saved = torch.load(file)
    with torch.no_grad():
        for p, value in zip(problem.params, saved['params'], strict=True):
            p.copy_(value)
    optimizer = info.optim_cls(problem.params, **copy.deepcopy(kwargs))
    optimizer.load_state_dict(saved['optimizer'])
    steps(optimizer, problem, 10, info.step_requires_closure)
    return plain(problem.params)


def record(folder):
    found = []
    for number, (info, desc, kwargs, kind, dtype) in enumerate(cases()):
        problem = Problem(kind, getattr(torch, dtype))
        optimizer = info.optim_cls(problem.params, **copy.deepcopy(kwargs))
        steps(optimizer, problem, 10, info.step_requires_closure)
        saved = {'params': problem.params, 'optimizer': optimizer.state_dict()}
        torch.save(saved, os.path.join(folder, f'python{number}.pt'))
        steps(optimizer, problem, 10, info.step_requires_closure)
        end = optimizer.state_dict()
        resumed = go_on(os.path.join(folder, f'python{number}.pt'), info, kwargs, kind, dtype)
        found.append({
            'optimizer': info.name, 'desc': desc, 'kwargs': encode(kwargs, {}), 'kind': kind, 'dtype': dtype,
            'closure': info.step_requires_closure, 'printed': repr(optimizer),
            'params': plain(problem.params), 'resumed': resumed, 'state': plain(end['state']), 'groups': plain(end['param_groups']),
        })
    through = []
    for info in optim_db:
        if 'differentiable' in info.supported_impls:
            for made in info.optim_inputs_func(device=CPU):
                through.append({'optimizer': info.name, 'desc': made.desc, 'kwargs': encode(made.kwargs, {}),
                                **differentiated(info, copy.deepcopy(made.kwargs))})
    return {'cases': found, 'through': through}


def resume(folder):
    found = []
    for number, (info, _, kwargs, kind, dtype) in enumerate(cases()):
        found.append(go_on(os.path.join(folder, f'typescript{number}.pt'), info, kwargs, kind, dtype))
    return found


for line in sys.stdin:
    answer = {'record': record, 'resume': resume}[json.loads(line)](sys.argv[1])
    print(json.dumps(answer), flush=True)
