"""torchvision's second transforms over random samples: `FILE SEED`, after the preamble of torchvision.ts."""

from torchvision import tv_tensors
from torchvision.transforms import v2
import torchvision.transforms.v2.functional as F2
import warnings

warnings.simplefilter("ignore")
file, seed = sys.argv[1], int(sys.argv[2])
random = np.random.default_rng(seed)
torch.manual_seed(seed)

FLOATS = (torch.float32, torch.float64)
FUNCTIONS = [
    ("adjust_brightness", [[0], [0.3], [1.7]]),
    ("adjust_contrast", [[0], [0.4], [1.9]]),
    ("adjust_saturation", [[0], [0.6], [1.3]]),
    ("adjust_hue", [[-0.5], [-0.21], [0.1]]),
    ("adjust_gamma", [[0.5], [1, 0.8], [2.2]]),
    ("adjust_sharpness", [[0], [0.5], [2]]),
    ("invert", [[]]),
    ("posterize", [[0], [3], [8]]),
    ("solarize", [[0], [0.5], [1]]),
    ("autocontrast", [[]]),
    ("equalize", [[]]),
    ("rgb_to_grayscale", [[], [1], [3]]),
    ("grayscale_to_rgb", [[]]),
    ("gaussian_blur", [[3], [[5, 3], [0.4, 1.7]], [1, 2.5]]),
]
SHAPES = [(3, 7, 5), (1, 7, 5), (3, 1, 1), (3, 2, 9), (2, 3, 33, 17), (2, 1, 6, 6), (1, 25, 60), (2, 2, 3, 9, 8)]
DTYPES = (torch.uint8, torch.float32, torch.float64, torch.int16, torch.int64)


def inputs(shape, dtype):
    noise = torch.from_numpy(random.random(shape))
    flat = torch.full(shape, float(random.random()), dtype=torch.float64)
    for values in (noise, 0.3 + 0.2 * noise, (noise * 3).round() / 3, flat):
        yield values.to(dtype) if dtype.is_floating_point else (values * 255).round().to(dtype)


tensors, pictures, boxes, classes = [], [], [], []


def attempt(name, args, x):
    """What the functional gives; errors are not compared here."""
    try:
        return getattr(F2, name)(x, *args)
    except Exception:
        return None


for shape in SHAPES:
    for dtype in DTYPES:
        for x in inputs(shape, dtype):
            for name, options in FUNCTIONS:
                if name == "adjust_gamma" and dtype == torch.int64 or name in ("adjust_hue", "equalize") and dtype == torch.int64:
                    continue
                for args in options:
                    out = attempt(name, args, x)
                    if out is not None:
                        tensors.append({"name": name, "args": json.dumps(args), "x": x, "out": out.contiguous()})
for source in (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, *FLOATS):
    for target in ("uint8", "int8", "int16", "int32", "int64", "float32", "float64"):
        for scale in (False, True):
            x = next(inputs((3, 5, 4), source)) if source.is_floating_point else torch.randint(0, torch.iinfo(source).max, (3, 5, 4), dtype=source)
            try:
                out = F2.to_dtype(x, getattr(torch, target), scale)
            except RuntimeError:
                continue
            if source.is_floating_point and not scale:
                continue
            tensors.append({"name": "to_dtype", "args": json.dumps([target, scale]), "x": x, "out": out})


def pixels(image):
    return F.pil_to_tensor(image).permute(1, 2, 0).contiguous()


for mode in ("L", "RGB"):
    for width, height in ((5, 7), (1, 1), (33, 17)):
        bands = len(mode)
        for high in (256, 90, 3):
            values = random.integers(0, high, (height, width, bands)).astype(np.uint8)
            image = Image.frombytes(mode, (width, height), values.tobytes())
            for name, options in [*FUNCTIONS, ("permute_channels", [[[2, 0, 1]]])]:
                for args in options:
                    if name == "posterize" and args == [0]:
                        continue
                    out = attempt(name, args, image)
                    if out is not None:
                        case = {"name": name, "args": json.dumps(args), "mode": mode, "x": pixels(image)}
                        pictures.append({**case, "out_mode": out.mode, "out": pixels(out)})

