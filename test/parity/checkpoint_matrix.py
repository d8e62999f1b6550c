"""Checkpoints of every kind, for checkpoint_matrix.test.ts.

`write FOLDER` makes one file a case, and prints what is in each, as JSON. `check FOLDER SUFFIX…` reads what Node made of them
and compares it with the originals.
"""

import collections
import itertools
import json
import os
import random
import struct
import sys
import warnings
import zipfile

import numpy
import torch

warnings.filterwarnings("ignore")

cases = {}
# What `weights_only=True` takes only when it is told to.
needs = {}


def case(make=None, *, name=None, allow=(), **save):
    """A case by the name of its function; `save` are keywords of torch.save."""

    def add(make):
        key = name or make.__name__
        assert key not in cases, key
        cases[key] = (make, save)
        needs[key] = list(allow)
        return make

    return add(make) if make else add


def raw(dtype, shape=(2, 3)):
    """Elements of any dtype, from bytes that are valid numbers."""
    count = torch.empty(0, dtype=dtype).element_size() * torch.Size(shape).numel()
    data = (torch.arange(count, dtype=torch.uint8) * 7) % 60
    if dtype is torch.bool:
        data = data % 2
    return data.view(dtype).view(shape)


DTYPES = """uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex32 complex64 complex128 bool uint16 uint32
uint64 float8_e5m2 float8_e4m3fn float8_e5m2fnuz float8_e4m3fnuz float8_e8m0fnu float4_e2m1fn_x2 bits8 bits16 bits1x8
bits2x4 bits4x2""".split()
for _name in DTYPES:
    case(lambda d=getattr(torch, _name): raw(d), name=f"dtype_{_name}")


def grid(dtype=torch.float32):
    return torch.arange(24.0).view(4, 6).to(dtype)


# --- quantized ---------------------------------------------------------------------------------------------------------
for _name in ("quint8", "qint8", "qint32"):
    case(
        lambda d=getattr(torch, _name): torch.quantize_per_tensor(grid(), 0.5, 3, d),
        name=f"quantized_{_name}",
    )
for _axis in (0, 1):
    case(
        lambda a=_axis: torch.quantize_per_channel(
            grid(), torch.arange(1, (4, 6)[a] + 1) * 0.25, torch.arange((4, 6)[a]), a, torch.qint8
        ),
        name=f"quantized_per_channel_{_axis}",
    )


@case
def quantized_views():
    x = torch.quantize_per_tensor(grid(), 0.5, 3, torch.quint8)
    return [x, x.t(), x[1:, ::2]]


# --- sparse, meta, nested ----------------------------------------------------------------------------------------------
@case
def sparse_coo():
    return (grid() % 5).to_sparse()


@case
def sparse_coo_uncoalesced():
    return torch.sparse_coo_tensor([[0, 0, 1], [2, 2, 0]], [1.0, 2.0, 3.0], (2, 3))


@case
def sparse_coo_hybrid():
    return torch.sparse_coo_tensor([[0, 2]], [[1.0, 2.0], [3.0, 4.0]], (3, 2))


@case
def sparse_coo_parameter():
    return torch.nn.Parameter(torch.eye(3).to_sparse())


for _name, _make in {
    "csr": lambda: (grid() % 5).to_sparse_csr(),
    "csc": lambda: (grid() % 5).to_sparse_csc(),
    "bsr": lambda: grid().to_sparse_bsr((2, 3)),
    "bsc": lambda: grid().to_sparse_bsc((2, 3)),
    "csr_int32": lambda: torch.sparse_csr_tensor(
        torch.tensor([0, 1, 2], dtype=torch.int32), torch.tensor([1, 0], dtype=torch.int32), torch.ones(2), (2, 2)
    ),
}.items():
    case(_make, name=f"sparse_{_name}")


@case
def meta():
    return torch.empty(2, 3, device="meta", dtype=torch.float64).t()


@case
def nested():
    return torch.nested.nested_tensor([torch.ones(2, 3), torch.arange(4.0).view(1, 4)])


# --- views, sharing, flags ---------------------------------------------------------------------------------------------
@case
def views():
    base = grid()
    return [base, base.t(), base[1:, ::2], base[2:], base.diagonal(), base.unfold(1, 2, 1)]


@case
def view_alone():
    return grid()[1:3, 2:4]


@case
def expanded():
    return torch.arange(3.0).view(3, 1).expand(3, 4)


@case
def channels_last():
    return torch.arange(24.0).view(1, 2, 3, 4).contiguous(memory_format=torch.channels_last)


