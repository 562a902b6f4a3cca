"""A step done is not done again; a step cut short goes on; two builds of one output do not meet."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ganatlas.errors import BusyError, InputError
from ganatlas.pipeline.workspace import Workspace, load_arrays, save_arrays, write_atomically


def test_a_finished_step_is_not_made_again(tmp_path: Path) -> None:
    made: list[Path] = []
    work = Workspace(tmp_path)
    first = work.step("layout/a", {"seed": 1}, made.append)
    again = work.step("layout/a", {"seed": 1}, made.append)
    assert made == [first] == [again]


def test_another_setting_is_another_step(tmp_path: Path) -> None:
    work = Workspace(tmp_path)
    assert work.step("a", {"seed": 1}, lambda _: None) != work.step("a", {"seed": 2}, lambda _: None)


def test_a_step_that_fails_finds_its_partial_files_next_time(tmp_path: Path) -> None:
    work = Workspace(tmp_path)

    def fail(folder: Path) -> None:
        (folder / "shard-0").write_text("kept")
        raise InputError("no")

    with pytest.raises(InputError):
        work.step("a", {"seed": 1}, fail)
    assert not work.is_done("a", {"seed": 1})
    seen: list[str] = []
    work.step("a", {"seed": 1}, lambda folder: seen.append((folder / "shard-0").read_text()))
    assert seen == ["kept"]
    assert work.is_done("a", {"seed": 1})


def test_a_second_build_of_one_output_is_refused(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from ganatlas.pipeline.workspace import Workspace\n"
        "with Workspace(Path(sys.argv[1])).locked():\n    print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(BusyError, match="another build"), Workspace(tmp_path).locked():
        pass
    holder.communicate(b"")
    with Workspace(tmp_path).locked():
        pass


def test_arrays_come_back_as_they_were(tmp_path: Path) -> None:
    save_arrays(tmp_path / "x.npz", a=np.arange(3, dtype=np.int16), b=np.eye(2))
    back = load_arrays(tmp_path / "x.npz")
    assert back["a"].dtype == np.int16
    assert (back["b"] == np.eye(2)).all()


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    write_atomically(tmp_path / "m.json", b"one", durable=True)
    write_atomically(tmp_path / "m.json", b"two", durable=True)
    assert [p.name for p in tmp_path.iterdir()] == ["m.json"]
    assert (tmp_path / "m.json").read_bytes() == b"two"


def test_a_workspace_knows_the_one_bundle_that_it_writes(tmp_path: Path) -> None:
    work = Workspace(tmp_path / "x.atlas.work")
    assert not work.writes(tmp_path / "x.atlas")
    with work.locked():
        work.begin(tmp_path / "x.atlas")
    assert work.writes(tmp_path / "y" / ".." / "x.atlas")
    assert not work.writes(tmp_path / "notes")
