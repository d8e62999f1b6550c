"""torchvision's geometric transforms v2 on whole samples, and its functionals on each type of input, with what they give and
draw. It follows transforms_v2_inputs.py.
"""

import torchvision.transforms.v2 as V2
from torchvision import tv_tensors

cases = []
# Without RGBA: where it is nearly transparent, how a tie rounds is many steps of a colour.
PIXELS = {"L": 1, "RGB": 3, "F": 1}


def picture(h, w):
    mode = random.choice(list(PIXELS))
    data = pixels([h, w, PIXELS[mode]], torch.float32 if mode == "F" else torch.uint8).numpy()
    return Image.fromarray(np.ascontiguousarray(data[..., 0] if PIXELS[mode] == 1 else data))


def visual(h, w, kind):
    dtype = random.choice([torch.uint8, torch.uint8, torch.float32, torch.float64])
    if kind == "picture":
        return picture(h, w)
    if kind == "video":
        return tv_tensors.Video(pixels([2, 3, h, w], dtype))
    data = pixels(random.choice([[3], [1], [2, 3]]) + [h, w], dtype)
    return tv_tensors.Image(data) if kind == "image" else data


def made(kind, size):
    h, w = size
    if kind == "mask":
        return tv_tensors.Mask(pixels(random.choice([[], [3]]) + [h, w], random.choice([torch.uint8, torch.bool])))
    if kind == "boxes":
        fmt = random.choice(formats)
        return tv_tensors.BoundingBoxes(
            boxes(size, fmt), format=fmt, canvas_size=size, clamping_mode=random.choice(clampings)
        )
    if kind == "points":
        return tv_tensors.KeyPoints(points(size), canvas_size=size)
    return visual(h, w, kind)


def sample(kinds=("mask", "boxes", "points"), visuals=("tensor", "image", "picture", "video")):
    size = random.choice([(20, 31), (40, 17), (25, 25), (9, 8)])
    inputs = [made(random.choice(visuals), size)] + [made(kind, size) for kind in kinds if random.random() < 0.8]
    random.shuffle(inputs)
    return inputs


def written(value):
    """An input or output as plain tensors and words."""
    if isinstance(value, (list, tuple)):
        return [written(v) for v in value]
    if isinstance(value, Image.Image):
        return {"kind": "picture", "mode": value.mode, "data": V2.functional.pil_to_tensor(value).clone()}
    if not torch.is_tensor(value):
        return value
    kinds = {"Image": "image", "Video": "video", "Mask": "mask", "BoundingBoxes": "boxes", "KeyPoints": "points"}
    known = {"kind": kinds.get(type(value).__name__, "tensor"), "data": value.as_subclass(torch.Tensor).clone()}
    if isinstance(value, tv_tensors.BoundingBoxes):
        known |= {"format": value.format.value, "clamping_mode": value.clamping_mode}
    if hasattr(value, "canvas_size"):
        known["canvas_size"] = list(value.canvas_size)
    return known


def functional(name, kind, **keywords):
    size = random.choice([(20, 31), (7, 9), (16, 16)])
    inpt = made(kind, size)
    keywords = {k: v(*size) if callable(v) else v for k, v in keywords.items()}
    case = {"functional": name, "inputs": [written(inpt)], "keywords": plain(keywords)}
    try:
        case["outs"] = [written(getattr(F2, name)(inpt, **keywords))]
    except Exception as error:
        case["error"] = f"{type(error).__name__}: {error}"
    cases.append(case)


def transform(name, inputs, *args, repeat=3, **keywords):
    """`by_type` among the keywords is a fill for classes by their names."""
    case = {"name": name, "args": plain(args), "inputs": written(inputs), "keywords": dict(keywords)}
    by_type = keywords.pop("by_type", None)
    if by_type:
        classes = {"tensor": torch.Tensor, "image": tv_tensors.Image, "mask": tv_tensors.Mask, "picture": Image.Image}
        keywords["fill"] = {classes.get(k, k): v for k, v in by_type.items()}
    case["seed"] = random.randrange(2**31)
    case["repeat"] = repeat
    torch.manual_seed(case["seed"])
    try:
        t = getattr(V2, name)(*args, **keywords)
        case["outs"] = [written(t(inputs)) for _ in range(repeat)]
        case["text"] = repr(t)
        case["after"] = torch.rand(3)
    except Exception as error:
        case["error"] = f"{type(error).__name__}: {error}"
    cases.append(case)


def end(h, w):
    return [[1, 0], [w - 2, 1], [w - 1, h - 3], [2, h - 1]]


def start(h, w):
    return [[0, 0], [w - 1, 0], [w - 1, h - 1], [0, h - 1]]


