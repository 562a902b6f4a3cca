"""Workers do not outlive the build that started them."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from ganatlas.processes import worker_pool

PARENT = """
import os, time
from ganatlas.processes import worker_pool

if __name__ == "__main__":
    with worker_pool(1) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        pool.submit(time.sleep, 600)
        time.sleep(600)
"""


def test_a_killed_parent_takes_its_workers_along(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = psutil.Process(int(parent.stdout.readline()))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    worker.wait(timeout=30)
    assert not worker.is_running()


def test_workers_give_back_results_in_order() -> None:
    with worker_pool(2) as pool:
        assert list(pool.map(abs, range(-5, 0))) == [5, 4, 3, 2, 1]
        assert pool.submit(os.getpid).result() != os.getpid()


def interrupted() -> None:
    with worker_pool(1) as pool:
        pool.submit(time.sleep, 600)
        raise KeyboardInterrupt


def test_an_interrupted_parent_does_not_wait_for_its_workers() -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not multiprocessing.active_children()