@case
def tied():
    weight = torch.nn.Parameter(torch.ones(2, 3))
    return {"encoder": weight, "decoder": weight, "data": weight.data}


@case
def shared_bytes():
    x = torch.arange(8).to(torch.uint16)
    return [x, x[4:], x.view(torch.float8_e5m2)]


@case
def conj():
    return torch.complex(torch.ones(2), torch.ones(2)).conj()


@case
def neg():
    return torch.complex(torch.ones(2), torch.ones(2)).conj().imag


@case
def scalars_and_empty():
    return [torch.tensor(3), torch.tensor(2.5), torch.empty(0), torch.empty(0, 3), torch.empty(2, 0, 4)]


@case
def requires_grad():
    leaf = torch.ones(2, requires_grad=True)
    return [leaf, torch.ones(2), (leaf * 2)]


# --- parameters, attributes --------------------------------------------------------------------------------------------
@case
def parameters():
    return [torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.arange(2), requires_grad=False)]


@case
def parameter_with_state():
    p = torch.nn.Parameter(torch.ones(2))
    p.tensor_model_parallel, p.partition_dim, p.note = True, 0, {"a": [1, 2]}
    return p


@case
def buffer():
    return torch.nn.Buffer(torch.ones(2))


@case
def attributes():
    x = grid()
    x.label, x.parts = "weights", (torch.zeros(1), "y")
    return [x, x]


@case(allow=[torch.nn.parameter.UninitializedParameter, torch.nn.parameter.UninitializedBuffer])
def uninitialized():
    return torch.nn.LazyLinear(3).state_dict()


# --- storages ----------------------------------------------------------------------------------------------------------
@case
def storages():
    x = torch.arange(4.0)
    return [x.storage(), x]


# --- plain data --------------------------------------------------------------------------------------------------------
@case
def integers():
    return [0, 1, -1, 255, 256, 65535, 65536, -(2**31), 2**31, 2**53 - 1, -(2**53), 2**63, -(2**63), 2**64, -(2**70), 3**400]


@case
def floats():
    return [0.5, -0.0, 1e300, 5e-324, float("inf"), float("-inf"), float("nan"), 0.1]


@case
def texts():
    return ["", "plain", "äöü ß 🙂", "x" * 300, "y" * 70000, "line\nline\\u0041", "\x00"]


@case
def truths():
    return [None, True, False]


@case(allow=[bytes])
def byte_strings():
    return [b"", b"\x00\x80\xff", b"z" * 300, bytes(range(256))]


@case
def complexes():
    return [1 - 2j, 0j, complex(0.5, float("inf"))]


@case
def containers():
    return {"list": [1, [2, [3]]], "tuple": (1, (2,), ()), "four": (1, 2, 3, 4), "empty": [[], {}, ()], "set": {1, "a"}}


@case
def long_containers():
    return [list(range(2500)), {f"key {i}": i for i in range(2500)}, tuple(range(1000)), set(range(1500))]


@case
def deep():
    value = []
    for _ in range(300):
        value = [value]
    return value


@case
def dict_keys():
    return [{0: "a", 1: "b"}, {"a": 1, 2: 3}, {(1, 2): "x"}, {None: 1, 1.5: 2, True: 3}, {-1: "minus", "": "empty"}]


@case
def ordered():
    return [collections.OrderedDict(b=1, a=2), collections.OrderedDict([("10", "x"), ("9", "y")])]


@case
def counter():
    return collections.Counter("abca")


@case
def default_dict():
    d = collections.defaultdict(list)
    d["a"].append(1)
    return [d, collections.defaultdict(int, {3: 4})]


@case(allow=[frozenset])
def frozen_sets():
    return [frozenset([1, "a"]), frozenset()]


@case
def same_objects():
    shared = {"a": [1]}
    return [shared, shared, [shared["a"]], ("t", shared)]


@case
def sizes_devices_dtypes():
    return {
        "size": torch.Size([2, 3]),
        "devices": [torch.device("cpu"), torch.device("cuda", 1), torch.device("meta")],
        "dtypes": [torch.float32, torch.bfloat16, torch.quint8, torch.uint16],
        "layouts": [torch.strided, torch.sparse_coo, torch.sparse_bsc],
        "schemes": [torch.per_tensor_affine, torch.per_channel_affine],
    }


@case(allow=[slice])
def slices():
    return [slice(1, 2), slice(None, None, 2)]


# --- NumPy -------------------------------------------------------------------------------------------------------------
NUMPY = [
    numpy.core.multiarray._reconstruct,
    numpy.core.multiarray.scalar,
    numpy.ndarray,
    numpy.dtype,
    *{type(numpy.dtype(t)) for t in "bool u1 u2 u4 u8 i1 i2 i4 i8 f2 f4 f8 c8 c16".split()},
]