UNTURNED, TURNED = ("XYXY", "XYWH", "CXCYWH"), ("XYWHR", "CXCYWHR", "XYXYXYXY")
WIDTHS = {"XYWHR": 5, "CXCYWHR": 5, "XYXYXYXY": 8}
for formats in (UNTURNED, TURNED):
    for dtype in (torch.float32, torch.float64, torch.int64):
        if formats == TURNED and dtype == torch.int64:
            continue
        for old in formats:
            for _ in range(4):
                x = (torch.rand(6, WIDTHS.get(old, 4)) * 50 - 8).to(dtype)
                b = tv_tensors.BoundingBoxes(x, format=old, canvas_size=(30, 37))
                for new in formats:
                    boxes.append({"name": "convert", "args": new, "format": old, "x": x, "out": F2.convert_bounding_box_format(b, new_format=new).as_subclass(torch.Tensor)})
                for mode in ("soft", "hard", None):
                    if old in UNTURNED:
                        boxes.append({"name": "clamp", "args": mode or "", "format": old, "x": x, "out": F2.clamp_bounding_boxes(b, clamping_mode=mode).as_subclass(torch.Tensor)})
                kept, valid = F2.sanitize_bounding_boxes(b, min_size=2, min_area=9)
                boxes.append({"name": "sanitize", "args": "", "format": old, "x": x, "out": kept.as_subclass(torch.Tensor)})
for _ in range(12):
    x = torch.rand(9, 2) * 60 - 10
    p = tv_tensors.KeyPoints(x, canvas_size=(30, 37))
    boxes.append({"name": "clamp_keypoints", "args": "", "format": "", "x": x, "out": F2.clamp_keypoints(p).as_subclass(torch.Tensor)})
    boxes.append({"name": "sanitize_keypoints", "args": "", "format": "", "x": x, "out": F2.sanitize_keypoints(p)[0].as_subclass(torch.Tensor)})

CLASSES = [
    ("ColorJitter", {"brightness": 0.4, "contrast": 0.3, "saturation": [0.5, 1.5], "hue": 0.1}),
    ("ColorJitter", {"brightness": [0.8, 1.9]}),
    ("ColorJitter", {}),
    ("Grayscale", {}),
    ("Grayscale", {"num_output_channels": 3}),
    ("RGB", {}),
    ("RandomGrayscale", {"p": 0.6}),
    ("RandomChannelPermutation", {}),
    ("RandomPhotometricDistort", {}),
    ("RandomPhotometricDistort", {"p": 0.8}),
    ("RandomInvert", {}),
    ("RandomPosterize", {"bits": 4, "p": 0.7}),
    ("RandomSolarize", {"threshold": 0.5, "p": 0.3}),
    ("RandomAdjustSharpness", {"sharpness_factor": 2.5}),
    ("RandomAutocontrast", {}),
    ("RandomEqualize", {"p": 0.5}),
    ("RandomErasing", {}),
    ("RandomErasing", {"p": 1, "scale": (0.1, 0.5), "value": "random"}),
    ("GaussianBlur", {"kernel_size": 3}),
    ("GaussianBlur", {"kernel_size": (5, 3), "sigma": 1.5}),
    ("GaussianNoise", {}),
    ("GaussianNoise", {"mean": 0.2, "sigma": 0.3, "clip": False}),
    ("Normalize", {"mean": [0.5], "std": [0.25]}),
    ("Identity", {}),
    ("ToPureTensor", {}),
    ("ToImage", {}),
    ("AutoAugment", {}),
    ("RandAugment", {}),
    ("RandAugment", {"num_ops": 3, "magnitude": 20, "fill": 7}),
    ("TrivialAugmentWide", {}),
    ("TrivialAugmentWide", {"interpolation": "bilinear"}),
    ("AugMix", {}),
    ("AugMix", {"severity": 7, "chain_depth": 2, "all_ops": False}),
]
KINDS = {"tensor": lambda x: x, "Image": tv_tensors.Image, "Video": tv_tensors.Video}
for name, keywords in CLASSES:
    transform = getattr(v2, name)(**keywords)
    for kind in ("tensor", "Image", "Video", "picture"):
        for shape in ((3, 9, 11), (1, 9, 11), (2, 3, 16, 8)):
            for dtype in (torch.uint8, torch.float32):
                if kind == "picture":
                    if len(shape) > 3 or dtype != torch.uint8:
                        continue
                    x = next(inputs(shape, dtype))
                    given = v2.functional.to_pil_image(x)
                else:
                    x = next(inputs((2, *shape) if kind == "Video" and len(shape) == 3 else shape, dtype))
                    given = KINDS[kind](x)
                draw = int(random.integers(0, 2**31))
                torch.manual_seed(draw)
                try:
                    outs = [transform({"x": [given, 3], "other": torch.ones(2)})["x"][0] for _ in range(6)]
                except Exception:
                    continue
                if isinstance(outs[0], Image.Image):
                    type_name, tensor_outs = "picture", [F.pil_to_tensor(out) for out in outs]
                else:
                    type_name = type(outs[0]).__name__
                    tensor_outs = [out.as_subclass(torch.Tensor) for out in outs]
                case = {"name": name, "keywords": json.dumps(keywords), "text": repr(transform), "kind": kind, "x": x, "seed": draw}
                classes.append({**case, "type": type_name, "out": torch.stack(tensor_outs), "after": torch.rand(3)})

