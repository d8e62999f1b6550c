"""`vision_ops_api.py FILE SEED TORCHVISION`: what torchvision.ops gives for fresh boxes."""

import ctypes
import os
import sys

import torch

file, seed, torchvision_folder = sys.argv[1:4]
torch.ops.load_library = lambda path: ctypes.CDLL(path, mode=os.RTLD_LAZY)
sys.path.insert(0, torchvision_folder)
from torchvision import ops  # noqa: E402

torch.set_num_threads(1)
torch.manual_seed(int(seed))


def boxes(count, size=20.0):
    b = torch.rand(count, 4) * size
    return torch.cat([b[:, :2], b[:, :2] + b[:, 2:] / 2], 1)


a, b, many = boxes(7), boxes(5), boxes(1200, 400.0)
scores, classes = torch.rand(7), torch.randint(0, 3, (7,))
many_scores, many_classes = torch.rand(1200), torch.randint(0, 4, (1200,))
x = torch.randn(2, 8, 12, 12)
lists = [boxes(3), boxes(2)]
masks = torch.rand(4, 9, 11) > 0.9
masks[2] = False
offset, mask = torch.randn(2, 18, 10, 10), torch.rand(2, 9, 10, 10)
inputs = dict(a=a, b=b, many=many, scores=scores, classes=classes, many_scores=many_scores, many_classes=many_classes, x=x,
              lists=lists, masks=masks, offset=offset, mask=mask)
out = {
    "nms": ops.nms(a, scores, 0.3),
    "batched_nms": ops.batched_nms(a, scores, classes, 0.3),
    "batched_nms many": ops.batched_nms(many, many_scores, many_classes, 0.3),
    "remove_small_boxes": ops.remove_small_boxes(a, 4.0),
    "clip_boxes_to_image": ops.clip_boxes_to_image(a, (9, 13)),
    "box_area": ops.box_area(a),
    "box_area half": ops.box_area(a.half()),
    "box_iou": ops.box_iou(a, b),
    "box_iou xywh": ops.box_iou(a, b, fmt="xywh"),
    "box_iou cxcywh": ops.box_iou(a, b, fmt="cxcywh"),
    "generalized_box_iou": ops.generalized_box_iou(a, b),
    "distance_box_iou": ops.distance_box_iou(a, b),
    "masks_to_boxes": ops.masks_to_boxes(masks),
    "roi_align": ops.roi_align(x, lists, (3, 2), 0.5, 2, True),
    "roi_pool": ops.roi_pool(x, lists, 2, 0.5),
    "ps_roi_align": ops.ps_roi_align(x, lists, 2, 0.5),
    "ps_roi_pool": ops.ps_roi_pool(x, lists, 2),
    "RoIAlign": ops.RoIAlign(3, 1.0, -1)(x, lists),
}
for fmt in ("xyxy", "xywh", "cxcywh"):
    for to in ("xyxy", "xywh", "cxcywh"):
        out[f"box_convert {fmt} {to}"] = ops.box_convert(a, fmt, to)
torch.manual_seed(5)
layer = ops.DeformConv2d(8, 4, 3)
out["DeformConv2d"] = layer(x, offset, mask).detach()
out["DeformConv2d without mask"] = layer(x, offset).detach()
texts = [str(m) for m in (ops.RoIAlign(3, 1.0, -1), ops.RoIPool((2, 3), 0.5), ops.PSRoIAlign(2, 0.25, 2), ops.PSRoIPool(2, 1.0), layer)]
torch.save({"inputs": inputs, "out": out, "texts": texts}, file)
