"""A build that is killed at a hundred random moments: whole at each, and the same in the end as one left in peace.

Starting Python with all that a build imports takes seconds. So one process imports it and builds nothing: a fork would have
none of the threads of a build of its parent, and could wait for them. Each attempt is a fork of it, with a deadline.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = 110
DRIVER = '''
import hashlib, json, os, random, select, shutil, signal, sys, time
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from ganatlas.bundle.verify import verify
from ganatlas.pipeline import publish, run
from ganatlas.pipeline.config import parse_config
from ganatlas.pipeline.progress import Reporter

torch.set_num_threads(1)  # a fork has none of its parent's threads
folder, kills = Path(sys.argv[1]), int(sys.argv[2])
draw = random.Random(7)
PATIENCE = 120  # s that no attempt needs; one that takes them hangs


class Here:
    """A pool of this very process: a fork of a fork would start Python anew."""

    def submit(self, function, *arguments):
        future = Future()
        future.set_result(function(*arguments))
        return future


@contextmanager
def in_this_process(workers):
    yield Here()


run.worker_pool = in_this_process


def pictures(name, shift):
    rng = np.random.default_rng(shift)
    for index in range(40):
        label = "ab"[index % 2]
        (folder / name / label).mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 120, (24, 24, 3))
        pixels[:, :, 2 * (index % 2)] += 60 + shift
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(folder / name / label / f"{index:02d}.png")
    return {"name": name, "source": str(folder / name)}


config = parse_config({
    "name": "same",
    "datasets": [pictures("real", 0), pictures("made", 40)],
    "classifier": {"name": "killed_network:make", "layers": ["first", "second"]},
    "layout": {"n_neighbors": 10, "epochs": 20, "stability_seeds": 0},
    "grids": {"sizes": [10, 20], "min_count": 2},
    "icons": {"grids": [10], "steps": 2, "size": 16},
})


def build(out):
    run.build(config, out, Reporter(quiet=True, interval=0))  # its manifest follows every step


def digest(out):
    files = sorted(path for path in out.rglob("*") if path.is_file())
    return {str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def kill_at_a_manifest():
    """In this fork, end within one of the next replacements of the manifest: half written, before the exchange, or after it."""
    ordinary, left, moment = publish.write_atomically, draw.randrange(6), draw.randrange(3)

    def write(path, data, *, durable=False):
        nonlocal left
        left -= 1
        if left < 0:
            if moment == 2:
                ordinary(path, data, durable=durable)
            else:
                path.with_name(f".{path.name}.tmp").write_bytes(data[: len(data) // 2] if moment == 0 else data)
            os.kill(os.getpid(), signal.SIGKILL)
        ordinary(path, data, durable=durable)

    publish.write_atomically = write


def attempt(out, seconds, at_a_manifest):
    """A fork builds and is killed after some seconds, or within a manifest. Returns whether it was killed."""
    seed = draw.random()
    child = os.fork()
    if child == 0:
        try:
            draw.seed(seed)
            if at_a_manifest:
                kill_at_a_manifest()
            build(out)
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    ended = os.pidfd_open(child)
    in_time = select.select([ended], [], [], seconds)[0]
    if not in_time:
        os.kill(child, signal.SIGKILL)
    os.close(ended)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if not in_time and seconds >= PATIENCE:
        sys.exit(f"a build did not end within {seconds} s")
    if status not in (0, -signal.SIGKILL):
        sys.exit(f"a build ended with {status}")
    return status != 0


attempt(folder / "warm.atlas", PATIENCE, False)  # loops are compiled
peace = folder / "peace.atlas"
began = time.monotonic()
attempt(peace, PATIENCE, False)
took = time.monotonic() - began
done, bundles, seen, within, finished = 0, 0, 0, 0, False
out = folder / "killed.atlas"
while done < kills or not finished:
    at_a_manifest = draw.random() < 0.3
    killed = attempt(out, PATIENCE if at_a_manifest else draw.expovariate(8 / took), at_a_manifest)
    done += killed
    within += killed and at_a_manifest
    finished = not killed
    if (out / "manifest.json").exists():
        seen += 1
        problems = verify(out)
        if problems:
            sys.exit(f"after kill {done}: {problems[:5]}")
    if finished:
        bundles += 1
        if digest(out) != digest(peace):
            different = sorted(set(digest(out).items()) ^ set(digest(peace).items()))
            sys.exit(f"another bundle than in peace: {different[:6]}")
        shutil.rmtree(out)
        shutil.rmtree(folder / "killed.atlas.work")
print(json.dumps({"kills": done, "bundles": bundles, "verified": seen, "within": within, "seconds": took}))
'''
NETWORK = """
import torch
from torch import nn


class Net(nn.Module):
    input_size, resize = 24, 24
    mean = std = (0.5, 0.5, 0.5)
    classes = ("warm", "cold")

    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU())
        self.second = nn.Sequential(nn.Conv2d(8, 12, 3, 2, 1), nn.ReLU())
        self.head = nn.Linear(12, 2)

    def forward(self, x):
        return self.head(self.second(self.first(x)).mean((2, 3)))


def make():
    torch.manual_seed(0)
    return Net()
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="waits for a fork with a deadline as Linux does")
def test_killed_at_a_hundred_random_moments_a_build_is_whole_at_each_and_ends_as_in_peace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "killed_network.py").write_text(NETWORK)
    (tmp_path / "driver.py").write_text(DRIVER)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("NUMBA_THREADING_LAYER", "workqueue")  # the one that survives a fork
    command = [sys.executable, "-W", "ignore", str(tmp_path / "driver.py"), str(tmp_path), str(KILLS)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]
    counted = json.loads(ended.stdout.splitlines()[-1])
    assert counted["kills"] >= 100
    assert counted["within"] >= 10, "some of them while a manifest was replaced"
    assert counted["verified"] >= 50, "most left a bundle to look at"
    assert counted["bundles"] >= 2
