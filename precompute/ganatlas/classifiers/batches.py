"""How many images to give a network at a time: what its accelerator's memory holds, a fixed number on a processor.

The number does not change what is computed, only how fast.
"""

import torch

from .base import Classifier

_PROBE = 16
_LARGEST = 1024
_SHARE = 0.6  # of the free memory: other programs and fragmentation need some


def batch_size_for(classifier: Classifier) -> int:
    """Images a batch for `maps` of all the classifier's layers with logits.

    On a CUDA device one batch of 16 is measured and scaled to the free memory, as a power of two from 16 to 1024. Elsewhere it
    depends on the input's size alone: 128 up to 96 px, 32 above.
    """
    size = classifier.spec.size
    if classifier.device.type != "cuda":
        return 128 if size <= 96 else 32
    torch.cuda.synchronize(classifier.device)
    torch.cuda.reset_peak_memory_stats(classifier.device)
    before = torch.cuda.memory_allocated(classifier.device)
    with torch.no_grad(), inference_precision(classifier.device):
        classifier.maps(torch.zeros(_PROBE, 3, size, size, device=classifier.device), classifier.layers, logits=True)
    torch.cuda.synchronize(classifier.device)
    each = max(1, (torch.cuda.max_memory_allocated(classifier.device) - before) // _PROBE)
    free, _ = torch.cuda.mem_get_info(classifier.device)
    fits = int(free * _SHARE / each)
    return max(_PROBE, min(_LARGEST, 1 << max(fits, 1).bit_length() - 1))


def inference_precision(device: torch.device) -> torch.autocast:
    """bfloat16 arithmetic on CUDA devices, float32 elsewhere: a context for forward passes."""
    return torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda")