@case(allow=NUMPY)
def numpy_arrays():
    return {
        t: numpy.arange(6).reshape(2, 3).astype(t)
        for t in "bool u1 u2 u4 u8 i1 i2 i4 i8 f2 f4 f8 c8 c16".split()
    }


@case(allow=NUMPY)
def numpy_layouts():
    a = numpy.arange(6.0).reshape(2, 3)
    return [a.T, numpy.asfortranarray(a), a.astype(">f4"), a.astype(">c8"), numpy.array(5)]


@case(allow=NUMPY)
def numpy_scalars():
    return [numpy.float64(0.5), numpy.float32(0.25), numpy.int64(2**60), numpy.int32(-5), numpy.uint8(200), numpy.bool_(True), numpy.complex64(1 - 2j)]


@case(allow=NUMPY)
def numpy_random_state():
    return numpy.random.RandomState(0).get_state()


@case(allow=NUMPY, pickle_protocol=5)
def numpy_protocol_5():
    return numpy.arange(6.0).reshape(2, 3)


@case
def python_random_state():
    return random.Random(0).getstate()


# --- states ------------------------------------------------------------------------------------------------------------
def trained(make):
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2))
    optimizer = make(model.parameters())
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=10)
    for _ in range(2):
        optimizer.zero_grad()
        model(torch.arange(15.0).view(5, 3)).pow(2).sum().backward()
        optimizer.step()
        scheduler.step()
    return {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict(), "epoch": 3}


for _name, _make in {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01, amsgrad=True),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.01),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.01, momentum=0.5),
}.items():
    case(lambda m=_make: trained(m), name=f"training_{_name}")


@case
def rng_state():
    torch.manual_seed(7)
    return {"torch": torch.get_rng_state(), "scaler": {"scale": 65536.0, "growth_factor": 2.0, "_growth_tracker": 0}}


# --- formats -----------------------------------------------------------------------------------------------------------
def mixed():
    base = grid()
    return {"views": [base, base.t(), base[1:, ::2]], "p": torch.nn.Parameter(torch.ones(2)), "t": (1, 2.5, "x", None, True),
            "big": 2**70, "o": collections.OrderedDict(a=torch.arange(3)), "h": torch.ones(3, dtype=torch.bfloat16),
            "long": "x" * 300, "set": {7}}  # fmt: skip


for _protocol in (3, 4, 5):
    case(mixed, name=f"protocol_{_protocol}", pickle_protocol=_protocol)
case(mixed, name="legacy_mixed", _use_new_zipfile_serialization=False)
case(mixed, name="legacy_protocol_4", _use_new_zipfile_serialization=False, pickle_protocol=4)
for _name in ("dtype_float64", "dtype_bool", "dtype_complex64", "quantized_qint8", "quantized_per_channel_0", "sparse_coo",
              "sparse_csr", "tied", "storages", "training_adam", "attributes", "conj", "meta"):  # fmt: skip
    case(cases[_name][0], name=f"legacy_{_name}", _use_new_zipfile_serialization=False)
case(mixed, name="compressed")
case(mixed, name="big_endian")


def rezip(path, compression, big):
    """The same zip file packed again: compressed, or as a machine of the other byte order writes it."""
    with zipfile.ZipFile(path) as z:
        entries = [(info.filename, z.read(info)) for info in z.infolist()]
    widths = {4: 4, 8: 8}
    with zipfile.ZipFile(path, "w", compression) as z:
        for name, data in entries:
            if big and name.endswith("/byteorder"):
                data = b"big"
            if big and "/data/" in name:
                # In this case's file: float32 96 and 8 bytes, int64 24 bytes, bfloat16 6 bytes.
                width = {96: 4, 8: 4, 24: 8, 6: 2}[len(data)]
                data = b"".join(data[i : i + width][::-1] for i in range(0, len(data), width))
            z.writestr(name, data)


# --- what is in a case -------------------------------------------------------------------------------------------------
def number(x):
    if isinstance(x, int) and abs(x) > 2**53 - 1:
        return ["int", str(x)]
    return ["number", struct.pack(">d", float(x)).hex()]