for i in range(10):
    for kind in ["tensor", "image", "video", "picture", "mask", "boxes", "points"]:
        how = grid_mode()
        whole = random.choice(["nearest", "bilinear", "bicubic"])
        functional("horizontal_flip", kind)
        functional("vflip", kind)
        functional("resize", kind, size=new_size(), interpolation=whole)
        functional("resize", kind, size=None, max_size=15)
        functional("pad", kind, padding=random.choice([2, [1, 3], [0, 1, 2, 3]]), fill=random.choice([0, 3]))
        functional("crop", kind, top=2, left=1, height=random.randrange(3, 9), width=random.randrange(2, 30))
        functional("center_crop", kind, output_size=random.choice([[5, 40], 9, [30, 3]]))
        functional("resized_crop", kind, top=1, left=2, height=4, width=5, size=[9, 6], interpolation=whole)
        functional("rotate", kind, angle=random.uniform(-90, 90), expand=random.random() < 0.5, interpolation=how)
        functional("rotate", kind, angle=random.choice([90, 180, 270]), center=random.choice([None, [3, 4]]))
        angle, move, scale, shear = affine()
        functional("affine", kind, angle=angle, translate=move, scale=scale, shear=shear, interpolation=how, fill=4)
        functional("perspective", kind, startpoints=start, endpoints=end, interpolation=how, fill=random.choice([None, 5]))
        functional("elastic", kind, displacement=displacement, interpolation=how)
        functional("five_crop", kind, size=[3, 5])
        functional("ten_crop", kind, size=4, vertical_flip=random.random() < 0.5)
        functional("get_size", kind)
        functional("get_dimensions", kind)

for i in range(12):
    modes = ["nearest", "bilinear"]
    transform("RandomHorizontalFlip", sample())
    transform("RandomVerticalFlip", sample(), 0.8)
    transform("Resize", sample(), random.choice([[9, 12], [14], 11]), interpolation=random.choice(modes + ["bicubic"]))
    transform("Resize", sample(), None, max_size=18, antialias=False)
    transform("CenterCrop", sample(), random.choice([(12, 15), 10]))
    transform("RandomCrop", sample(), 8)
    transform("RandomCrop", sample(), (9, 7), padding=random.choice([2, (1, 2), (0, 1, 2, 3)]), fill=2)
    transform("RandomCrop", sample(), (30, 28), pad_if_needed=True)
    transform("RandomCrop", sample(kinds=("mask",)), (30, 28), pad_if_needed=True, padding_mode="edge")
    transform("RandomCrop", sample(), 80)
    transform("RandomResizedCrop", sample(), 12, interpolation=random.choice(modes))
    transform("RandomResizedCrop", sample(), (9, 14), scale=(0.5, 1.0), ratio=(3.0, 4.0), antialias=False)
    transform("FiveCrop", sample(kinds=("points",)), 5)
    transform("TenCrop", sample(kinds=()), (4, 6), vertical_flip=random.random() < 0.5)
    transform("FiveCrop", sample(), 5)
    transform("Pad", sample(), random.choice([2, [1, 2], [1, 2, 3, 4]]), fill=random.choice([0, 7]))
    transform("Pad", sample(kinds=("mask",)), 1, padding_mode=random.choice(["edge", "reflect", "symmetric"]))
    transform("Pad", sample(), 3, by_type={"mask": 1, "image": 9, "picture": 8, "others": 5})
    transform("RandomZoomOut", sample(), p=random.choice([0.5, 1]))
    transform("RandomZoomOut", sample(), fill=3, side_range=(1.5, 2.0), p=0.9)
    size = (25, 25)
    some = [[2.0, 3, 12, 15], [8, 8, 20, 19], [0, 0, 5, 5]]
    upright = tv_tensors.BoundingBoxes(some, format=random.choice(["XYXY", "CXCYWH"]), canvas_size=size)
    parts = [visual(*size, random.choice(["tensor", "image", "picture"])), upright, made("mask", size), made("points", size)]
    transform("RandomIoUCrop", parts)
    transform("RandomIoUCrop", parts, min_scale=0.5, sampler_options=[0.1, 0.3], trials=10)
    transform("RandomIoUCrop", sample(kinds=()))
    transform("RandomRotation", sample(), 30, interpolation=random.choice(modes))
    transform("RandomRotation", sample(), (10, 80), expand=True, fill=random.choice([0, 4]))
    transform("RandomRotation", sample(), 45, center=[3, 4])
    transform("RandomAffine", sample(), 25)
    transform("RandomAffine", sample(), 0, translate=(0.2, 0.1), scale=(0.5, 1.5), shear=10, interpolation="bilinear")
    transform("RandomAffine", sample(), (-5, 90), shear=(-5, 5, -8, 8), fill=1, center=[2, 3])
    transform("RandomPerspective", sample(), p=random.choice([0.5, 1]))
    transform("RandomPerspective", sample(), 0.9, 0.9, interpolation="nearest", fill=7)
    transform("ElasticTransform", sample(), interpolation=random.choice(modes), sigma=random.choice([0.5, 0.0, [0.6, 0.9]]))
    transform("ScaleJitter", sample(), (20, 24))
    transform("ScaleJitter", sample(), (20, 24), scale_range=(0.8, 1.2), interpolation="nearest")
    transform("RandomShortestSize", sample(), [8, 10, 13], max_size=random.choice([None, 15]))
    transform("RandomShortestSize", sample(), 12)
    transform("RandomResize", sample(), 6, 20)

torch.save(cases, file)