mixes = []
for name in ("MixUp", "CutMix"):
    for alpha in (1.0, 0.3):
        for kind, shape in (("tensor", (4, 3, 9, 7)), ("Image", (5, 1, 6, 6)), ("Video", (3, 2, 3, 8, 5))):
            for twice in (False, True):
                transform = getattr(v2, name)(alpha=alpha, num_classes=6)
                x = torch.rand(shape)
                labels = torch.rand(shape[0], 6) if twice else torch.randint(0, 6, (shape[0],))
                draw = int(random.integers(0, 2**31))
                torch.manual_seed(draw)
                out, mixed = transform(KINDS[kind](x), labels)
                mixes.append({"name": name, "alpha": alpha, "text": repr(transform), "kind": kind, "x": x, "labels": labels, "seed": draw, "type": type(out).__name__, "out": out.as_subclass(torch.Tensor), "mixed": mixed, "after": torch.rand(3)})

containers = []
for text in (
    "v2.Compose([v2.RandomInvert(), v2.ColorJitter(brightness=0.5), v2.RandomSolarize(0.4)])",
    "v2.RandomApply([v2.RandomInvert(p=0.5), v2.RandomChannelPermutation()], p=0.4)",
    "v2.RandomChoice([v2.Identity(), v2.RandomInvert(p=1), v2.RandomPosterize(2, p=0.7)], p=[1, 2, 1.5])",
    "v2.RandomChoice([v2.Identity(), v2.RandomInvert(p=1)])",
    "v2.RandomOrder([v2.RandomInvert(), v2.ColorJitter(hue=0.3), v2.GaussianBlur(3)])",
    "v2.Compose([v2.RandomApply([v2.Grayscale(3)]), v2.RandomErasing(p=0.8)])",
):
    transform = eval(text)
    for shape in ((3, 6, 7), (2, 3, 11, 5)):
        x = torch.rand(shape)
        draw = int(random.integers(0, 2**31))
        torch.manual_seed(draw)
        out = torch.stack([transform(x) for _ in range(8)])
        containers.append({"program": text, "text": repr(transform), "x": x, "seed": draw, "out": out, "after": torch.rand(3)})

samples = []
for _ in range(20):
    format = str(random.choice(UNTURNED))
    x = torch.rand(7, 4) * 40 - 5
    x = torch.cat([x[:, :2], x[:, :2] + x[:, 2:]], 1) if format == "XYXY" else x
    sample = {
        "boxes": tv_tensors.BoundingBoxes(x, format=format, canvas_size=(30, 37)),
        "mask": tv_tensors.Mask(torch.rand(7, 2, 2)),
        "LaBels": torch.arange(7),
        "video": tv_tensors.Video(torch.rand(9, 1, 2, 2)),
    }
    transform = v2.Compose([v2.ClampBoundingBoxes(), v2.SanitizeBoundingBoxes(min_size=3.0, min_area=20.0), v2.ConvertBoundingBoxFormat("CXCYWH"), v2.UniformTemporalSubsample(4)])
    given = {name: value.as_subclass(torch.Tensor) for name, value in sample.items()}
    result = {name: value.as_subclass(torch.Tensor) for name, value in transform(sample).items()}
    samples.append({"format": format, "given": given, "result": result, "text": repr(transform)})

torch.save({"containers": containers, "samples": samples, "tensors": tensors, "pictures": pictures, "boxes": boxes, "classes": classes, "mixes": mixes}, file)
