"""`FILE SEED`: calls of torchvision's geometric kernels of transforms v2 on fresh pictures, boxes and points, with what they
give. `T`, `torch`, `np` and `Image` are there already.
"""

import random

import torchvision.transforms.v2.functional as F2
from torchvision.tv_tensors import BoundingBoxFormat

file, seed = sys.argv[1:3]
random.seed(int(seed))
torch.manual_seed(int(seed))
cases = []
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


def call(name, *args):
    case = {"name": name, "args": plain(args)}
    try:
        case["outs"] = plain(getattr(F2, name)(*args))
    except Exception as error:
        case["error"] = f"{type(error).__name__}: {error}"
    cases.append(case)


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


for i in range(45):
    x = image()
    kind = random.choice(["image", "video"])
    h, w = hw(x)
    call(f"horizontal_flip_{kind}", x)
    call(f"vertical_flip_{kind}", x)
    call(f"get_size_{kind}", x)
    call(f"get_dimensions_{kind}", x)
    call(f"get_num_channels_{kind}", x)
    how = mode()
    call(f"resize_{kind}", x, new_size(), how, None, random.random() < 0.6)
    call(f"resize_{kind}", x, random.choice([12, [12], None]), how, random.choice([20, 14]), random.random() < 0.6)
    call(f"resize_{kind}", x, new_size(), "lanczos", None, True)
    side = random.choice(["constant", "constant", "edge", "reflect", "symmetric"])
    call(f"pad_{kind}", x, paddings(), fill(x.size(-3)), side)
    call(f"crop_{kind}", x, *rectangle(h, w))
    call(f"center_crop_{kind}", x, new_size())
    call(f"resized_crop_{kind}", x, *inner(h, w), new_size(), mode(), random.random() < 0.6)
    call(f"five_crop_{kind}", x, random.choice([[max(1, h // 2), max(1, w // 2)], 1, [3]]))
    call(f"ten_crop_{kind}", x, random.choice([[max(1, h // 2), max(1, w // 2)], 1]), random.random() < 0.5)
    call(f"rotate_{kind}", x, turn(), grid_mode(), random.random() < 0.4, center(h, w), fill(x.size(-3)))
    call(f"rotate_{kind}", x, turn(), grid_mode(), random.random() < 0.4, center(h, w), fill(x.size(-3)))
    call(f"affine_{kind}", x, *affine(), grid_mode(), fill(x.size(-3)), center(h, w))
    call(f"affine_{kind}", x, *affine(), mode(), fill(x.size(-3)), center(h, w))
    start, end, numbers = corners(h, w)
    call(f"perspective_{kind}", x, start, end, grid_mode(), fill(x.size(-3)), numbers)
    call(f"elastic_{kind}", x, displacement(h, w), grid_mode(), fill(x.size(-3)))

    x = mask()
    h, w = hw(x)
    channels = x.size(-3) if x.dim() > 2 else 1
    call("horizontal_flip_mask", x)
    call("vertical_flip_mask", x)
    call("get_size_mask", x)
    call("resize_mask", x, new_size(), mode())
    call("pad_mask", x, paddings(), random.choice([0, 1, None]), side)
    call("crop_mask", x, *rectangle(h, w))
    call("center_crop_mask", x, new_size())
    call("resized_crop_mask", x, *inner(h, w), new_size())
    call("rotate_mask", x, turn(), random.random() < 0.4, center(h, w), fill(channels))
    call("affine_mask", x, *affine(), fill(channels), center(h, w))
    start, end, numbers = corners(h, w)
    call("perspective_mask", x, start, end, fill(channels), numbers)
    call("elastic_mask", x, displacement(h, w), fill(channels))

    size = h, w = canvas()
    x = points(size)
    call("horizontal_flip_keypoints", x, size)
    call("vertical_flip_keypoints", x, size)
    call("resize_keypoints", x, new_size(), size)
    call("pad_keypoints", x, size, paddings())
    call("crop_keypoints", x, *rectangle(h, w))
    call("center_crop_keypoints", x, size, new_size())
    call("resized_crop_keypoints", x, *inner(h, w), new_size())
    call("rotate_keypoints", x, size, turn(), random.random() < 0.4, center(h, w))
    call("affine_keypoints", x, size, *affine(), center(h, w))
    start, end, numbers = corners(h, w)
    call("perspective_keypoints", x, size, start, end, numbers)
    call("elastic_keypoints", x, size, displacement(h, w))
    call("clamp_keypoints", x, size)

    for fmt in formats:
        size = h, w = canvas()
        x, f, clamp = boxes(size, fmt), BoundingBoxFormat[fmt], random.choice(clampings)
        call("convert_bounding_box_format", x, f, BoundingBoxFormat[random.choice(formats)])
        call("clamp_bounding_boxes", x, f, size, random.choice(clampings))
        call("horizontal_flip_bounding_boxes", x, f, size)
        call("vertical_flip_bounding_boxes", x, f, size)
        call("resize_bounding_boxes", x, size, new_size(), None, f, clamp)
        call("pad_bounding_boxes", x, f, size, paddings(), "constant", clamp)
        call("crop_bounding_boxes", x, f, *rectangle(h, w), clamp)
        call("center_crop_bounding_boxes", x, f, size, new_size(), clamp)
        call("resized_crop_bounding_boxes", x, f, *inner(h, w), new_size(), clamp)
        call("rotate_bounding_boxes", x, f, size, turn(), random.random() < 0.4, center(h, w), clamp)
        call("affine_bounding_boxes", x, f, size, *affine(), center(h, w), clamp)
        start, end, numbers = corners(h, w)
        call("perspective_bounding_boxes", x, f, size, start, end, numbers, clamp)
        call("elastic_bounding_boxes", x, f, size, displacement(h, w), clamp)

torch.save(cases, file)
