"""torchvision's colour transforms over random tensors and pictures: `FILE SEED`, after the preamble of torchvision.ts."""

file, seed = sys.argv[1], int(sys.argv[2])
random = np.random.default_rng(seed)
torch.manual_seed(seed)

BYTES_ONLY = ("posterize", "equalize")
FUNCTIONS = [
    ("adjust_brightness", [[0], [0.3], [1], [1.7], [2]]),
    ("adjust_contrast", [[0], [0.4], [1], [1.9], [3]]),
    ("adjust_saturation", [[0], [0.6], [1], [1.3], [2]]),
    ("adjust_hue", [[-0.5], [-0.21], [0], [0.1], [0.5]]),
    ("adjust_gamma", [[0], [0.5], [1, 0.8], [2.2], [3, 1.5]]),
    ("adjust_sharpness", [[0], [0.5], [1], [2], [3.7]]),
    ("invert", [[]]),
    ("posterize", [[0], [1], [3], [5], [8]]),
    ("solarize", [[0], [0.5], [1]]),
    ("autocontrast", [[]]),
    ("equalize", [[]]),
    ("rgb_to_grayscale", [[], [1], [3]]),
]
# What a tensor of bytes or of floats has its own numbers for.
SOLARIZE_BYTES = [[0], [17], [128], [100.5], [255]]
CLASSES = [
    ("ColorJitter", {"brightness": 0.4, "contrast": 0.3, "saturation": [0.5, 1.5], "hue": 0.1}),
    ("ColorJitter", {"brightness": [0.8, 1.9]}),
    ("ColorJitter", {"brightness": 2, "hue": [-0.2, 0.5]}),
    ("ColorJitter", {"contrast": 0.7, "saturation": 0.2}),
    ("ColorJitter", {}),
    ("Grayscale", {}),
    ("Grayscale", {"num_output_channels": 3}),
    ("RandomGrayscale", {}),
    ("RandomGrayscale", {"p": 0.6}),
    ("RandomInvert", {}),
    ("RandomInvert", {"p": 0.2}),
    ("RandomPosterize", {"bits": 2}),
    ("RandomPosterize", {"bits": 4, "p": 0.7}),
    ("RandomSolarize", {"threshold": 100}),
    ("RandomSolarize", {"threshold": 0.5, "p": 0.3}),
    ("RandomAdjustSharpness", {"sharpness_factor": 2.5}),
    ("RandomAdjustSharpness", {"sharpness_factor": 0, "p": 0.4}),
    ("RandomAutocontrast", {}),
    ("RandomEqualize", {"p": 0.5}),
]
SHAPES = [(3, 7, 5), (1, 7, 5), (3, 1, 1), (1, 1, 1), (3, 2, 9), (2, 3, 33, 17), (2, 1, 6, 6), (3, 40, 31), (1, 25, 60)]


def inputs(shape, dtype):
    """Noise, and what is narrow, smooth or of one colour: where histograms and hues are special."""
    noise = torch.from_numpy(random.random(shape))
    narrow = 0.3 + 0.2 * noise
    smooth = torch.linspace(0, 1, int(np.prod(shape)), dtype=torch.float64).view(shape)
    coarse = (noise * 3).round() / 3
    flat = torch.full(shape, float(random.random()), dtype=torch.float64)
    for values in (noise, narrow, smooth, coarse, flat):
        yield F.convert_image_dtype(values, dtype) if dtype.is_floating_point else (values * 255).round().to(dtype)


tensors, pictures, classes = [], [], []
for shape in SHAPES:
    for dtype in (torch.uint8, torch.float32, torch.float64, torch.int16):
        for x in inputs(shape, dtype):
            for name, options in FUNCTIONS:
                if name in BYTES_ONLY and dtype != torch.uint8:
                    continue
                if name == "solarize" and not dtype.is_floating_point:
                    options = SOLARIZE_BYTES
                for args in options:
                    out = getattr(F, name)(x, *args).contiguous()
                    tensors.append({"name": name, "args": json.dumps(args), "x": x, "out": out})


def picture(mode, width, height, kind):
    bands = len(Image.new(mode, (1, 1)).getbands())
    if kind == "noise":
        values = random.integers(0, 256, (height, width, bands))
    elif kind == "narrow":
        values = random.integers(60, 140, (height, width, bands))
    elif kind == "coarse":
        values = random.integers(0, 4, (height, width, bands)) * 85
    else:
        values = np.full((height, width, bands), int(random.integers(0, 256)))
    values = values.astype(np.uint8)
    return Image.frombytes(mode, (width, height), values.tobytes())


def pixels(image):
    return F.pil_to_tensor(image).permute(1, 2, 0).contiguous()


WITH_ALPHA = ("adjust_brightness", "adjust_contrast", "adjust_saturation", "adjust_hue", "adjust_gamma", "adjust_sharpness")
for mode in ("L", "RGB", "RGBA", "LA"):
    for width, height in ((5, 7), (1, 1), (2, 9), (33, 17), (60, 40)):
        for kind in ("noise", "narrow", "coarse", "flat"):
            image = picture(mode, width, height, kind)
            for name, options in [*FUNCTIONS, ("to_grayscale", [[], [3]])]:
                if "A" in mode and name not in WITH_ALPHA:
                    continue
                for args in SOLARIZE_BYTES if name == "solarize" else options:
                    if name == "posterize" and args == [0]:
                        continue
                    out = getattr(F, name)(image, *args)
                    answer = {"name": name, "args": json.dumps(args), "mode": mode, "x": pixels(image)}
                    pictures.append({**answer, "out_mode": out.mode, "out": pixels(out)})

# Every hue there is, coarsely.
cube = np.stack(np.meshgrid(*[np.arange(0, 256, 5)] * 3), -1).reshape(52, -1, 3).astype(np.uint8)
for factor in (-0.37, 0.03, 0.25):
    out = F.adjust_hue(Image.fromarray(cube), factor)
    pictures.append({"name": "adjust_hue", "args": json.dumps([factor]), "mode": "RGB", "x": torch.from_numpy(cube), "out_mode": "RGB", "out": pixels(out)})

for name, keywords in CLASSES:
    transform = getattr(T, name)(**keywords)
    for shape in ((3, 9, 11), (1, 9, 11), (4, 3, 8, 8)):
        x = next(inputs(shape, torch.uint8))
        draw = int(random.integers(0, 2**31))
        torch.manual_seed(draw)
        out = torch.stack([transform(x) for _ in range(12)])
        case = {"name": name, "keywords": json.dumps(keywords), "text": repr(transform), "x": x, "seed": draw, "out": out}
        classes.append({**case, "mode": "", "after": torch.rand(3)})
    for mode in ("L", "RGB"):
        image = picture(mode, 12, 9, "noise")
        draw = int(random.integers(0, 2**31))
        torch.manual_seed(draw)
        out = torch.stack([pixels(transform(image)) for _ in range(12)])
        case = {"name": name, "keywords": json.dumps(keywords), "text": repr(transform), "x": pixels(image), "seed": draw, "out": out}
        classes.append({**case, "mode": mode, "after": torch.rand(3)})

torch.save({"tensors": tensors, "pictures": pictures, "classes": classes}, file)
