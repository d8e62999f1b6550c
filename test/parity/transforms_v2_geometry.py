"""Calls of torchvision's geometric kernels of transforms v2, with what they give. It follows transforms_v2_inputs.py."""

cases = []


def call(name, *args):
    case = {"name": name, "args": plain(args)}
    try:
        case["outs"] = plain(getattr(F2, name)(*args))
    except Exception as error:
        case["error"] = f"{type(error).__name__}: {error}"
    cases.append(case)


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
