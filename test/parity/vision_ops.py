"""`vision_ops.py FILE SEED TORCHVISION`: cases of torchvision's compiled operators, with their results and gradients.

The published wheel is a CUDA build: with empty libraries in place of CUDA's, its CPU kernels run beside a CPU LibTorch.
"""

import ctypes
import os
import sys

import torch

file, seed, torchvision_folder = sys.argv[1:4]
torch.ops.load_library = lambda path: ctypes.CDLL(path, mode=os.RTLD_LAZY)
sys.path.insert(0, torchvision_folder)
import torchvision  # noqa: E402

tv = torch.ops.torchvision
torch.set_num_threads(1)
torch.manual_seed(int(seed))
cases = []


def regions(count, images, height, width, scale, dtype):
    image = torch.randint(0, images, (count, 1)).double()
    corners = torch.rand(count, 4).double() * torch.tensor([width, height, width, height]) / scale * 1.3 - 3
    low, high = torch.minimum(corners[:, :2], corners[:, 2:]), torch.maximum(corners[:, :2], corners[:, 2:])
    return torch.cat([image, low, high], 1).to(dtype)


def boxes(count, dtype):
    b = torch.rand(count, 4, dtype=dtype) * 20
    return torch.cat([b[:, :2], b[:, :2] + b[:, 2:]], 1)


def add(name, args, differentiable):
    args = [a.clone().requires_grad_() if i in differentiable else a for i, a in enumerate(args)]
    out = getattr(tv, name)(*args)
    outs = out if isinstance(out, tuple) else (out,)
    case = {
        "name": name,
        "args": [a.detach() if torch.is_tensor(a) else a for a in args],
        "differentiable": list(differentiable),
        "outs": [x.detach() for x in outs],
    }
    if differentiable:
        weight = torch.randn_like(outs[0])
        case["weight"] = weight
        case["grads"] = list(torch.autograd.grad(outs[0], [args[i] for i in differentiable], weight))
    cases.append(case)


for dtype in (torch.float32, torch.float64):
    for t in range(9):
        n, c, h, w = 2, 3, int(torch.randint(4, 20, ())), int(torch.randint(4, 20, ()))
        scale = [1.0, 0.5, 0.25][t % 3]
        x, rois = torch.randn(n, c, h, w, dtype=dtype), regions(6, n, h, w, scale, dtype)
        ph, pw = [(1, 1), (2, 3), (7, 7)][t % 3]
        for ratio in (-1, 0, 2, 3):
            for aligned in (False, True):
                add("roi_align", [x, rois, scale, ph, pw, ratio, aligned], [0])
        add("roi_pool", [x, rois, scale, ph, pw], [0])
        ph, pw = [(2, 2), (3, 3), (2, 3)][t % 3]
        x = torch.randn(n, 2 * ph * pw, h, w, dtype=dtype)
        for ratio in (-1, 2):
            add("ps_roi_align", [x, rois, scale, ph, pw, ratio], [0])
        add("ps_roi_pool", [x, rois, scale, ph, pw], [0])
        count = int(torch.randint(1, 60, ()))
        add("nms", [boxes(count, dtype), torch.rand(count, dtype=dtype), [0.3, 0.5, 0.7][t % 3]], [])
        rotated = [torch.rand(k, 5, dtype=dtype) * torch.tensor([9.0, 9, 9, 9, 720]) - torch.tensor([0.0, 0, 0, 0, 360]) for k in (7, 5)]
        add("box_iou_rotated", [r.to(dtype) for r in rotated], [])
        groups, offset_groups = [(1, 1), (2, 1), (2, 2)][t % 3]
        kh, kw = [(3, 3), (1, 2), (2, 3)][t % 3]
        sh, sw, pad_h, pad_w, dh, dw = [(1, 1, 1, 1, 1, 1), (2, 1, 0, 1, 1, 2), (1, 2, 2, 0, 2, 1)][t % 3]
        x = torch.randn(2, 4, 9, 10, dtype=dtype)
        oh = (9 + 2 * pad_h - (dh * (kh - 1) + 1)) // sh + 1
        ow = (10 + 2 * pad_w - (dw * (kw - 1) + 1)) // sw + 1
        weight = torch.randn(6, 4 // groups, kh, kw, dtype=dtype)
        offset = torch.randn(2, offset_groups * 2 * kh * kw, oh, ow, dtype=dtype) * 2
        mask = torch.rand(2, offset_groups * kh * kw, oh, ow, dtype=dtype)
        bias = torch.randn(6, dtype=dtype)
        numbers = [sh, sw, pad_h, pad_w, dh, dw, groups, offset_groups]
        add("deform_conv2d", [x, weight, offset, mask, bias, *numbers, True], [0, 1, 2, 3, 4])
        add("deform_conv2d", [x, weight, offset, torch.zeros(2, 0, dtype=dtype), bias, *numbers, False], [0, 1, 2, 4])

# What is at the edges: no regions, no boxes, regions outside the image, boxes of no size and of NaN.
x = torch.randn(1, 4, 5, 5)
add("roi_align", [x, torch.zeros(0, 5), 1.0, 2, 2, 2, True], [0])
add("roi_pool", [x, torch.zeros(0, 5), 1.0, 2, 2], [0])
outside = torch.tensor([[0.0, 100, 100, 120, 130], [0, -50, -50, -40, -30], [0, 2, 2, 2, 2]])
add("roi_align", [x, outside, 1.0, 2, 2, 2, False], [0])
add("roi_pool", [x, outside, 1.0, 2, 2], [0])
add("nms", [torch.zeros(0, 4), torch.zeros(0), 0.5], [])
add("nms", [torch.zeros(3, 4), torch.tensor([1.0, 2.0, 3.0]), 0.5], [])
add("nms", [torch.full((2, 4), float("nan")), torch.tensor([1.0, 2.0]), 0.5], [])
add("nms", [boxes(5, torch.float32), torch.ones(5), 0.0], [])

same = torch.tensor([[3.0, 3, 2, 2, 0], [3, 3, 2, 2, 90], [3, 3, 2, 2, 45], [3, 3, 0, 2, 0], [9, 9, 1, 1, 0], [4, 3, 2, 2, 0]])
add("box_iou_rotated", [same, same], [])
add("box_iou_rotated", [same, torch.zeros(0, 5)], [])

torch.save(cases, file)
