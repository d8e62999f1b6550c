"""Random indices into random tensors, read and written, and what Python makes of them: one JSON object a line."""
import json
import random
import sys
import warnings

import torch

warnings.simplefilter("ignore")


def nested_mask(draw, sizes):
    return (torch.rand(sizes) < 0.5).tolist()


def index_of(draw, shape, dim):
    """One index for dimension `dim`: its description, Python's object, and how many dimensions it takes."""
    size = shape[dim] if dim < len(shape) else 3
    kind = draw.randrange(12)
    wrong = draw.random() < 0.03
    if kind <= 1:
        i = size + 1 if wrong else draw.randint(-size, size - 1) if size else 0
        return {"i": i}, i, 1
    if kind <= 4:
        bounds = [draw.choice([None, draw.randint(-size - 1, size + 1)]), draw.choice([None, draw.randint(-size - 1, size + 1)]),
                  draw.choice([None, 1, 2, 3])]
        return {"s": bounds}, slice(*bounds), 1
    if kind == 5:
        return {"none": 1}, None, 0
    if kind == 6:
        flag = draw.random() < 0.7
        return {"b": flag}, flag, 0
    if kind == 7:
        n = draw.randint(0, 3)
        places = [draw.randint(-size, size - 1) for _ in range(n)] if size else []
        if wrong:
            places.append(size + 2)
        return {"l": places}, places, 1
    if kind == 8:
        sizes = draw.choice([[], [2], [1], [2, 2], [3]])
        t = torch.randint(-size, size, sizes) if size else torch.zeros([0], dtype=torch.int64)
        if draw.random() < 0.2:
            t = t.int()
        return {"t": t.tolist(), "d": "int32" if t.dtype == torch.int32 else "int64", "shape": list(t.shape)}, t, 1
    if kind == 9:
        mask = torch.rand([size + 1 if wrong else size]) < 0.5
        return {"t": mask.tolist(), "d": "bool", "shape": list(mask.shape)}, mask, 1
    if kind == 10 and dim + 1 < len(shape):
        mask = torch.rand([size, shape[dim + 1]]) < 0.5
        return {"t": mask.tolist(), "d": "bool", "shape": list(mask.shape)}, mask, 2
    if kind == 11 and draw.random() < 0.3:
        flag = torch.tensor(draw.random() < 0.7)
        return {"t": flag.item(), "d": "bool", "shape": []}, flag, 0
    return {"s": [None, None, None]}, slice(None), 1


def indices_of(draw, shape):
    described, objects, dim = [], [], 0
    ellipsis = draw.random() < 0.3
    count = draw.randint(1, len(shape) + 1)
    for place in range(count):
        if ellipsis and place == draw.randrange(count):
            described.append("...")
            objects.append(Ellipsis)
            ellipsis = False
            # From here on the dimensions count from the end.
            dim = max(dim, len(shape) - (count - place - 1))
            continue
        if dim >= len(shape) and draw.random() < 0.9:
            break
        what, thing, taken = index_of(draw, shape, dim)
        described.append(what)
        objects.append(thing)
        dim += taken
    # `x[i]`, which is how one writes it, and not `x[(i,)]`.
    return described, objects[0] if len(objects) == 1 else tuple(objects)


def outcome(run):
    try:
        result = run()
        return {"shape": list(result.shape), "values": result.tolist()}
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}


def value_of(draw, x, index):
    if draw.random() < 0.4:
        value = draw.choice([7, -1.5, True])
        return {"scalar": value}, value
    try:
        sizes = list(x[index].shape)
    except Exception:
        sizes = [1]
    for i in range(len(sizes)):
        if draw.random() < 0.2:
            sizes[i] = 1
    while sizes and draw.random() < 0.2:
        sizes.pop(0)
    if draw.random() < 0.2:
        sizes.insert(0, 1)
    if draw.random() < 0.05:
        sizes.append(5)
    value = torch.randint(50, 99, sizes).to(x.dtype)
    return {"t": value.tolist(), "shape": sizes}, value


def main(seed, count):
    torch.manual_seed(seed)
    draw = random.Random(seed)
    for _ in range(count):
        shape = [draw.choice([0, 1, 2, 3, 4, 5]) if draw.random() < 0.15 else draw.randint(2, 5) for _ in range(draw.choice([0, 1, 2, 3, 3, 4]))]
        x = torch.arange(torch.Size(shape).numel()).reshape(shape).to(draw.choice([torch.float32, torch.int64]))
        described, index = indices_of(draw, shape)
        case = {"shape": shape, "dtype": str(x.dtype).removeprefix("torch."), "indices": described,
                "read": outcome(lambda: x[index])}
        case["value"], value = value_of(draw, x, index)

        def write():
            y = x.clone()
            y[index] = value
            return y

        case["write"] = outcome(write)
        print(json.dumps(case))


main(int(sys.argv[1]), int(sys.argv[2]))
