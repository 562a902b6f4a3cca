"""How many icons are optimised at once: what an accelerator's memory holds, a fixed number on a processor.

The number does not change what an icon is, only how fast it is made.
"""

from collections.abc import Callable

import torch

ON_PROCESSOR = 64
_PROBE = 16
_LARGEST = 1024
_SHARE = 0.6  # of the free memory: other programs and fragmentation need some


def icons_at_once(device: torch.device, probe: Callable[[int], object]) -> int:
    """Icons a batch.

    On a CUDA device a batch of 16 is probed and scaled to the free memory, as a power of two from 16 to 1024.

    Args:
        probe: does one step of so many icons, with its gradient.
    """
    if device.type != "cuda":
        return ON_PROCESSOR
    torch.cuda.synchronize(device)
    torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device)
    probe(_PROBE)
    torch.cuda.synchronize(device)
    each = max(1, (torch.cuda.max_memory_allocated(device) - before) // _PROBE)
    free, _ = torch.cuda.mem_get_info(device)
    fits = int(free * _SHARE / each)
    return max(_PROBE, min(_LARGEST, 1 << max(fits, 1).bit_length() - 1))
