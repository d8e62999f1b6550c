"""The same training as examples/cifar10.ts: the first losses, one a line.

cifar10_twin.py SHEETS LIMIT BATCH_SIZE STEPS EPOCHS
"""

import json
import os
import sys

import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

Image.MAX_IMAGE_PIXELS = None


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class SmallResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 24, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(24)
        self.layer1 = Block(24, 48, 2)
        self.layer2 = Block(48, 96, 2)
        self.layer3 = Block(96, 192, 2)
        self.fc = nn.Linear(192, 10)

    def forward(self, x):
        x = F.relu(self.bn(self.conv(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


class Cifar10(Dataset):
    def __init__(self, sheets, limit, transform):
        self.transform = transform
        self.labels = json.load(open(os.path.join(sheets, "train_lables.json")))[:limit]
        self.pixels = b""
        for i in range(1, 6):
            path = os.path.join(sheets, f"data_batch_{i}.png")
            if len(self.pixels) < limit * 3072 and os.path.exists(path):
                self.pixels += Image.open(path).convert("RGB").tobytes()
        self.labels = self.labels[: len(self.pixels) // 3072]

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        data = self.pixels[index * 3072 : (index + 1) * 3072]
        return self.transform(Image.frombytes("RGB", (32, 32), data)), self.labels[index]


def main(sheets, limit, batch_size, steps, epochs):
    limit, batch_size, steps, epochs = int(limit), int(batch_size), int(steps), int(epochs)
    augmented = transforms.Compose(
        [
            transforms.RandomResizedCrop(32, scale=(0.7, 1)),
            transforms.RandomHorizontalFlip(),
            transforms.ToTensor(),
            transforms.Normalize([0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616]),
        ]
    )
    train = Cifar10(sheets, limit, augmented)
    torch.manual_seed(0)
    model = SmallResNet()
    loader = DataLoader(train, batch_size=batch_size, shuffle=True, drop_last=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4, nesterov=True)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, epochs=epochs, steps_per_epoch=len(loader))
    done = 0
    for _ in range(epochs):
        model.train()
        for images, labels in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(images), labels)
            loss.backward()
            optimizer.step()
            scheduler.step()
            print(repr(loss.item()))
            done += 1
            if done == steps:
                return


main(*sys.argv[1:])
