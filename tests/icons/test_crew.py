"""Icons are shared out between threads: how many work, that they make the same icons, and that all end together."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from ganatlas.classifiers.base import Classifier
from ganatlas.icons.batch_size import EACH, Crew, crew_of
from ganatlas.icons.batches import IconBatch, Progress, make_in_batches
from ganatlas.icons.invert import invert_cells
from ganatlas.icons.keys import IconKey
from ganatlas.icons.settings import IconSettings

LAYER = "features.1"
COUNT = 3 * EACH - 5


@pytest.fixture
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def invert(planted: Classifier, folder: Path | None = None, progress: Progress | None = None) -> IconBatch:
    vectors = np.random.default_rng(0).random((COUNT, 5), np.float32)
    keys = [IconKey(0, LAYER, 20, i % 20, i // 20) for i in range(COUNT)]
    settings = IconSettings(steps=20, precision="float32")
    mean = np.full(5, 0.1, np.float32)
    return invert_cells(planted, LAYER, vectors, settings, keys=keys, mean=mean, folder=folder, progress=progress)


def test_a_processors_threads_share_and_an_accelerator_does_all(monkeypatch: pytest.MonkeyPatch) -> None:
    processor = torch.device("cpu")
    crews = {1: Crew(1, 16, 1), 2: Crew(2, 16, 1), 3: Crew(3, 16, 1), 16: Crew(4, 16, 4)}
    for threads, crew in crews.items():
        monkeypatch.setattr(torch, "get_num_threads", lambda threads=threads: threads)
        assert crew_of(processor, 64) == crew
    assert crew_of(processor, 5) == Crew(1, 5, 16)
    assert crew_of(torch.device("cuda"), 512) == Crew(1, 512, 16)


@pytest.mark.usefixtures("two_threads")
def test_icons_are_the_same_bytes_however_many_threads_make_them(planted: Classifier, tmp_path: Path) -> None:
    together = invert(planted, tmp_path)
    assert torch.get_num_threads() == 2
    assert len(list(tmp_path.glob("*.npz"))) == 3
    torch.set_num_threads(1)
    alone = invert(planted)
    assert together.images.tobytes() == alone.images.tobytes()
    assert together.faithfulness.tobytes() == alone.faithfulness.tobytes()


def test_a_twin_has_the_same_weights_and_hooks_of_its_own(planted: Classifier) -> None:
    twin = planted.twin()
    assert all(a is b for a, b in zip(planted.module.parameters(), twin.module.parameters(), strict=True))
    assert planted.module.features is not twin.module.features
    x = torch.rand(2, 3, 16, 16)
    assert torch.equal(planted.maps(x, [LAYER])[0][LAYER], twin.maps(x, [LAYER])[0][LAYER])


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def batch_of(run: slice) -> IconBatch:
    count = run.stop - run.start
    images = np.broadcast_to(np.arange(run.start, run.stop, dtype=np.uint8)[:, None, None, None], (count, 2, 2, 3)).copy()
    return IconBatch(images, np.zeros(count, np.float32), np.zeros(count, np.int32))


def test_batches_are_joined_in_order_and_progress_counts_all() -> None:
    first_may_end = threading.Event()
    told: list[tuple[int, int]] = []

    def make(run: slice, *_: object) -> IconBatch:
        if run.start == 0:
            assert first_may_end.wait(30)
        elif run.start == 6:
            first_may_end.set()
        return batch_of(run)

    made = make_in_batches([make, make], 9, Crew(2, 3, 1), "key", None, lambda done, total: told.append((done, total)))
    assert made.images[:, 0, 0, 0].tolist() == list(range(9))
    assert told == [(3, 9), (6, 9), (9, 9)]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_or_an_interrupt_ends_all_workers(error: type[BaseException], tmp_path: Path) -> None:
    begun, ended = threading.Event(), threading.Event()

    def long(_run: slice, _kept: object, check: object) -> IconBatch:
        begun.set()
        try:
            for _ in range(3000):
                check()  # type: ignore[operator]
                threading.Event().wait(0.01)
        finally:
            ended.set()
        raise AssertionError("it was not ended")

    def failing(run: slice, *_: object) -> IconBatch:
        if run.start < 3:
            return long(run, *_)
        assert begun.wait(30)
        if error is ValueError:
            raise ValueError("no icon")
        return batch_of(run)

    with pytest.raises(error):
        make_in_batches([failing, failing], 60, Crew(2, 3, 1), "key", tmp_path, interrupt)
    assert ended.is_set()
    assert len(list(tmp_path.iterdir())) < 20  # what had not begun did not begin


@pytest.mark.usefixtures("two_threads")
def test_interrupted_workers_go_on_where_they_were(planted: Classifier, tmp_path: Path) -> None:
    whole = invert(planted)
    with pytest.raises(KeyboardInterrupt):
        invert(planted, tmp_path, interrupt)
    assert torch.get_num_threads() == 2
    assert list(tmp_path.glob("*.npz"))
    assert invert(planted, tmp_path).images.tobytes() == whole.images.tobytes()
