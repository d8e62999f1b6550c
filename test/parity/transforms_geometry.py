"""`FILE SEED`: calls of torchvision's geometric transforms on fresh pictures, with what they give. `T`, `F`, `torch`, `np` and
`Image` are there already.
"""

import random

import torchvision.transforms.v2 as V2

file, seed = sys.argv[1:3]
random.seed(int(seed))
torch.manual_seed(int(seed))
cases = []
modes = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "I": 1, "F": 1}
sizes = [(1, 1), (7, 7), (5, 12), (23, 4), (16, 16), (9, 31), (2, 3)]
NEAREST, BILINEAR, BICUBIC = T.InterpolationMode.NEAREST, T.InterpolationMode.BILINEAR, T.InterpolationMode.BICUBIC


def pixels(shape, dtype):
    if dtype == torch.bool:
        return torch.rand(shape) < 0.5
    if dtype.is_floating_point:
        return torch.rand(shape, dtype=dtype)
    return torch.randint(0, 127 if dtype == torch.int8 else 256, shape, dtype=dtype)


def tensor(dims=(3, 4), dtypes=(torch.uint8, torch.float32, torch.float32, torch.float64, torch.int16, torch.int32)):
    shape = random.choice(sizes)
    shape = [[2, 3], [1], [5, 1], [3], [3]][random.randrange(5)] + list(shape)
    if 2 in dims and random.random() < 0.1:
        shape = shape[-2:]
    if 5 in dims and random.random() < 0.1:
        shape = [2] + [2] * (4 - len(shape)) + shape
    return pixels(shape, random.choice(dtypes))


def picture(without=()):
    mode = random.choice([m for m in modes if m not in without])
    kind = {"I": torch.int32, "F": torch.float32}.get(mode, torch.uint8)
    data = pixels([modes[mode], *random.choice(sizes)], kind)
    array = data.permute(1, 2, 0).squeeze(2).numpy() if modes[mode] == 1 else data.permute(1, 2, 0).numpy()
    image = Image.fromarray(np.ascontiguousarray(array))
    assert image.mode == mode
    return data, image


def plain(value):
    if isinstance(value, T.InterpolationMode):
        return value.value
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value


def pictures(value):
    values = value if isinstance(value, (list, tuple)) else [value]
    return [(v if torch.is_tensor(v) else F.pil_to_tensor(v)).clone() for v in values]


def call(name, img, *args, mode="", data=None):
    case = {"name": name, "mode": mode, "image": img if data is None else data, "args": [plain(a) for a in args]}
    try:
        case["outs"] = pictures(getattr(F, name)(img, *args))
    except Exception as error:
        case["error"] = f"{type(error).__name__}: {error}"
    cases.append(case)


def both(name, make, count, without=(), **kinds):
    for i in range(count):
        img = tensor(**kinds)
        call(name, img, *make(img.shape[-3] if img.dim() > 2 else 1, img.shape[-1], img.shape[-2], False))
        data, image = picture(without)
        call(name, image, *make(data.size(0), image.width, image.height, True), mode=image.mode, data=data)


def fill(channels):
    return random.choice([None, None, 0, 7, 1.5, [3.0], [float(i * 20) for i in range(channels)]])


def interpolation(image):
    return random.choice([NEAREST, BILINEAR, BICUBIC] if image else [NEAREST, BILINEAR])


def paddings():
    r = lambda: random.randrange(-1, 5)
    return random.choice([3, [2], [r(), r()], [r(), r(), r(), r()], (1, 0, 0, 2)])


def pad(channels, w, h, image):
    mode = random.choice(["constant", "constant", "edge", "reflect", "symmetric"])
    sides = paddings()
    if image and isinstance(sides, list) and len(sides) == 1:
        sides = sides[0]
    if image and (w < 3 or h < 3):
        sides = 2
    value = random.choice([0, 9, [i + 1 for i in range(channels)]] if image else [0, 3, 2.5])
    return sides, value, mode


