"""The picture of the heat maps: every entry is on it, invalid ones grey, the same bytes for the same data."""

import io

import numpy as np
import pytest
from PIL import Image

from ganatlas.bundle.divergence import Divergence, DivergenceEntry
from ganatlas.errors import InputError
from ganatlas.pipeline.heatmap import draw


def entry(layer: str, size: int, value: float, **changes) -> DivergenceEntry:
    numbers = dict.fromkeys(("js_null_mean", "js_null_sd", "js_low", "js_high", "z", "p", "js_within"), 0.0)
    defaults = {
        "layer": layer, "size": size, "first": "real", "second": "generated", "is_self": False, "n": 100, "m": 100,
        "occupied": 10, "points_per_cell": 20, "valid": True, "js": value, "js_corrected": value, "permutations": 199,
        "kl": 3 * value, "kl_reverse": value, "significant": 0, "tested": 0,
    }  # fmt: skip
    return DivergenceEntry(**(numbers | defaults | changes))


def document(scale: float = 1.0) -> Divergence:
    entries = []
    for i, layer in enumerate(("mixed3a", "mixed4c", "mixed5b")):
        for j, size in enumerate((10, 20, 40)):
            entries.append(entry(layer, size, scale * (i + j) / 10, valid=size < 40))
            entries.append(entry(layer, size, 0.001, second="real", is_self=True))
    return Divergence(measures={}, entries=tuple(entries))


def picture(path) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(path.read_bytes())).convert("RGB"))


@pytest.mark.parametrize("measure", ["kl", "js"])
def test_the_same_data_give_the_same_bytes_without_metadata(tmp_path, measure):
    draw(document(), measure, tmp_path / "one.png")
    draw(document(), measure, tmp_path / "two.png")
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    assert b"tEXt" not in (tmp_path / "one.png").read_bytes()


def test_the_measures_differ_and_so_do_their_values(tmp_path):
    draw(document(), "kl", tmp_path / "kl.png", scale=(0, 1))
    draw(document(), "js", tmp_path / "js.png", scale=(0, 1))
    draw(document(2), "js", tmp_path / "twice.png", scale=(0, 1))
    one, other, third = (picture(tmp_path / f"{name}.png") for name in ("kl", "js", "twice"))
    assert one.shape != other.shape or (one != other).any()
    assert third.shape != other.shape or (third != other).any()


def test_invalid_entries_are_grey(tmp_path):
    draw(document(), "js", tmp_path / "some.png")
    all_valid = Divergence(measures={}, entries=tuple(e.model_copy(update={"valid": True}) for e in document().entries))
    draw(all_valid, "js", tmp_path / "none.png")
    grey = np.array([0xD4, 0xD4, 0xD4])
    assert (picture(tmp_path / "some.png") == grey).all(axis=2).mean() > 0.05
    assert (picture(tmp_path / "none.png") == grey).all(axis=2).mean() < 0.01


def test_no_divergence_cannot_be_drawn(tmp_path):
    with pytest.raises(InputError, match="Give two datasets"):
        draw(Divergence(measures={}, entries=()), "js", tmp_path / "x.png")


def test_many_pairs_and_one_entry_are_both_drawn(tmp_path):
    entries = [entry("a", 10, -0.01, second=f"set{i}") for i in range(7)]
    draw(Divergence(measures={}, entries=tuple(entries)), "js", tmp_path / "many.png")
    draw(Divergence(measures={}, entries=tuple(entries[:1])), "kl", tmp_path / "one.png")
    assert picture(tmp_path / "many.png").shape[0] > picture(tmp_path / "one.png").shape[0]
