"""A ResNet-18 in training, for checkpoint_resume.test.ts.

`alone OUT N`: N steps from the start, saved to OUT at step 2. `go IN OUT N`: N steps more. Both print the losses.
"""

import json
import sys

import torch
from torch import nn

torch.set_num_threads(1)


class BasicBlock(nn.Module):
    def __init__(self, cin, cout, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(cout)
        self.conv2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(cout)
        self.downsample = None
        if stride != 1 or cin != cout:
            self.downsample = nn.Sequential(nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout))

    def forward(self, x):
        out = torch.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return torch.relu(out + (x if self.downsample is None else self.downsample(x)))


class ResNet18(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        cin = 64
        for i, cout in enumerate((64, 128, 256, 512)):
            setattr(self, f"layer{i + 1}", nn.Sequential(BasicBlock(cin, cout, 1 if i == 0 else 2), BasicBlock(cout, cout, 1)))
            cin = cout
        self.fc = nn.Linear(512, 10)

    def forward(self, x):
        x = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(nn.functional.adaptive_avg_pool2d(x, 1).flatten(1))


class Training:
    """The trunk goes by SGD, the head by Adam; data and dropout come from the random generator."""

    def __init__(self):
        torch.manual_seed(0)
        self.model = ResNet18()
        head = list(self.model.fc.parameters())
        trunk = [p for n, p in self.model.named_parameters() if not n.startswith("fc.")]
        self.sgd = torch.optim.SGD(trunk, lr=0.01, momentum=0.9, weight_decay=1e-4)
        self.adam = torch.optim.Adam(head, lr=0.001)
        self.scheduler = torch.optim.lr_scheduler.StepLR(self.sgd, step_size=1, gamma=0.5)
        self.parts = {"model": self.model, "sgd": self.sgd, "adam": self.adam, "scheduler": self.scheduler}

    def step(self):
        x, y = torch.randn(4, 3, 64, 64), torch.randint(10, (4,))
        self.sgd.zero_grad()
        self.adam.zero_grad()
        loss = nn.functional.cross_entropy(nn.functional.dropout(self.model(x), 0.1), y)
        loss.backward()
        self.sgd.step()
        self.adam.step()
        self.scheduler.step()
        return loss.item()

    def save(self, path):
        torch.save({"rng": torch.get_rng_state(), **{k: v.state_dict() for k, v in self.parts.items()}}, path)

    def load(self, path):
        state = torch.load(path, weights_only=True)
        for name, part in self.parts.items():
            part.load_state_dict(state[name])
        torch.set_rng_state(state["rng"])


training = Training()
losses = []
if sys.argv[1] == "alone":
    for i in range(int(sys.argv[3])):
        losses.append(training.step())
        if i == 1:
            training.save(sys.argv[2])
else:
    training.load(sys.argv[2])
    losses = [training.step() for _ in range(int(sys.argv[4]))]
    training.save(sys.argv[3])
print(json.dumps(losses))
