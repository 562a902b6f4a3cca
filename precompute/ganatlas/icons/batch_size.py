"""How many icons are optimised at once, and by whom: on an accelerator as many as its memory holds, in one batch; on a
processor a fixed number, shared out between threads.

The passes of small networks are too short to be divided between cores: two threads that optimise 16 icons each are twice as
fast as one batch of 32 whose operations have two threads (`benchmarks/icons.py`). The number does not change what an icon
is.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import torch

ON_PROCESSOR = 64
EACH = 16
"""Icons of a worker on a processor."""
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


@dataclass(frozen=True)
class Crew:
    """Who optimises. workers: at the same time. each: icons of one's batch. threads: of torch's, for each."""

    workers: int
    each: int
    threads: int


def crew_of(device: torch.device, batch: int) -> Crew:
    """The workers that optimise `batch` icons at once; one where the device does many things at a time by itself."""
    threads = torch.get_num_threads()
    if device.type != "cpu":
        return Crew(1, batch, threads)
    each = min(batch, EACH)
    workers = max(1, min(threads, batch // each))
    return Crew(workers, each, max(1, threads // workers))


@contextmanager
def worker_threads(workers: int, threads: int) -> Iterator[ThreadPoolExecutor]:
    """A pool of workers, with so many of torch's threads for each. At its end what was not begun is dropped."""
    before = torch.get_num_threads()
    pool = ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(threads,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(before)  # a worker's choice would be that of threads to come
