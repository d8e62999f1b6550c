"""Lists PyTorch's public names, namespace by namespace, as JSON on standard output.

A module's public names are its `__all__`; without one, whatever is defined in it or beneath it and does not begin with an
underscore. `torch.__all__` copies every class of the C extension (TorchScript's compiler, mostly) without documenting
them: those are listed apart.
"""

import importlib
import inspect
import json
import sys
import warnings

warnings.simplefilter("ignore")

import torch  # noqa: E402


def is_leak(module, value):
    """Whether a module without `__all__` merely imports the value from elsewhere."""
    if inspect.ismodule(value):
        return True
    home = getattr(value, "__module__", None)
    if home is None:
        return not callable(value)
    if home == module.__name__ or home.startswith(module.__name__ + "."):
        return False
    if home == "builtins":
        return not inspect.isbuiltin(value)
    # Python's name for a function or class of the C extension, which has no other home.
    return not (home.startswith("torch._C") or (inspect.isbuiltin(value) and home.startswith("torch")))


def public_names(module):
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return sorted(set(listed))
    return [name for name in dir(module) if not name.startswith("_") and not is_leak(module, getattr(module, name))]


def main():
    extension = sorted(n for n in torch.__all__ if type(getattr(torch, n)).__name__ == "pybind11_type")
    names = {
        "torch": sorted(n for n in torch.__all__ if n not in extension),
        "Tensor": [n for n in dir(torch.Tensor) if not n.startswith("_")],
    }
    for name in sys.argv[1:]:
        names[f"torch.{name}"] = public_names(importlib.import_module(f"torch.{name}"))
    print(json.dumps({"torch": torch.__version__, "names": names, "extension": extension}))


if __name__ == "__main__":
    main()
