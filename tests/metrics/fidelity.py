"""torch-fidelity for tests, also where torchvision is not installed: it imports that, but what is tested does not use it."""

import sys
import types
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

PARTS = ("torchvision", "torchvision.datasets", "torchvision.transforms", "torchvision.transforms.functional")


@contextmanager
def torch_fidelity_at_hand() -> Iterator[None]:
    """Where torchvision is absent, something of its name stands in for it meanwhile: what reads a folder of images is there."""
    torch = pytest.importorskip("torch")
    if find_spec("torch_fidelity") is None:
        pytest.skip("torch-fidelity is not installed")
    missing = find_spec("torchvision") is None
    before = set(sys.modules)
    if missing:
        for name in PARTS:
            sys.modules[name] = types.ModuleType(name)
        for name in ("CIFAR10", "STL10", "CIFAR100"):
            setattr(sys.modules["torchvision.datasets"], name, object)
        sys.modules["torchvision"].transforms = sys.modules["torchvision.transforms"]  # type: ignore[attr-defined]
        functional = sys.modules["torchvision.transforms.functional"]
        sys.modules["torchvision.transforms"].functional = functional  # type: ignore[attr-defined]
        sys.modules["torchvision.transforms"].Compose = _one_after_the_other  # type: ignore[attr-defined]
        functional.pil_to_tensor = lambda image: torch.from_numpy(np.array(image).transpose(2, 0, 1).copy())  # type: ignore[attr-defined]
    yield
    if missing:
        for name in set(sys.modules) - before:
            if name.startswith(("torchvision", "torch_fidelity")):
                del sys.modules[name]


def _one_after_the_other(steps: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    def through(image: Any) -> Any:
        for step in steps:
            image = step(image)
        return image

    return through