def rotate(channels, w, h, image):
    angle = random.choice([0, 90, 180, 270, -90, 45, random.uniform(-400, 400), random.uniform(-30, 30)])
    center = random.choice([None, None, [random.uniform(0, w), random.uniform(0, h)], [0, 0]])
    return angle, interpolation(image), random.random() < 0.4, center, fill(channels)


def affine(channels, w, h, image):
    shear = random.choice([0.0, 12.5, [random.uniform(-20, 20), random.uniform(-20, 20)], [5.0]])
    center = random.choice([None, None, [random.uniform(0, w), random.uniform(0, h)]])
    move = [random.randrange(-4, 5), random.randrange(-4, 5)]
    angle = random.choice([0.0, 90.0, random.uniform(-180, 180)])
    return angle, move, random.uniform(0.3, 2), shear, interpolation(image), fill(channels), center


def perspective(channels, w, h, image):
    start, end = T.RandomPerspective.get_params(w, h, random.random())
    return start, end, interpolation(image), fill(channels)


def elastic(channels, w, h, image):
    shift = torch.randn(1, h, w, 2) * 0.2
    return shift, random.choice([NEAREST, BILINEAR]), random.choice([None, 0.5, [0.0]])


def blur(channels, w, h, image):
    kernel = random.choice([1, 3, [3, 5], [1, 3], 7])
    return kernel, random.choice([None, 0.8, [1.5], [0.4, 2.0]])


def crop(channels, w, h, image):
    # Above or left of the whole picture torchvision's tensors take Python's negative slices.
    top, left = random.randrange(-3, h + 2), random.randrange(-3, w + 2)
    return top, left, random.randrange(max(1, -top), h + 5), random.randrange(max(1, -left), w + 5)


def resized_crop(channels, w, h, image):
    top, left = random.randrange(0, h), random.randrange(0, w)
    part = top, left, random.randrange(1, h - top + 1), random.randrange(1, w - left + 1)
    size = [random.randrange(1, 20), random.randrange(1, 20)]
    if image:
        return *part, size, NEAREST
    return *part, size, random.choice([NEAREST, BILINEAR, BICUBIC]), random.random() < 0.5


