"""`jit.py FOLDER`: writes TorchScript files there, and `answers.json` with what Python gets from them."""

import enum
import json
import sys
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

import torch
from torch import Tensor, nn

folder = sys.argv[1]
torch.set_num_threads(1)


class Out(NamedTuple):
    a: Tensor
    n: int


class Color(enum.Enum):
    RED = 1
    BLUE = 2


class Mood(enum.Enum):
    GOOD = "g"
    BAD = "b"


@torch.jit.script
class Counter:
    def __init__(self, start: int):
        self.count = start
        self.history: List[int] = []

    def add(self, n: int) -> int:
        self.count += n
        self.history.append(n)
        return self.count


@torch.jit.interface
class Layer(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        pass


class Twice(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * 2


class Uses(nn.Module):
    layer: Layer

    def __init__(self):
        super().__init__()
        self.layer = Twice()

    def forward(self, x: Tensor) -> Tensor:
        return self.layer.forward(x) + 1


class Kinds(nn.Module):
    """A method for each kind of argument."""

    def forward(self, x):
        return x + 1

    @torch.jit.export
    def numbers(self, i: int, f: float, b: bool, c: complex) -> Tuple[int, float, bool, complex]:
        return i + 1, f * 2, not b, c * 2

    @torch.jit.export
    def scalar(self, x: Tensor, s: Union[int, float]) -> str:
        if isinstance(s, int):
            return "int"
        return "float"

    @torch.jit.export
    def texts(self, s: str, many: List[str]) -> List[str]:
        return [s + "!"] + many

    @torch.jit.export
    def nested(self, n: List[List[int]], t: List[List[Tensor]]) -> Tuple[List[List[int]], List[List[Tensor]]]:
        return [x + [len(x)] for x in n], [[y + 1 for y in x] for x in t]

    @torch.jit.export
    def by_name(self, d: Dict[str, Tensor]) -> Dict[str, Tensor]:
        return {k + "2": v * 2 for k, v in d.items()}

    @torch.jit.export
    def by_int(self, d: Dict[int, float]) -> Dict[int, float]:
        return {k + 1: v * 2 for k, v in d.items()}

    @torch.jit.export
    def by_float(self, d: Dict[float, str]) -> Dict[float, str]:
        return {k * 2: v + "!" for k, v in d.items()}

    @torch.jit.export
    def by_bool(self, d: Dict[bool, int]) -> Dict[bool, int]:
        return {not k: v for k, v in d.items()}

    @torch.jit.export
    def deep(self, d: Dict[str, Dict[str, List[int]]]) -> Dict[str, Dict[str, List[int]]]:
        for k in d:
            d[k]["sum"] = [sum(d[k]["list"])]
        return d

    @torch.jit.export
    def pair(self, t: Tuple[int, str], u: Tuple[Tensor, Tuple[float, bool]]) -> Tuple[str, int, Tensor, float]:
        return t[1], t[0], u[0], u[1][0]

    @torch.jit.export
    def named(self, x: Tensor) -> Out:
        return Out(x * 3, 7)

    @torch.jit.export
    def takes_named(self, o: Out) -> Out:
        return Out(o.a + o.n, o.n + 1)

    @torch.jit.export
    def maybe(self, x: Optional[Tensor] = None, n: Optional[int] = None) -> Tuple[bool, Optional[int]]:
        return x is None, n

    @torch.jit.export
    def union(self, u: Union[int, str, List[int]]) -> Tuple[bool, bool, Union[int, str, List[int]]]:
        a = isinstance(u, int)
        b = isinstance(u, str)
        return a, b, u

    @torch.jit.export
    def color(self, c: Color) -> Color:
        if c == Color.RED:
            return Color.BLUE
        return Color.RED

    @torch.jit.export
    def mood(self, m: Mood) -> str:
        return m.value + m.name

    @torch.jit.export
    def place(self, d: torch.device) -> torch.device:
        return d

    @torch.jit.export
    def kind(self, x: Tensor, d: torch.dtype) -> Tensor:
        return x.to(d)

    @torch.jit.export
    def anything(self, a: Any) -> str:
        if isinstance(a, Tensor):
            return "Tensor"
        if isinstance(a, int):
            return "int"
        if isinstance(a, float):
            return "float"
        if isinstance(a, str):
            return "str"
        if isinstance(a, bool):
            return "bool"
        if torch.jit.isinstance(a, List[int]):
            return "List[int]"
        if torch.jit.isinstance(a, List[float]):
            return "List[float]"
        if torch.jit.isinstance(a, List[Tensor]):
            return "List[Tensor]"
        if torch.jit.isinstance(a, Dict[str, int]):
            return "Dict[str, int]"
        if torch.jit.isinstance(a, Dict[int, int]):
            return "Dict[int, int]"
        if torch.jit.isinstance(a, Tuple[int, str]):
            return "Tuple[int, str]"
        if a is None:
            return "None"
        return "other"

    @torch.jit.export
    def back(self, a: Any) -> Any:
        return a

    @torch.jit.export
    def through(self, layer: Layer, x: Tensor) -> Tensor:
        return layer.forward(x) + 1

    @torch.jit.export
    def counter(self, n: int) -> Counter:
        return Counter(n)

    @torch.jit.export
    def bump(self, c: Counter, by: int) -> Counter:
        c.add(by)
        return c

    @torch.jit.export
    def defaults(self, x: Tensor, scale: float = 2.5, shift: int = 1) -> Tensor:
        return x * scale + shift

    @torch.jit.export
    def nothing(self) -> None:
        pass

    @torch.jit.export
    def raises(self, n: int) -> int:
        if n > 3:
            raise ValueError("n is too large")
        return n

    @torch.jit.export
    def fails(self, x: Tensor) -> Tensor:
        return self.inner(x)

    def inner(self, x: Tensor) -> Tensor:
        return x @ torch.ones(7, 7)

    @torch.jit.export
    def forks(self, x: Tensor) -> Tensor:
        a = torch.jit.fork(self.inner2, x)
        b = torch.jit.fork(self.inner2, x + 1)
        return torch.jit.wait(a) + torch.jit.wait(b)

    def inner2(self, x: Tensor) -> Tensor:
        return x.sin().exp()


class Net(nn.Module):
    scale: float
    names: List[str]
    table: Dict[str, int]
    half: Optional[int]

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.bn = nn.BatchNorm2d(4)
        self.blocks = nn.ModuleList([nn.Linear(4, 4), nn.Linear(4, 4)])
        self.heads = nn.ModuleDict({"a": nn.Linear(4, 2), "b": nn.Linear(4, 3)})
        self.last = nn.Sequential(nn.ReLU(), nn.Dropout(0.5))
        self.scale, self.names, self.table, self.half = 2.5, ["a", "b"], {"one": 1}, None
        self.register_buffer("shift", torch.ones(2))
        self.register_buffer("hidden", torch.full((2,), 3.0), persistent=False)
        self.register_parameter("none", None)

    def forward(self, x):
        x = self.bn(self.conv(x)).relu().mean([2, 3])
        for block in self.blocks:
            x = self.last(block(x))
        return self.heads["a"](x) * self.scale + self.shift, self.heads["b"](x)


class State(nn.Module):
    """An LSTM whose state goes in and out."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 5, 2, batch_first=True)
        self.fc = nn.Linear(5, 1)

    def forward(self, x: Tensor, state: Optional[Tuple[Tensor, Tensor]] = None) -> Tuple[Tensor, Tuple[Tensor, Tensor]]:
        out, state = self.lstm(x, state)
        return self.fc(out[:, -1]), state


def plain(v):
    if isinstance(v, Tensor):
        return {"dtype": str(v.dtype), "value": v.tolist()}
    if isinstance(v, complex):
        return {"re": v.real, "im": v.imag}
    if isinstance(v, dict):
        return [[plain(k), plain(x)] for k, x in v.items()]
    if isinstance(v, (list, tuple)):
        fields = getattr(v, "_fields", None)
        return {f: plain(getattr(v, f)) for f in fields} if fields else [plain(x) for x in v]
    if isinstance(v, enum.Enum):
        return str(v)
    if isinstance(v, (torch.device, torch.dtype)):
        return str(v)
    return v


answers = {}
kinds = torch.jit.script(Kinds())
torch.jit.save(kinds, f"{folder}/kinds.pt")
kinds = torch.jit.load(f"{folder}/kinds.pt")
t = torch.arange(4.0)
calls = {
    "forward": (t,),
    "numbers": (3, 1.5, True, 1 + 2j),
    "scalar int": (t, 3),
    "scalar float": (t, 3.5),
    "texts": ("ä", ["x", "🙂"]),
    "nested": ([[1, 2], []], [[t], [t, t]]),
    "by_name": ({"a": t, "__proto__": t},),
    "by_int": ({1: 2.0, 3: 4.5},),
    "by_float": ({0.5: "a", 2.0: "b"},),
    "by_bool": ({True: 1},),
    "deep": ({"x": {"list": [1, 2]}},),
    "pair": ((4, "q"), (t, (1.5, True))),
    "named": (t,),
    "takes_named": (Out(t, 2),),
    "maybe none": (),
    "maybe both": (t, 4),
    "union int": (4,),
    "union str": ("4",),
    "union list": ([4, 5],),
    "color": (Color.RED,),
    "mood": (Mood.BAD,),
    "place": (torch.device("cuda", 1),),
    "kind": (t, torch.int16),
    "anything tensor": (t,),
    "anything int": (4,),
    "anything float": (4.5,),
    "anything str": ("x",),
    "anything bool": (True,),
    "anything ints": ([1, 2],),
    "anything floats": ([1.5, 2],),
    "anything tensors": ([t, t],),
    "anything names": ({"a": 1},),
    "anything map": ({1: 1},),
    "anything tuple": ((1, "x"),),
    "anything none": (None,),
    "back": ({"a": [1, 2]},),
    "defaults": (t,),
    "nothing": (),
    "forks": (t,),
}
answers["calls"] = {
    name: plain(getattr(kinds, name.split()[0])(*args)) for name, args in calls.items() if name != "anything floats"
}
answers["calls"]["anything floats"] = kinds.anything([1.5, 2.0])
answers["defaults by keyword"] = plain(kinds.defaults(t, shift=3, scale=0.5))
answers["schemas"] = {m: str(getattr(kinds, m).schema) for m in ("forward", "numbers", "union", "defaults", "takes_named")}
counter = kinds.bump(kinds.counter(5), 3)
answers["counter"] = [counter.count, list(counter.history)]
errors = {}
for name, call in {
    "raises": lambda: kinds.raises(5),
    "fails": lambda: kinds.fails(t),
}.items():
    try:
        call()
    except Exception as e:
        errors[name] = [type(e).__name__, str(e)]
answers["errors"] = errors

torch.manual_seed(3)
uses = torch.jit.script(Uses())
uses.save(f"{folder}/uses.pt")
torch.jit.script(Twice()).save(f"{folder}/twice.pt")

net = torch.jit.script(Net())
x = torch.randn(2, 3, 8, 8)
net.eval()
net.save(f"{folder}/net.pt", _extra_files={"meta.txt": "hallo ä", "raw": b"\x00\xff\x80"})
torch.save({"x": x, "y": net(x), "state": dict(net.state_dict())}, f"{folder}/net_data.pt")
answers["net"] = {
    "str": str(net),
    "code": net.code,
    "graph": str(net.graph),
    "inlined": str(net.inlined_graph),
    "parameters": [n for n, _ in net.named_parameters()],
    "buffers": [n for n, _ in net.named_buffers()],
    "modules": [n for n, _ in net.named_modules()],
    "state": list(net.state_dict()),
    "original_name": net.original_name,
}
reloaded = torch.jit.load(f"{folder}/net.pt")
answers["loaded"] = {"str": str(reloaded), "code": reloaded.code, "graph": str(reloaded.graph)}
frozen = torch.jit.freeze(reloaded)
answers["frozen"] = {"code": frozen.code, "attributes": sorted(n for n, _ in frozen.named_parameters())}

state = torch.jit.script(State()).eval()
state.save(f"{folder}/state.pt")
chunks = torch.randn(4, 2, 6, 3)
carried, outs = None, []
with torch.no_grad():
    for chunk in chunks:
        y, carried = state(chunk, carried)
        outs.append(y)
torch.save({"chunks": chunks, "outs": outs, "carried": carried}, f"{folder}/state_data.pt")

with open(f"{folder}/answers.json", "w") as f:
    json.dump(answers, f)
