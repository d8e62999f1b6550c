"""Files that only Python writes: `corpus.py FOLDER`."""
import enum
import sys
import typing

import torch

folder = sys.argv[1]
torch.manual_seed(0)
state = {'m': torch.nn.Linear(3, 2).state_dict(), 'x': [torch.arange(6).view(2, 3).t(), torch.ones(2).bfloat16()], 'n': (1, 'a', None, 2.5)}
torch.save(state, folder + '/legacy.pt', _use_new_zipfile_serialization=False)
torch.save(state, folder + '/python.pt')
class Color(enum.Enum):
    RED = 1
    BLUE = 2
Pair = typing.NamedTuple('Pair', [('a', torch.Tensor), ('b', int)])
class Inner(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(2, 3)
        self.register_buffer('count', torch.zeros(1, dtype=torch.int64))
    def forward(self, x, state: typing.Optional[typing.Tuple[torch.Tensor, torch.Tensor]] = None):
        return self.lstm(x, state)
class Net(torch.nn.Module):
    words: typing.Dict[str, typing.List[int]]
    def __init__(self):
        super().__init__()
        self.inner = Inner()
        self.layers = torch.nn.ModuleList([torch.nn.Linear(3, 3), torch.nn.Linear(3, 3)])
        self.words = {'a': [1, 2], 'b': []}
        self.color = Color.RED
        self.register_buffer('coo', torch.eye(3).to_sparse())
        self.csr = torch.eye(2).to_sparse_csr()
    def forward(self, x):
        y, state = self.inner(x)
        for layer in self.layers:
            y = torch.relu(layer(y))
        out: typing.Dict[str, torch.Tensor] = {'y': y, 'h': state[0]}
        return Pair(y, len(self.words)), out
torch.jit.script(Net()).save(folder + '/net.torchscript')
q = torch.ao.quantization.quantize_dynamic(torch.nn.Sequential(torch.nn.Linear(4, 4)), {torch.nn.Linear}, dtype=torch.qint8)
torch.jit.trace(q, torch.ones(1, 4)).save(folder + '/quantized.torchscript')
