"""What the programs of transforms v2 share: fresh pictures, masks, boxes and points, and arguments for them. The arguments are
`FILE SEED`. `T`, `torch`, `np` and `Image` are there already.
"""

import random

import torchvision.transforms.v2.functional as F2
from torchvision.tv_tensors import BoundingBoxFormat

file, seed = sys.argv[1:3]
random.seed(int(seed))
torch.manual_seed(int(seed))
sizes = [(1, 1), (7, 7), (5, 12), (23, 4), (16, 16), (9, 31), (2, 3)]
formats = ["XYXY", "XYWH", "CXCYWH", "XYWHR", "CXCYWHR", "XYXYXYXY"]
clampings = ["soft", "soft", "hard", None]


def pixels(shape, dtype):
    if dtype == torch.bool:
        return torch.rand(shape) < 0.5
    if dtype.is_floating_point:
        return torch.rand(shape, dtype=dtype)
    return torch.randint(0, 127 if dtype == torch.int8 else 256, shape, dtype=dtype)


def image():
    dtypes = [torch.uint8, torch.uint8, torch.float32, torch.float32, torch.float64, torch.int16, torch.int32]
    lead = random.choice([[3], [3], [1], [2, 3], [2, 2, 3], [5, 1]])
    return pixels(lead + list(random.choice(sizes)), random.choice(dtypes))


def mask():
    lead = random.choice([[], [1], [4], [2, 1]])
    return pixels(lead + list(random.choice(sizes)), random.choice([torch.uint8, torch.bool, torch.int64, torch.float32]))


def canvas():
    return random.choice([(20, 30), (30, 20), (25, 25), (17, 41), (1, 1), (3, 9)])


def points(size):
    h, w = size
    xy = torch.rand(random.choice([[5], [1], [2, 3], [0], [2, 2, 2]]) + [2], dtype=random.choice([torch.float32, torch.float64]))
    xy = (xy * 1.4 - 0.2) * torch.tensor([w, h])
    return xy.to(torch.int64) if random.random() < 0.3 else xy


def boxes(size, fmt):
    h, w = size
    dtype = random.choice([torch.float32, torch.float32, torch.float64])
    n = random.choice([4, 1, 6, 0] if random.random() < 0.3 else [4, 6])
    cx, cy = (torch.rand(n, dtype=dtype) * 1.2 - 0.1) * w, (torch.rand(n, dtype=dtype) * 1.2 - 0.1) * h
    bw, bh = (torch.rand(n, dtype=dtype) * 0.6 + 0.05) * w, (torch.rand(n, dtype=dtype) * 0.6 + 0.05) * h
    if len(fmt) < 7 and fmt[-1] != "R":
        made = F2.convert_bounding_box_format(torch.stack([cx, cy, bw, bh], 1), BoundingBoxFormat.CXCYWH, BoundingBoxFormat[fmt])
        return made.to(random.choice([torch.int64, torch.int32])) if random.random() < 0.3 else made
    turn = (torch.rand(n, dtype=dtype) * 2 - 1) * 180
    if random.random() < 0.2:
        turn = (turn / 45).round() * 45
    return F2.convert_bounding_box_format(
        torch.stack([cx, cy, bw, bh, turn], 1), BoundingBoxFormat.CXCYWHR, BoundingBoxFormat[fmt]
    )


def plain(value):
    if isinstance(value, (T.InterpolationMode, BoundingBoxFormat)):
        return value.value
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value.clone() if torch.is_tensor(value) else value


def fill(channels):
    return random.choice([None, None, 0, 7, 1.5, [3.0], [float(i * 20) for i in range(channels)]])


def hw(x):
    return x.shape[-2:]


def mode():
    return random.choice(["nearest", "bilinear", "bilinear", "nearest-exact", "bicubic"])


def grid_mode():
    return random.choice(["nearest", "bilinear"])


def new_size():
    return random.choice([[7, 9], [1, 1], [30, 12], [16], 16, [5], 11, (40, 3)])


def center(h, w):
    return random.choice([None, None, [random.uniform(0, w), random.uniform(0, h)], [0, 0]])


def turn():
    return random.choice([0, 90, 180, 270, -90, 45, random.uniform(-400, 400), random.uniform(-30, 30)])


def affine():
    shear = random.choice([0.0, 12.5, [random.uniform(-20, 20), random.uniform(-20, 20)], [5.0]])
    move = [random.randrange(-4, 5), random.randrange(-4, 5)]
    return random.choice([0.0, 90.0, random.uniform(-180, 180)]), move, random.uniform(0.3, 2), shear


def corners(h, w):
    start, end = T.RandomPerspective.get_params(w, h, random.random())
    # The corners of one pixel make no matrix.
    if min(h, w) > 1 and random.random() < 0.3:
        from torchvision.transforms.functional import _get_perspective_coeffs

        return None, None, _get_perspective_coeffs(start, end)
    return start, end, None


def paddings():
    r = lambda: random.randrange(-1, 5)
    return random.choice([3, [2], [r(), r()], [r(), r(), r(), r()], (1, 0, 0, 2)])


def rectangle(h, w):
    top, left = random.randrange(-3, h + 2), random.randrange(-3, w + 2)
    return top, left, random.randrange(max(1, -top), h + 5), random.randrange(max(1, -left), w + 5)


def inner(h, w):
    top, left = random.randrange(0, h), random.randrange(0, w)
    return top, left, random.randrange(1, h - top + 1), random.randrange(1, w - left + 1)


def displacement(h, w):
    return torch.randn(1, h, w, 2, dtype=random.choice([torch.float32, torch.float64])) * 0.2
