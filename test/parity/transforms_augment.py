"""torchvision's automatic augmentation of random tensors and pictures: `FILE SEED`, after the preamble of torchvision.ts."""

file, seed = sys.argv[1], int(sys.argv[2])
random = np.random.default_rng(seed)
bilinear = T.InterpolationMode.BILINEAR

CLASSES = [
    ("AutoAugment", {}),
    ("AutoAugment", {"policy": T.AutoAugmentPolicy.CIFAR10, "fill": 77}),
    ("AutoAugment", {"policy": T.AutoAugmentPolicy.SVHN, "interpolation": bilinear}),
    ("RandAugment", {}),
    ("RandAugment", {"num_ops": 3, "magnitude": 4, "num_magnitude_bins": 11, "interpolation": bilinear, "fill": 9}),
    ("TrivialAugmentWide", {}),
    ("TrivialAugmentWide", {"num_magnitude_bins": 15, "interpolation": bilinear, "fill": 200}),
    ("AugMix", {}),
    ("AugMix", {"severity": 7, "mixture_width": 2, "chain_depth": 2, "alpha": 0.5, "interpolation": T.InterpolationMode.NEAREST, "fill": 33}),
    ("AugMix", {"all_ops": False}),
]
TIMES = 40
cases = []


def pixels(image):
    return F.pil_to_tensor(image).permute(1, 2, 0).contiguous()


def as_json(keywords):
    return json.dumps({name: getattr(value, "value", value) for name, value in keywords.items()})


for name, keywords in CLASSES:
    transform = getattr(T, name)(**keywords)
    for mode, shape in (("", (3, 24, 31)), ("", (1, 16, 9)), ("", (2, 3, 12, 12)), ("RGB", (20, 27, 3)), ("L", (21, 16, 1))):
        x = torch.from_numpy(random.integers(0, 256, shape).astype(np.uint8))
        img = Image.fromarray(x.squeeze(-1).numpy()) if mode else x
        draws = int(random.integers(0, 2**31))
        torch.manual_seed(draws)
        outs = [transform(img) for _ in range(TIMES)]
        after = torch.rand(3)
        out = torch.stack([pixels(o) if mode else o for o in outs])
        case = {"name": name, "keywords": as_json(keywords), "text": repr(transform), "x": x, "mode": mode}
        cases.append({**case, "seed": draws, "out": out, "after": after})

torch.save(cases, file)
