"""Where networks run: the processor or an accelerator, as asked for or as there is."""

import torch

from ganatlas.errors import InputError


def resolve_device(name: str = "auto") -> torch.device:
    """`auto` (the first GPU, else Apple's, else the CPU), `cpu`, `cuda`, `cuda:1`, `mps` -> a device that exists.

    Raises:
        InputError: an unknown name, or a GPU that is not there.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda", 0)
        return torch.device("mps") if torch.backends.mps.is_available() else torch.device("cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        raise InputError(f"unknown device {name!r}. Expected auto, cpu, cuda, cuda:0, cuda:1 … or mps.") from None
    if device.type == "cuda":
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if count == 0:
            raise InputError(
                f"the device {name} was asked for, but PyTorch finds no CUDA GPU here. Use --device cpu or auto, or install a "
                "PyTorch built for your GPU and its driver."
            )
        if (device.index or 0) >= count:
            raise InputError(f"the device {name} was asked for, but there are only cuda:0 to cuda:{count - 1}.")
        return torch.device("cuda", device.index or 0)
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise InputError("the device mps was asked for, but PyTorch finds no Apple GPU here. Use --device cpu or auto.")
    if device.type not in {"cpu", "mps"}:
        raise InputError(f"the device {name} is not supported. Expected auto, cpu, cuda, cuda:0 … or mps.")
    return device