class Describer:
    def __init__(self):
        self.storages = {}
        # What is gone gives its address to another.
        self.kept = []

    def tensor(self, x):
        own = {k: self.value(v) for k, v in sorted(x.__dict__.items())}
        if isinstance(x, (torch.nn.parameter.UninitializedParameter, torch.nn.parameter.UninitializedBuffer)):
            return ["uninitialized", x.requires_grad]
        head = ["tensor", isinstance(x, torch.nn.Parameter), str(x.dtype), x.requires_grad, own]
        if x.is_nested:
            return [*head, "nested", [self.value(part.clone()) for part in x.detach().unbind()]]
        head += [str(x.layout), list(x.shape)]
        if x.layout is torch.sparse_coo:
            return [*head, x.is_coalesced(), self.value(x.detach()._indices()), self.value(x.detach()._values())]
        if x.layout in (torch.sparse_csr, torch.sparse_bsr):
            return [*head, *map(self.value, (x.crow_indices(), x.col_indices(), x.values()))]
        if x.layout in (torch.sparse_csc, torch.sparse_bsc):
            return [*head, *map(self.value, (x.ccol_indices(), x.row_indices(), x.values()))]
        head += [list(x.stride()), x.storage_offset(), x.is_conj(), x.is_neg(), str(x.device)]
        if x.is_quantized:
            if x.qscheme() is torch.per_tensor_affine:
                head.append([number(x.q_scale()), number(x.q_zero_point())])
            else:
                parts = (x.q_per_channel_scales(), x.q_per_channel_zero_points())
                head.append([x.q_per_channel_axis(), *[[number(n) for n in part.tolist()] for part in parts]])
        return head if x.device.type == "meta" else [*head, *self.storage(x.untyped_storage())]

    def storage(self, s):
        self.kept.append(s)
        index = self.storages.setdefault(s._cdata, len(self.storages))
        return [index, bytes(s).hex()]

    def value(self, x):
        if x is None or isinstance(x, (bool, numpy.bool_)):
            return ["const", None if x is None else bool(x)]
        if isinstance(x, numpy.generic):
            return self.value(x.item())
        if isinstance(x, numpy.ndarray):
            x = x.astype(x.dtype.newbyteorder("="), order="K")
            x = x if x.flags.c_contiguous or x.flags.f_contiguous else x.copy()
            return self.value(torch.from_numpy(x))
        if isinstance(x, (int, float)):
            return number(x)
        if isinstance(x, complex):
            return ["complex", number(x.real), number(x.imag)]
        if isinstance(x, str):
            return ["str", x]
        if isinstance(x, (bytes, bytearray)):
            return ["bytes", x.hex()]
        if isinstance(x, torch.Tensor):
            return self.tensor(x)
        if isinstance(x, torch.TypedStorage):
            return ["storage", str(x.dtype), *self.storage(x._untyped_storage)]
        if isinstance(x, torch.Size):
            return ["size", list(x)]
        if isinstance(x, slice):
            return ["slice", [self.value(v) for v in (x.start, x.stop, x.step)]]
        if isinstance(x, (torch.device, torch.dtype, torch.layout, torch.memory_format, torch.qscheme)):
            return ["torch", str(x)]
        if isinstance(x, (list, tuple)):
            return [type(x).__name__, [self.value(v) for v in x]]
        if isinstance(x, (set, frozenset)):
            return [type(x).__name__, sorted((self.value(v) for v in x), key=json.dumps)]
        if isinstance(x, dict):
            items = [[self.value(k), self.value(v)] for k, v in x.items()]
            return ["dict", sorted(items, key=lambda kv: json.dumps(kv[0]))]
        raise TypeError(type(x))


def describe(x):
    return Describer().value(x)


def write(folder):
    for name, (make, save) in cases.items():
        path = os.path.join(folder, f"{name}.pt")
        torch.save(make(), path, **save)
        if name == "compressed":
            rezip(path, zipfile.ZIP_DEFLATED, False)
        if name == "big_endian":
            rezip(path, zipfile.ZIP_STORED, True)
    print(json.dumps({name: describe(make()) for name, (make, _) in cases.items()}))


def check(folder, *suffixes):
    wrong = {}
    for name, suffix in itertools.product(cases, suffixes):
        make, _ = cases[name]
        path = os.path.join(folder, f"{name}{suffix}.pt")
        if not os.path.exists(path):
            continue
        try:
            with torch.serialization.safe_globals(needs[name]):
                got = describe(torch.load(path, weights_only=True))
            if got != describe(make()):
                wrong[name + suffix] = [str(got)[:2000], str(describe(make()))[:2000]]
        except Exception as error:
            wrong[name + suffix] = f"{type(error).__name__}: {error}"
    print(json.dumps(wrong))


if __name__ == "__main__":
    (write if sys.argv[1] == "write" else check)(*sys.argv[2:])
