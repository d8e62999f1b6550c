"""The Python side of lr_scheduler.test.ts. A question is `[what, cases]`, a case an optimizer and a scheduler as expressions.

`record` tells the learning rates and momenta of a hundred steps and the state after them, and leaves a checkpoint of the
fiftieth step in the folder of the argument. `resume` tells the last fifty steps from the other side's checkpoints.
"""
import json
import os
import sys
import warnings

import torch
from torch import nn
from torch.optim import *
from torch.optim.lr_scheduler import *
from torch.optim.swa_utils import *

warnings.simplefilter('ignore')


def plain(value):
    if isinstance(value, torch.Tensor):
        return value.detach().to(torch.float64).tolist()
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if value in (float('inf'), float('-inf')):
        return str(value)
    return value


def metric(i):
    return abs((i * 37) % 101 / 101 - 0.5) if i < 60 else 0.25


def steps(o, s, begin, end):
    found = []
    for i in range(begin, end):
        o.step()
        if isinstance(s, ReduceLROnPlateau):
            s.step(metric(i))
        else:
            s.step()
        found.append(plain([[g['lr'], g.get('momentum', g.get('betas'))] for g in o.param_groups]))
    return found


def make(optimizer, scheduler):
    p = [nn.Parameter(torch.ones(1)), nn.Parameter(torch.ones(1))]
    o = eval(optimizer)
    return o, eval(scheduler)


def record(cases, folder):
    found = []
    for number, case in enumerate(cases):
        o, s = make(*case)
        first = plain([[g['lr'], g.get('momentum', g.get('betas'))] for g in o.param_groups])
        rates = [first, *steps(o, s, 0, 50)]
        torch.save({'optimizer': o.state_dict(), 'scheduler': s.state_dict()}, os.path.join(folder, f'python{number}.pt'))
        rates += steps(o, s, 50, 100)
        found.append({'rates': rates, 'state': plain(s.state_dict()), 'last': plain(s.get_last_lr())})
    return found


def resume(cases, folder):
    found = []
    for number, case in enumerate(cases):
        o, s = make(*case)
        saved = torch.load(os.path.join(folder, f'typescript{number}.pt'))
        o.load_state_dict(saved['optimizer'])
        s.load_state_dict(saved['scheduler'])
        found.append(steps(o, s, 50, 100))
    return found


def averages():
    """Twenty updates of every kind of average: all that the averaged models keep."""
    kinds = {
        'default': {}, 'ema': {'avg_fn': get_ema_avg_fn(0.9)}, 'swa': {'avg_fn': get_swa_avg_fn()},
        'ema multi': {'multi_avg_fn': get_ema_multi_avg_fn(0.9)}, 'swa multi': {'multi_avg_fn': get_swa_multi_avg_fn()},
        'buffers': {'multi_avg_fn': get_ema_multi_avg_fn(0.9), 'use_buffers': True},
        'buffers by mean': {'use_buffers': True},
    }
    found = {}
    for name, options in kinds.items():
        torch.manual_seed(7)
        model = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Linear(3, 2))
        averaged = AveragedModel(model, **options)
        data = [torch.randn(8, 4) for _ in range(5)]
        optimizer = SGD(model.parameters(), lr=0.1)
        for i in range(20):
            optimizer.zero_grad()
            model(data[i % 5]).square().mean().backward()
            optimizer.step()
            averaged.update_parameters(model)
        before = plain(averaged.state_dict())
        update_bn(data, averaged)
        found[name] = [before, plain(averaged.state_dict()), plain(averaged(data[0]))]
    return found


torch.set_num_threads(1)
folder = sys.argv[1]
for line in sys.stdin:
    what, cases = json.loads(line)
    if what == 'record':
        answer = {'cases': record(cases, folder), 'averages': averages()}
    else:
        answer = resume(cases, folder)
    print(json.dumps(answer), flush=True)
