"""The same training as examples/mnist.ts: the first losses, one a line, in the shortest digits that read back as the same number.

mnist_twin.py IMAGES LABELS LIMIT BATCH_SIZE STEPS
"""

import sys

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class SimpleCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, kernel_size=3, stride=1, padding=1)
        self.conv2 = nn.Conv2d(16, 32, kernel_size=3, stride=1, padding=1)
        self.pool = nn.MaxPool2d(2, 2)
        self.fc1 = nn.Linear(32 * 7 * 7, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = x.view(-1, 32 * 7 * 7)
        x = F.relu(self.fc1(x))
        return self.fc2(x)


def idx(path):
    with open(path, "rb") as file:
        data = bytearray(file.read())
    dims = data[3]
    shape = [int.from_bytes(data[4 * i : 4 * i + 4], "big") for i in range(1, dims + 1)]
    return torch.frombuffer(data, dtype=torch.uint8, offset=4 * (dims + 1)).view(shape)


def normalized(images):
    return images.unsqueeze(1).to(torch.float32).div_(255).sub_(0.1307).div_(0.3081)


def main(images, labels, limit, batch_size, steps):
    limit, batch_size, steps = int(limit), int(batch_size), int(steps)
    train = TensorDataset(idx(images)[:limit], idx(labels)[:limit].long())
    torch.manual_seed(0)
    model = SimpleCNN()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    loader = DataLoader(train, batch_size=batch_size, shuffle=True)
    done = 0
    while True:
        for batch, targets in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(normalized(batch)), targets)
            loss.backward()
            optimizer.step()
            print(repr(loss.item()))
            done += 1
            if done == steps:
                return


main(*sys.argv[1:])
