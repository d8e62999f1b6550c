"""`load_child.py KIND PATH`: loads one file and prints what that took."""

import json
import os
import sys
import time

import torch
from safetensors.torch import load_file

kind, path = sys.argv[1:]


def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def load():
    if kind == "safetensors":
        return load_file(path)
    return torch.load(path, mmap=kind == "torch.load, mmap")


# What the first use of anything costs is not the file's.
torch.rand(2).sum().item()
memory = resident()
start = time.perf_counter()
tensors = load()
ms = (time.perf_counter() - start) * 1e3
mb = (resident() - memory) / 1e6
for tensor in tensors.values():
    tensor.sum().item()
print(json.dumps({"ms": ms, "mb": mb, "readMs": (time.perf_counter() - start) * 1e3}))
