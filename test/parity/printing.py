"""Random tensors, how to print them, and what Python prints: one JSON object a line."""
import base64
import json
import random
import sys

import torch

FLOATS = ["float32", "float64", "float16", "bfloat16", "float8_e5m2", "float8_e4m3fn", "float8_e5m2fnuz",
          "float8_e4m3fnuz", "float8_e8m0fnu"]
INTEGERS = ["uint8", "int8", "int16", "int32", "int64", "uint16", "uint32", "uint64"]
COMPLEX = ["complex64", "complex128", "complex32"]


def shape_of(random):
    dims = random.choice([0, 1, 1, 2, 2, 3, 4])
    sizes = [random.choice([0, 1, 2, 3, 5, 7, 8]) if random.random() < 0.9 else random.choice([40, 300]) for _ in range(dims)]
    if dims == 1 and random.random() < 0.3:
        sizes = [random.choice([999, 1000, 1001, 1500])]
    # Beyond that nothing new is to be seen.
    return sizes if torch.Size(sizes).numel() <= 4000 else shape_of(random)


def values_of(random, shape):
    kind = random.randrange(9)
    t = torch.randn(shape, dtype=torch.float64)
    if kind == 1:
        t = torch.randint(-9, 10, shape).double()
    elif kind == 2:
        t = t * 10.0 ** random.randint(-8, 9)
    elif kind == 3:
        t = torch.randint(-64, 64, shape).double() / 2 ** random.randint(1, 7)
    elif kind == 4:
        t = t * torch.pow(10.0, torch.randint(-5, 6, shape).double())
    elif kind == 5:
        t = torch.zeros(shape, dtype=torch.float64)
    elif kind == 6:
        t = torch.randint(0, 2, shape).double() * 123456
    if kind >= 7 or random.random() < 0.2:
        for special in [float("nan"), float("inf"), float("-inf"), -0.0]:
            t = torch.where(torch.rand(shape) < 0.15, torch.tensor(special, dtype=torch.float64), t)
    return t


def tensor_of(random):
    shape = shape_of(random)
    group = random.random()
    if group < 0.6:
        name = random.choice(FLOATS[:4]) if random.random() < 0.8 else random.choice(FLOATS)
        t = values_of(random, shape)
        if name == "float8_e8m0fnu":
            t = torch.pow(2.0, torch.randint(-10, 11, shape).double())
        # There is no cast from float64 to every small format.
        return t.float().to(getattr(torch, name)) if name.startswith("float8") else t.to(getattr(torch, name))
    if group < 0.8:
        dtype = getattr(torch, random.choice(INTEGERS))
        info = torch.iinfo(dtype)
        low, high = max(info.min, -(10 ** random.randint(1, 18))), min(info.max, 10 ** random.randint(1, 18))
        return torch.randint(low, high, shape, dtype=torch.int64).to(dtype)
    if group < 0.87:
        return torch.rand(shape) < 0.5
    name = random.choice(COMPLEX)
    return torch.complex(values_of(random, shape), values_of(random, shape)).to(getattr(torch, name))


def options_of(random):
    options = {}
    if random.random() < 0.4:
        return options
    if random.random() < 0.3:
        options["profile"] = random.choice(["default", "short", "full"])
    if random.random() < 0.4:
        options["precision"] = random.choice([0, 1, 2, 3, 6, 8])
    if random.random() < 0.4:
        options["threshold"] = random.choice([0, 4, 10, 100])
    if random.random() < 0.4:
        options["edgeitems"] = random.choice([0, 1, 2, 5])
    if random.random() < 0.4:
        options["linewidth"] = random.choice([1, 20, 40, 120, 200])
    if random.random() < 0.3:
        options["sci_mode"] = random.choice([True, False])
    return options


def main(seed, count):
    torch.manual_seed(seed)
    draw = random.Random(seed)
    for _ in range(count):
        t = tensor_of(draw)
        options = options_of(draw)
        transposed = t.dim() >= 2 and draw.random() < 0.3
        grad = (t.is_floating_point() or t.is_complex()) and draw.random() < 0.2
        raw = t.contiguous().view(-1).view(torch.uint8) if t.numel() else torch.empty(0, dtype=torch.uint8)
        if t.dim() == 0:
            raw = t.reshape(1).view(torch.uint8)
        shown = t.transpose(0, 1) if transposed else t
        if grad:
            shown = shown.detach().requires_grad_()
        torch.set_printoptions(profile="default")
        torch.set_printoptions(**options)
        print(json.dumps({
            "dtype": str(t.dtype).removeprefix("torch."),
            "shape": list(t.shape),
            "data": base64.b64encode(bytes(raw.tolist())).decode(),
            "options": options,
            "transposed": transposed,
            "grad": grad,
            "text": str(shown),
        }))


main(int(sys.argv[1]), int(sys.argv[2]))