def corners(channels, w, h, image):
    return (random.choice([[max(1, h // 2), max(1, w // 2)], 1, [h, w], [3]]),)


both("pad", pad, 250, dims=(2, 3, 4, 5))
both("crop", crop, 60, dims=(2, 3, 4, 5))
both("resized_crop", resized_crop, 60)
both("five_crop", corners, 30)
both("ten_crop", lambda *a: (*corners(*a), random.random() < 0.5), 30)
both("rotate", rotate, 250)
both("affine", affine, 250)
both("perspective", perspective, 150)
both("elastic_transform", elastic, 80, without=("I",))
both("gaussian_blur", blur, 100, without=("I",))
for _ in range(30):
    x = tensor()
    c, h, w = x.shape[-3:]
    i, j = random.randrange(h), random.randrange(w)
    eh, ew = random.randrange(1, h - i + 1), random.randrange(1, w - j + 1)
    call("erase", x, i, j, eh, ew, random.choice([torch.tensor(0.5), torch.rand(c, eh, ew) * 200]))


def transform(name, *images, args=(), keywords={}, inner=None, repeat=6):
    """`inner`, names with arguments, are the transforms that a `name` of transforms is made of."""
    made = () if inner is None else ([getattr(T, n)(*a) for n, a in inner],)
    t = printed = getattr(T, name)(*made, *args, **keywords)
    if name in ("RandomChoice", "RandomOrder"):
        # The first version draws from Python's `random`, the second from torch.
        t = getattr(V2, name)(*made, *args, **keywords)
    for img in images:
        state = random.randrange(2**31)
        torch.manual_seed(state)
        data, image = img if isinstance(img, tuple) else (img, img)
        outs = [pictures(t(image)) for _ in range(repeat)]
        case = {"name": name, "mode": "" if image is data else image.mode, "image": data, "args": plain(args)}
        case |= {"inner": plain(inner), "keywords": {k: plain(v) for k, v in keywords.items()}, "seed": state, "outs": sum(outs, [])}
        cases.append(case | {"repeat": repeat, "after": torch.rand(3), "text": repr(printed)})


def large(image=False):
    data = pixels([3, *random.choice([(20, 31), (40, 17), (33, 33)])], torch.uint8)
    return (data, Image.fromarray(data.permute(1, 2, 0).numpy())) if image else data


for _ in range(8):
    x, f, b, p = large(), large() / 255, torch.rand(2, 3, 19, 22), large(True)
    for keywords in ({}, {"padding": 4}, {"padding": (1, 2), "fill": 3, "padding_mode": "edge"}, {"pad_if_needed": True}):
        transform("RandomCrop", x, f, b, p, args=(15,), keywords=keywords)
    transform("RandomCrop", x, p, args=((50, 45),), keywords={"pad_if_needed": True, "padding_mode": "edge"})
    transform("RandomResizedCrop", x, f, b, args=(12,))
    transform("RandomResizedCrop", x, b, args=((9, 14),), keywords={"scale": (0.5, 1.0), "interpolation": BICUBIC})
    transform("RandomResizedCrop", x, f, args=((9, 14),), keywords={"ratio": (3.0, 4.0), "antialias": False})
    transform("RandomResizedCrop", p, args=(10,), keywords={"interpolation": NEAREST})
    transform("RandomErasing", x, f, b)
    transform("RandomErasing", f, b, keywords={"p": 1, "value": "random"})
    transform("RandomErasing", f, x, keywords={"p": 0.9, "value": (1, 2, 3), "scale": (0.3, 0.9), "ratio": (0.5, 4.0)})
    transform("RandomRotation", x, f, b, p, args=(30,))
    transform("RandomRotation", x, f, p, args=((10, 80),), keywords={"expand": True, "interpolation": BILINEAR, "fill": 4})
    transform("RandomRotation", f, p, args=(90,), keywords={"center": (3, 4), "fill": (1, 2, 3)})
    transform("RandomAffine", x, f, b, p, args=(25,))
    transform("RandomAffine", x, f, b, p, args=(0, (0.2, 0.1), (0.5, 1.5), 10))
    more = {"shear": (-5, 5, -8, 8), "interpolation": BILINEAR, "fill": 1, "center": (2, 3)}
    transform("RandomAffine", f, p, args=((-5, 90),), keywords=more)
    transform("RandomPerspective", x, f, b, p)
    transform("RandomPerspective", f, p, args=(0.9, 1), keywords={"interpolation": NEAREST, "fill": 7})
    transform("GaussianBlur", x, f, b, p, args=(5,))
    transform("GaussianBlur", f, p, args=((3, 7), (0.5, 4.0)))
    transform("GaussianBlur", f, args=(3, 1.5))
    transform("FiveCrop", x, p, args=(9,))
    transform("TenCrop", x, p, args=((5, 11),), keywords={"vertical_flip": True})
    transform("Pad", x, p, args=((1, 2, 3, 4),), keywords={"padding_mode": "symmetric"})
    transform("Pad", f, p, args=(3, 2))
    inner = [["Pad", [2]], ["RandomCrop", [9]], ["GaussianBlur", [3]], ["RandomErasing", [0.7]]]
    transform("RandomApply", x, f, inner=inner)
    transform("RandomApply", f, b, inner=inner, args=(0.8,))
    transform("RandomOrder", x, f, b, inner=inner)
    transform("RandomChoice", x, f, b, inner=inner)
    transform("RandomChoice", x, f, inner=inner, args=([1, 3, 0, 2],))
    small = torch.rand(2, 3, 35, 40)
    transform("ElasticTransform", small, pixels([3, 50, 34], torch.uint8), args=(40.0, 3.0), repeat=2)
    transform("ElasticTransform", small, keywords={"sigma": [2.0, 4.0], "fill": 0.5, "interpolation": NEAREST}, repeat=2)
    transform("LinearTransformation", torch.rand(4, 2, 3, 2), args=(torch.randn(12, 12), torch.randn(12)), repeat=1)

torch.save(cases, file)
