"""`verify` names what is wrong with a bundle: files, tiles, schemas, laws."""

import hashlib
import json
import math
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from changing import change, put
from synthetic import write_manifest

from ganatlas.bundle.manifest import MANIFEST_NAME, FileRef, Manifest
from ganatlas.bundle.reader import Bundle
from ganatlas.bundle.verify import verify


def test_a_whole_bundle_has_no_problem(whole: Path) -> None:
    seen: list[str] = []
    assert verify(whole, seen.append) == []
    assert set(Bundle.open(whole).manifest.files()) <= set(seen)


def test_every_file_cut_emptied_flipped_or_removed_is_named(atlas: Path) -> None:
    contents = {name: (atlas / name).read_bytes() for name in Bundle.open(atlas).manifest.files()}
    for damage in (lambda content: content[:-1], lambda content: b"", flip, None):
        for name, content in contents.items():
            if damage is None:
                (atlas / name).unlink()
            else:
                (atlas / name).write_bytes(damage(content))
        assert set(contents) <= {problem.file for problem in verify(atlas)}
    for name, content in contents.items():
        (atlas / name).write_bytes(content)
    assert verify(atlas) == []


def flip(content: bytes) -> bytes:
    """One bit in the middle."""
    changed = bytearray(content)
    changed[len(changed) // 2] ^= 0x10
    return bytes(changed)


def test_a_damaged_manifest_is_named(atlas: Path) -> None:
    path = atlas / MANIFEST_NAME
    content = bytearray(path.read_bytes())
    for place in range(0, len(content), len(content) // 40):
        content[place] ^= 4
        path.write_bytes(content)
        assert [problem.file for problem in verify(atlas)] == [MANIFEST_NAME]
        content[place] ^= 4


def test_a_tile_that_is_damaged_missing_or_too_many_is_named(atlas: Path) -> None:
    pyramid = Bundle.open(atlas).manifest.layers[0].grids[0].icons[0]
    folder = (atlas / pyramid.tiles.path).parent
    names = [path.relative_to(atlas).as_posix() for path in sorted(folder.rglob("*.webp"))][:3]
    content = bytearray((atlas / names[0]).read_bytes())
    content[-1] ^= 1
    (atlas / names[0]).write_bytes(content)
    (atlas / names[1]).unlink()
    extra = (folder / "0" / "9_9.webp").relative_to(atlas).as_posix()
    (atlas / extra).write_bytes(b"x")
    assert {problem.file for problem in verify(atlas)} == {names[0], names[1], extra}


def swap(values: np.ndarray) -> np.ndarray:
    values[[0, -2]] = values[[-2, 0]]
    return values


CELLS = ("cells", lambda manifest: manifest.layers[0].grids[1].cells)
POINTS = ("points", lambda manifest: manifest.layers[0].points)
ROWS = ("rows", lambda manifest: manifest.layers[0].rows)
ATTRIBUTION = ("attribution", lambda manifest: manifest.layers[0].grids[1].attribution)
ICONS = ("icons", lambda manifest: manifest.layers[0].grids[1].icons[0].table)
IMAGES = ("images", lambda manifest: manifest.datasets[0].images)


@pytest.mark.parametrize(
    ("table", "name", "values", "said"),
    [
        (CELLS, "count", lambda values: np.roll(values, 1), "not those of their members"),
        (CELLS, "start", put(0, 1), "do not tile"),
        (CELLS, "column", put(0, 400), "beyond the 20 × 20 grid"),
        (CELLS, "column", swap, "order|another cell"),
        (CELLS, "exemplar", lambda values: values * 0 + 10**9, "not a row of points"),
        (CELLS, "exemplar", lambda values: np.where(values >= 0, 0, values), "not a member of its cell"),
        (CELLS, "contribution", lambda values: values * 1.5, "contribute"),
        (CELLS, "p", lambda values: values + 2, "beyond 0 … 1"),
        (CELLS, "effect", put(3, np.inf), "not a number"),
        (CELLS, "top", put(0, 99), "class is beyond"),
        (CELLS, "row", put(0, -7), "beyond the 20 × 20 grid"),
        (CELLS, "effect", put(3, -1e30), "beyond ± 64"),
        (CELLS, "stop", put(0, 4e9), "do not tile"),
        (POINTS, "x", lambda values: values[::-1], "another cell|beyond the map"),
        (POINTS, "y", put(0, np.nan), "not a number"),
        (POINTS, "dataset", put(0, 200), "beyond the 3 datasets"),
        (POINTS, "image", put(0, 10**6), "beyond its dataset"),
        (POINTS, "row", put(0, 999), "row is beyond"),
        (ROWS, "row", lambda values: np.roll(values, 1), "not that of its point"),
        (ROWS, "row", put(0, 0), "each row of points once|not that of its point"),
        (ROWS, "image", put(5, 0), "not sorted"),
        (ATTRIBUTION, "label", put(0, 12), "beyond the 12"),
        (ATTRIBUTION, "effect", put(0, np.nan), "not a number"),
        (ATTRIBUTION, "effect", lambda values: values[::-1], "falling effect"),
        (ICONS, "column", put(0, 5000), "not occupied"),
        (IMAGES, "label", put(0, 4), "label is beyond"),
        (IMAGES, "width", put(0, 0), "no width"),
        (IMAGES, "webp", lambda values: [b"not a picture"] * len(values), "not a WebP"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else value if isinstance(value, str) else "",
)
def test_a_broken_law_is_named_with_its_file(
    atlas: Path,
    table: tuple[str, Callable[[Manifest], FileRef]],
    name: str,
    values: Callable[[np.ndarray], object],
    said: str,
) -> None:
    path = change(atlas, table[1], name, values)
    problems = verify(atlas)
    assert problems
    assert any(re.search(said, problem.message) for problem in problems), problems
    # Where points change, their cells and rows disagree with them too: each of the files concerned may be named.
    assert path in {problem.file for problem in problems} or table[0] in {"points", "cells"}


def test_grids_that_do_not_nest_are_named(atlas: Path) -> None:
    path = change(atlas, lambda manifest: manifest.layers[0].grids[0].cells, "count", lambda values: values + 1)
    problems = verify(atlas)
    finer = Bundle.open(atlas).manifest.layers[0].grids[1].cells.path
    assert {path, finer} <= {problem.file for problem in problems}
    assert any("sums of their cells" in problem.message for problem in problems)


def test_a_table_of_other_columns_is_named(atlas: Path) -> None:
    manifest = Bundle.open(atlas).manifest
    layer = manifest.layers[0]
    swapped = layer.model_copy(update={"rows": layer.points})
    write_manifest(atlas, manifest.model_copy(update={"layers": (swapped, *manifest.layers[1:])}))
    assert any("columns" in problem.message and problem.file == layer.points.path for problem in verify(atlas))


def test_cells_of_other_columns_are_named_and_not_read(atlas: Path) -> None:
    manifest = Bundle.open(atlas).manifest
    layer = manifest.layers[0]
    swapped = layer.grids[0].model_copy(update={"cells": layer.rows})
    changed = layer.model_copy(update={"grids": (swapped, *layer.grids[1:])})
    write_manifest(atlas, manifest.model_copy(update={"layers": (changed, *manifest.layers[1:])}))
    assert any("columns" in problem.message and problem.file == layer.rows.path for problem in verify(atlas))


def test_what_is_no_plain_file_is_named_and_not_waited_for(atlas: Path) -> None:
    bundle = Bundle.open(atlas)
    layer = bundle.manifest.layers[0]
    tile, _ = bundle.tile(layer.grids[0].icons[0], 0, 0, 0)
    extra = tile.replace("0_0.webp", "pipe.webp")
    for name in (layer.points.path, tile):
        (atlas / name).unlink()
        os.mkfifo(atlas / name)
    os.mkfifo(atlas / extra)
    said = {problem.file: problem.message for problem in verify(atlas)}
    assert (said[layer.points.path], said[tile]) == ("it is not a plain file",) * 2
    assert "not named" in said[extra]


def test_a_pair_of_an_unknown_dataset_is_named(atlas: Path) -> None:
    manifest = Bundle.open(atlas).manifest
    write_manifest(atlas, manifest.model_copy(update={"reference": "nobody"}))
    assert any("'nobody'" in problem.message for problem in verify(atlas))


def replace_metrics(atlas: Path, change: Callable[[dict[str, Any]], object]) -> str:
    """Change metrics.json and put it under its own digest into the manifest, so that only what it says is wrong."""
    manifest = Bundle.open(atlas).manifest
    ref = manifest.metrics
    assert ref is not None
    document = json.loads((atlas / ref.path).read_text())
    change(document)
    content = json.dumps(document).encode()
    (atlas / ref.path).write_bytes(content)
    changed = FileRef(path=ref.path, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
    write_manifest(atlas, manifest.model_copy(update={"metrics": changed}))
    return ref.path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["entries"][0].update(layer="nowhere"), "layer 'nowhere', which the manifest does not have"),
        (lambda d: d["entries"][0].update(second="nobody"), "dataset 'nobody', which the manifest does not have"),
        (lambda d: d["measures"].pop("precision"), "does not say what 'precision' is"),
        (lambda d: d["entries"][0]["figures"]["recall"].update(warnings=[]), "recall has no value and does not say why"),
        (lambda d: d["entries"][0]["figures"]["precision"].update(low=0.9), "the interval of precision is upside down"),
        (lambda d: d["entries"][0]["figures"]["precision"].update(p=2), "p of precision is beyond"),
        (
            lambda d: d["entries"][0]["figures"]["precision"].update(p_adjusted=0.005),
            "the adjusted p of precision is beyond its p",
        ),
        (lambda d: d["entries"][0]["figures"]["precision"].update(value=1.5), "precision is beyond 0"),
        (lambda d: d["entries"][0]["figures"]["precision"].update(value=math.nan), "not of the schema"),
        (lambda d: d.pop("entries"), "not of the schema"),
    ],
)
def test_metrics_that_say_something_impossible_are_named(
    atlas: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    path = replace_metrics(atlas, change)
    problems = verify(atlas)
    assert {problem.file for problem in problems} == {path}
    assert any(said in problem.message for problem in problems)
