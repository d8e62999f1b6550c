"""loader_child.py FOLDER TIMES WORKERS: epochs over a folder of pictures; prints the images/s of the last and the memory."""

import json
import os
import re
import sys
import time
import types

import torch

# torchvision's own operators are compiled for another LibTorch and are left out.
sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms


class Pictures(Dataset):
    def __init__(self, folder, times):
        files = sorted(os.listdir(folder))
        self.paths = [os.path.join(folder, file) for file in files] * times
        self.transform = transforms.Compose(
            [
                transforms.RandomResizedCrop(224),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
            ]
        )

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        return self.transform(Image.open(self.paths[index]).convert("RGB")), index % 10


def pss(pid):
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return int(re.search(r"^Pss:\s+(\d+)", file.read(), re.M)[1]) / 1024


def main(folder, times, workers):
    torch.manual_seed(0)
    torch.set_num_threads(1)
    workers = int(workers)
    loader = DataLoader(
        Pictures(folder, int(times)), batch_size=32, shuffle=True, num_workers=workers, persistent_workers=workers > 0
    )
    for _ in range(2):
        begin = time.perf_counter()
        count = 0
        for images, _labels in loader:
            count += images.size(0)
            del images
        rate = count / (time.perf_counter() - begin)
    processes = [os.getpid()] + ([worker.pid for worker in loader._iterator._workers] if workers else [])
    print(json.dumps({"rate": rate, "mb": sum(map(pss, processes))}))


main(*sys.argv[1:])
