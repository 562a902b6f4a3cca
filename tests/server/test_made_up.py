"""Atlases whose digests agree and whose tables make no sense: a reason or an answer, never a failure of the server."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from changing import change, replace_file, table_bytes, with_column
from serving import API, GRID, SMALL, Serve
from synthetic import write_synthetic_bundle
from test_damage import addresses

from ganatlas.bundle.manifest import FileRef, Manifest
from ganatlas.bundle.reader import Bundle
from ganatlas.bundle.verify import verify


def tables_of(manifest: Manifest) -> dict[str, FileRef]:
    """One of each kind."""
    layer, dataset = manifest.layers[0], manifest.datasets[0]
    grid = layer.grids[0]
    found = {
        "images": dataset.images,
        "scores": dataset.scores,
        "points": layer.points,
        "rows": layer.rows,
        "neighbours": layer.neighbours,
        "cells": grid.cells,
        "attribution": grid.attribution,
        "icons": grid.icons[0].table,
    }
    return {name: ref for name, ref in found.items() if ref is not None}


def senseless(table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """The table without rows, without half of them, and with each column full of the least, the greatest and no number."""
    yield "no rows", table.slice(0, 0)
    yield "half of the rows", table.slice(0, table.num_rows // 2)
    for field in table.schema:
        kind = field.type.value_type if pa.types.is_fixed_size_list(field.type) else field.type
        if pa.types.is_integer(kind):
            limits = np.iinfo(kind.to_pandas_dtype())
            values: list[object] = [limits.min, limits.max]
        elif pa.types.is_floating(kind):
            values = [float("nan"), float("inf"), -6e4]
        elif pa.types.is_large_binary(kind):
            values = [b"", b"RIFF\0\0\0\0WEBPVP8 and no more"]
        else:
            values = ["", "\x1b[2J"]
        for value in values:
            yield f"{field.name}: {value!r}", with_column(table, field.name, lambda old, value=value: [value] * len(old))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made-up") / "made-up.atlas"
    write_synthetic_bundle(folder, replace(SMALL, datasets=("real", "gan"), images=40, layers=("early",), positions=1))
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["images", "scores", "points", "rows", "neighbours", "cells", "attribution", "icons"])
def test_whatever_a_table_says_verify_ends_and_no_request_fails(serve: Serve, small: Path, tmp_path: Path, kind: str) -> None:
    cells = Bundle.open(small).grid("early", 10)
    asked = [*addresses(int(cells.cells("column")[0]), int(cells.cells("row")[0])), "/", "/a/made-up", "/a/made-up/report"]
    ref = tables_of(Bundle.open(small).manifest)[kind]
    table = pa.ipc.open_file(small / ref.path).read_all()
    for number, (what, changed) in enumerate(senseless(table)):
        atlas = tmp_path / str(number) / "made-up.atlas"
        shutil.copytree(small, atlas, copy_function=os.link)
        for name in (ref.path, "manifest.json"):
            (atlas / name).unlink()
            shutil.copyfile(small / name, atlas / name)
        replace_file(atlas, ref, table_bytes(changed))
        verify(atlas)
        client = serve(atlas, cache_mb=0)
        answers = {address: client.get(address).status_code for address in asked}
        selection = {"polygon": [[0, 0], [1, 0], [1, 1]], "layers": ["early"]}
        answers["selection"] = client.post(f"{API}/layers/early/selection", json=selection).status_code
        assert set(answers.values()) <= {200, 404, 503}, (what, answers)


@pytest.mark.parametrize(
    ("kind", "name", "value", "said", "address"),
    [
        ("cells", "stop", 2**32 - 1, "do not tile", f"{GRID}/cells"),
        ("points", "image", 10**6, "image index is beyond", f"{API}/layers/early/points"),
        ("rows", "row", 10**6, "not each row of points", f"{API}/datasets/real/images/3/trace"),
        ("scores", "nearest", 10**6, "nearest is beyond", f"{API}/datasets/real/nearest"),
        ("attribution", "label", -1, "class is beyond", f"{GRID.replace('20', '10')}/attribution?label=boat"),
        ("images", "webp", b"RIFF    WEBP", "cannot be decoded", f"{API}/datasets/real/images/3/patch?layer=early"),
    ],
)
def test_a_table_that_leads_nowhere_is_503_with_the_reason_and_its_file(
    serve: Serve, atlas: Path, kind: str, name: str, value: object, said: str, address: str
) -> None:
    pick = {"cells": lambda manifest: manifest.layers[0].grids[1].cells}.get(kind, lambda manifest: tables_of(manifest)[kind])
    path = change(atlas, pick, name, lambda old: [value] * len(old))
    answer = serve(atlas).get(address)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["detail"]["file"]) == (503, "damaged", path)
    assert said in error["message"]


@pytest.mark.parametrize("what", ["divergence", "metrics"])
def test_a_document_of_another_schema_is_503_with_its_file(serve: Serve, atlas: Path, what: str) -> None:
    ref = getattr(Bundle.open(atlas).manifest, what)
    content = (atlas / ref.path).read_bytes().replace(b'"entries"', b'"of_a_later_day"', 1)
    replace_file(atlas, ref, content)
    for address in (f"{API}/{what}", *([f"{API}/divergence.svg"] if what == "divergence" else [])):
        answer = serve(atlas).get(address)
        assert (answer.status_code, answer.json()["error"]["detail"]["file"]) == (503, ref.path)
    assert serve(atlas).get("/").status_code == 200
