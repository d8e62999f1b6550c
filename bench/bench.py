"""The Python side of `npm run bench`: the cases of cases.ts, timed on demand.

Reads one JSON line for each request from stdin, answers with one line; see bench/side.ts for the protocol.
"""

import itertools
import json
import os
import sys
import time
import types

import torch
import torch.nn.functional as F
from torch import nn, optim


def step(model, optimizer, x, y):
    criterion = nn.CrossEntropyLoss()

    def work():
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()

    return work


def mlp_step(make_optimizer):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    x = torch.randn([32, 64])
    y = torch.randint(0, 10, [32])
    return step(model, make_optimizer(model.parameters()), x, y)


class MnistCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.pool = nn.MaxPool2d(2, 2)
        self.fc1 = nn.Linear(32 * 7 * 7, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = x.view([-1, 32 * 7 * 7])
        return self.fc2(F.relu(self.fc1(x)))


def small(work):
    def make():
        torch.manual_seed(0)
        a = torch.randn([2, 2])
        b = torch.randn([2, 2])
        return lambda: work(a, b)

    return make


def item():
    scalar = torch.ones([])
    return lambda: scalar.item()


def autograd():
    x = torch.ones([2, 2], requires_grad=True)

    def work():
        x.grad = None
        x.mul(2).add(1).sum().backward()

    return work


def mnist():
    torch.manual_seed(0)
    model = MnistCnn()
    x = torch.randn([256, 1, 28, 28])
    y = torch.randint(0, 10, [256])
    return step(model, optim.Adam(model.parameters(), lr=0.001), x, y)


CASES = {
    "add": small(lambda a, b: torch.add(a, b)),
    "mul": small(lambda a, b: torch.mul(a, b)),
    "relu": small(lambda a, b: torch.relu(a)),
    "view": small(lambda a, b: a.view([4])),
    "mm": small(lambda a, b: torch.mm(a, b)),
    "sum": small(lambda a, b: a.sum()),
    "item": item,
    "zeros": lambda: lambda: torch.zeros([2, 2]),
    "tensor from list": lambda: lambda: torch.tensor([[1.5, 2.5], [3.5, 4.5]]),
    "autograd, 3 operators": autograd,
    "MLP step, SGD": lambda: mlp_step(lambda p: optim.SGD(p, lr=0.01)),
    "MLP step, Adam": lambda: mlp_step(lambda p: optim.Adam(p, lr=0.001)),
    "MNIST CNN step, 256 images": mnist,
}

IMAGES = os.environ.get("TORCH_NODE_BENCH_IMAGES")


def make_images(folder):
    """64 JPEG files of 500x375 smooth random pixels."""
    import numpy as np
    from PIL import Image

    random = np.random.default_rng(0)
    for i in range(64):
        small = Image.fromarray(random.integers(0, 256, (24, 32, 3), dtype=np.uint8))
        small.resize((500, 375), Image.BICUBIC).save(os.path.join(folder, f"{i:02}.jpg"), quality=90)


def images(make_use):
    """One JPEG file after the other: opened, decoded and made a tensor."""

    def make():
        from PIL import Image

        paths = [os.path.join(IMAGES, name) for name in sorted(os.listdir(IMAGES))]
        use = make_use()
        turn = itertools.cycle(paths)
        return lambda: use(Image.open(next(turn)).convert("RGB"))

    return make


def train_transform():
    # torchvision's own operators are compiled for another LibTorch and are left out.
    sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")
    from torchvision import transforms

    torch.manual_seed(0)
    return transforms.Compose(
        [
            transforms.RandomResizedCrop(224),
            transforms.RandomHorizontalFlip(),
            transforms.ToTensor(),
            transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ]
    )


if IMAGES:
    CASES["image: decode"] = images(lambda: lambda image: image)
    CASES["image: pipeline"] = images(train_transform)

made = {}


def measure(name, seconds):
    """Nanoseconds for one iteration, over about so many seconds."""
    work = made.get(name)
    if work is None:
        work = made[name] = CASES[name]()
    clock = time.perf_counter_ns
    budget = seconds * 1e9
    count = 1
    while True:
        begin = clock()
        for _ in range(count):
            work()
        took = clock() - begin
        if took >= budget:
            return took / count
        count = max(count + 1, min(count * 10, int(count * budget / max(took, 1) * 1.05)))


def main():
    for line in sys.stdin:
        request = json.loads(line)
        if "threads" in request:
            torch.set_num_threads(request["threads"])
            answer = {"version": torch.__version__, "cases": list(CASES)}
        else:
            answer = {"ns": measure(request["case"], request["seconds"])}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
