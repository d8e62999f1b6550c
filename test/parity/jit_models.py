"""`jit_models.py FOLDER TORCHVISION`: scripts torchvision's models there, with inputs and what Python gets for them."""

import ctypes
import os
import sys

import torch

folder, torchvision_folder = sys.argv[1:3]
torch.ops.load_library = lambda path: ctypes.CDLL(path, mode=os.RTLD_LAZY)
sys.path.insert(0, torchvision_folder)
import torchvision  # noqa: E402
from torchvision.models import detection  # noqa: E402

torch.set_num_threads(1)


def with_moving_statistics(model):
    """Random statistics of batch norm, so that a mistake there would show."""
    for module in model.modules():
        if hasattr(module, "running_var"):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    return model


for name in ("resnet18", "mobilenet_v3_small"):
    torch.manual_seed(7)
    model = with_moving_statistics(getattr(torchvision.models, name)(weights=None)).eval()
    scripted = torch.jit.script(model)
    scripted.save(f"{folder}/{name}.pt")
    x = torch.randn(2, 3, 96, 96)
    with torch.no_grad():
        torch.save({"x": x, "y": torch.jit.load(f"{folder}/{name}.pt")(x)}, f"{folder}/{name}.data")

torch.manual_seed(11)
detector = detection.fasterrcnn_mobilenet_v3_large_320_fpn(
    weights=None, weights_backbone=None, num_classes=5, box_score_thresh=0.01, rpn_score_thresh=0.0, min_size=96, max_size=128
).eval()
torch.jit.script(detector).save(f"{folder}/detector.pt")
images = [torch.rand(3, 100, 120), torch.rand(3, 80, 64)]
loaded = torch.jit.load(f"{folder}/detector.pt")
with torch.no_grad():
    losses, found = loaded(images)
torch.save({"images": images, "losses": losses, "found": found}, f"{folder}/detector.data")
assert all(len(f["boxes"]) > 3 for f in found), [len(f["boxes"]) for f in found]
