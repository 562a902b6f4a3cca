"""A disk that is full or read-only: said in one message, nothing damaged, and the same command goes on afterwards."""

import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from ganatlas.bundle.manifest import MANIFEST_NAME
from ganatlas.bundle.verify import verify
from ganatlas.checkpoints import Progress, load_checkpoint, save_checkpoint
from ganatlas.errors import InputError, StorageError
from ganatlas.export.poster import save_poster
from ganatlas.mapped import new_array
from ganatlas.pipeline.config import parse_config
from ganatlas.pipeline.progress import Reporter
from ganatlas.pipeline.run import build
from ganatlas.storage import writing

PLENTY = 64 << 20


class SmallDisk:
    """A folder whose space can be set: a tmpfs where this process may mount one, else a limit on the size of each file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
        self.mounted = (
            shutil.which("mount") is not None and subprocess.run(command, check=False, capture_output=True).returncode == 0
        )

    def limit(self, size: int, *, read_only: bool = False) -> None:
        """Let it hold `size` bytes from now on (or each file, where nothing can be mounted)."""
        if self.mounted:
            mode = "ro" if read_only else "rw"
            subprocess.run(["mount", "-o", f"remount,{mode},size={size}", str(self.folder)], check=True)
        elif read_only:
            pytest.skip("a read-only disk needs the right to mount one")
        else:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(
                resource.RLIMIT_FSIZE, (size if size < PLENTY else resource.RLIM_INFINITY, resource.RLIM_INFINITY)
            )

    def fill(self, but: int) -> None:
        """Leave room for `but` bytes more than what is there."""
        used = sum(path.stat().st_blocks * 512 for path in self.folder.rglob("*") if path.is_file())
        self.limit(max(4096, -(-(used + but) // 4096) * 4096) if self.mounted else but)

    def close(self) -> None:
        self.limit(PLENTY)
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    made = SmallDisk(tmp_path / "disk")
    try:
        yield made
    finally:
        made.close()


def given(folder: Path) -> dict[str, Any]:
    """A build of a second: activations that were computed elsewhere, with images."""
    rng = np.random.default_rng(0)
    for name, shift in (("real", 0.0), ("made", 0.3)):
        images = rng.integers(0, 255, (60, 16, 16, 3), dtype=np.uint8)
        np.savez(folder / f"{name}.npz", images=images, **{"activations/deep": rng.random((60, 24)) + shift})
    return {
        "datasets": [{"name": name, "source": str(folder / f"{name}.npz")} for name in ("real", "made")],
        "layout": {"n_neighbors": 10, "epochs": 20, "stability_seeds": 0},
        "grids": {"sizes": [10, 20], "min_count": 2},
        "workers": 1,
    }


def files_of(bundle: Path) -> dict[str, bytes]:
    return {str(path.relative_to(bundle)): path.read_bytes() for path in sorted(bundle.rglob("*")) if path.is_file()}


@pytest.mark.slow
def test_a_build_on_a_disk_that_fills_up_says_so_and_goes_on_when_there_is_room(tmp_path: Path, disk: SmallDisk) -> None:
    config, quiet = parse_config(given(tmp_path)), Reporter(quiet=True)
    build(config, tmp_path / "x.atlas", quiet)
    out, refused = disk.folder / "x.atlas", list[str]()
    for room in (0, 32 << 10, 96 << 10, 256 << 10):
        disk.fill(room)
        try:
            build(config, out, quiet)
        except (StorageError, InputError) as error:
            refused.append(error.message)
        disk.limit(PLENTY)
        if (out / MANIFEST_NAME).exists():
            assert verify(out) == [], f"with room for {room} bytes"
    assert len(refused) >= 3, "the disk was full at several steps"
    what = "no space left" if disk.mounted else "file too large"
    assert all(str(disk.folder) in message and what in message.lower() for message in refused), refused
    build(config, out, quiet)
    assert files_of(out) == files_of(tmp_path / "x.atlas")


@pytest.mark.slow
def test_a_build_on_a_disk_that_becomes_read_only_says_so_and_goes_on(tmp_path: Path, disk: SmallDisk) -> None:
    config, out = parse_config(given(tmp_path)), disk.folder / "x.atlas"

    disk.limit(PLENTY, read_only=True)
    with pytest.raises(InputError, match=r"Read-only.*Choose another"):
        build(config, out, Reporter(quiet=True))
    disk.limit(PLENTY)
    build(config, out, Reporter(quiet=True))
    whole = files_of(out)
    disk.limit(PLENTY, read_only=True)
    with pytest.raises(InputError, match="Read-only"):
        build(config, out, Reporter(quiet=True))
    assert verify(out) == []
    disk.limit(PLENTY)
    build(config, out, Reporter(quiet=True))
    assert files_of(out) == whole


def test_a_checkpoint_that_does_not_fit_leaves_the_last_one(disk: SmallDisk) -> None:
    small, path = torch.nn.Linear(64, 64), disk.folder / "training.safetensors"
    save_checkpoint(path, small, {}, Progress(3, 1.5), "same")
    disk.fill(4096)
    with pytest.raises(StorageError, match=r"cannot write .*Free some space|limit"), writing(disk.folder):
        save_checkpoint(path, torch.nn.Linear(512, 512), {}, Progress(4, 2.0), "same")
    disk.limit(PLENTY)
    assert load_checkpoint(path, torch.nn.Linear(64, 64), {}, "same", torch.device("cpu")) == Progress(3, 1.5)
    save_checkpoint(path, small, {}, Progress(5, 2.0), "same")
    assert load_checkpoint(path, torch.nn.Linear(64, 64), {}, "same", torch.device("cpu")) == Progress(5, 2.0)


@pytest.mark.parametrize("suffix", [".png", ".pdf"])
def test_a_poster_that_does_not_fit_leaves_the_last_one_and_nothing_beside_it(disk: SmallDisk, suffix: str) -> None:
    out = disk.folder / f"poster{suffix}"
    save_poster(Image.new("RGB", (64, 64)), out)
    before = out.read_bytes()
    disk.fill(8192)
    noise = np.random.default_rng(0).integers(0, 255, (400, 400, 3), dtype=np.uint8)
    with pytest.raises(StorageError, match=r"cannot write .*poster.*try again"):
        save_poster(Image.fromarray(noise), out)
    disk.limit(PLENTY)
    assert out.read_bytes() == before
    assert [path.name for path in disk.folder.iterdir()] == [out.name]
    save_poster(Image.fromarray(noise), out)


def test_an_array_that_does_not_fit_is_an_error_and_does_not_end_the_process(disk: SmallDisk) -> None:
    disk.fill(64 << 10)
    with pytest.raises(OSError, match=r"space|large"):
        new_array(disk.folder / "a.npy", np.uint8, (1 << 20,))
    disk.limit(PLENTY)
    array = new_array(disk.folder / "a.npy", np.float32, (1000, 3))
    array[:] = 2
    array.flush()
    assert (np.load(disk.folder / "a.npy") == 2).all()


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device", "/x/y"),
        RuntimeError("Error while serializing: I/O error: No space left on device (os error 28)"),
        RuntimeError("dzsave: unable to write to file /x/0.webp: No space left on device"),
    ],
    ids=["python", "safetensors", "vips"],
)
def test_every_library_s_way_of_saying_it_is_understood(error: Exception) -> None:
    with pytest.raises(StorageError, match=r"no space left on device\. Free some space") as said, writing(Path("/x")):
        raise error
    assert said.value.exit_code == 5


def test_what_is_no_fault_of_the_disk_stays_what_it_is() -> None:
    for error in (ValueError("28 apples"), FileNotFoundError(2, "No such file"), InputError("said")):
        with pytest.raises(type(error)), writing(Path("/x")):
            raise error
