"""What users of the viewer ask for, as lists of addresses: opening an atlas, panning, drilling into cells, searching, going on.

The addresses are those of the viewer (frontend/src/api/rest.ts), in its order and with its versions, and the tiles are those
that OpenSeadragon shows in a window of 1440 x 900. A user is a seeded random walk over them, with pauses between the steps as a
person makes them; what came once with a version is not asked for again, as a browser does not.
"""

import json
import random
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

WINDOW = (1040, 820)
"""px of the map in a window of 1440 x 900."""
PAUSES = {"open": 1.5, "pan": 0.35, "drill": 2.0, "search": 0.25, "layer": 2.5}
"""Seconds between two steps, on average."""
EXAMPLES = 24


@dataclass(frozen=True)
class Step:
    """One thing that a user does: addresses that are asked for side by side, one group after the other, and a pause."""

    kind: str
    groups: tuple[tuple[str, ...], ...]
    pause: float


class Atlas:
    """What the addresses are made of."""

    def __init__(self, base: str, name: str) -> None:
        self.root = f"/api/v1/atlases/{quote(name)}"
        self.base = base
        self.name = name
        self.view = self.get(self.root)
        self.layers = [layer for layer in self.view["layers"] if layer["grids"]]
        self.cells = {
            (layer["name"], grid["size"]): self.get(f"{self.grid(layer, grid)}/cells")
            for layer in self.layers
            for grid in layer["grids"]
        }

    def get(self, path: str) -> Any:
        """The JSON at an address."""
        with urllib.request.urlopen(self.base + path) as answer:
            return json.load(answer)

    def grid(self, layer: dict[str, Any], grid: dict[str, Any]) -> str:
        """Address of a grid."""
        return f"{self.root}/layers/{quote(layer['name'])}/grids/{grid['size']}"

    def tile(
        self, layer: dict[str, Any], grid: dict[str, Any], pyramid: dict[str, Any], level: int, column: int, row: int
    ) -> str:
        """Address of a tile."""
        folder = f"{self.grid(layer, grid)}/icons/{pyramid['kind']}/{quote(pyramid['of'])}_files"
        return f"{folder}/{level}/{column}_{row}.webp?v={pyramid['version']}"

    def tiles_in_view(
        self, layer: dict[str, Any], grid: dict[str, Any], pyramid: dict[str, Any], level: int, x: float, y: float
    ) -> tuple[str, ...]:
        """Addresses of the tiles of a level that the window shows around a point, (x, y) in 0…1."""
        top = (max(pyramid["width"], pyramid["height"]) - 1).bit_length()
        side = -(-pyramid["width"] // 2 ** (top - level))
        count = -(-side // pyramid["tile_size"])
        columns, rows = (
            range(
                max(0, int((at * side - span / 2) // pyramid["tile_size"])),
                min(count, int((at * side + span / 2) // pyramid["tile_size"]) + 1),
            )
            for at, span in ((x, WINDOW[0]), (y, WINDOW[1]))
        )
        return tuple(self.tile(layer, grid, pyramid, level, column, row) for row in rows for column in columns)


def walk(atlas: Atlas, seed: int) -> Iterator[Step]:
    """One user, without an end."""
    draw = random.Random(seed)
    layer = draw.choice(atlas.layers)
    yield from _open(atlas, draw, layer)
    while True:
        kind = draw.choices(("pan", "drill", "search", "layer"), (10, 5, 2, 2))[0]
        grid = draw.choice(layer["grids"])
        if kind == "pan":
            yield from _pan(atlas, draw, layer, grid)
        elif kind == "drill":
            yield _drill(atlas, draw, layer, grid)
        elif kind == "search":
            yield from _search(atlas, draw, layer, grid)
        else:
            layer = draw.choice(atlas.layers)
            yield _show(atlas, draw, layer, draw.choice(layer["grids"]), "layer")


def _pause(draw: random.Random, kind: str) -> float:
    return min(10 * PAUSES[kind], draw.expovariate(1 / PAUSES[kind]))


def _open(atlas: Atlas, draw: random.Random, layer: dict[str, Any]) -> Iterator[Step]:
    view = atlas.view
    divergence = (f"{atlas.root}/divergence?v={view['divergence_version']}",) if view["divergence_version"] else ()
    yield Step("open", ((f"/a/{quote(atlas.name)}",), divergence), 0.0)
    yield _show(atlas, draw, layer, layer["grids"][0], "open")


def _show(atlas: Atlas, draw: random.Random, layer: dict[str, Any], grid: dict[str, Any], kind: str) -> Step:
    """The cells of a grid and the whole map."""
    groups: list[tuple[str, ...]] = [(f"{atlas.grid(layer, grid)}/cells?v={grid['version']}",)]
    for pyramid in grid["icons"][:1]:
        level = _fitting(pyramid)
        groups += [atlas.tiles_in_view(layer, grid, pyramid, each, 0.5, 0.5) for each in (max(0, level - 2), level)]
    return Step(kind, tuple(groups), _pause(draw, kind))


def _fitting(pyramid: dict[str, Any]) -> int:
    """The level at which the whole map fills the window."""
    top = (max(pyramid["width"], pyramid["height"]) - 1).bit_length()
    side = max(pyramid["width"], pyramid["height"])
    level = top
    while level > 0 and side / 2 ** (top - level) > WINDOW[1]:
        level -= 1
    return level


def _pan(atlas: Atlas, draw: random.Random, layer: dict[str, Any], grid: dict[str, Any]) -> Iterator[Step]:
    """Zoom in somewhere and move on in small steps."""
    if not grid["icons"]:
        return
    pyramid = grid["icons"][0]
    top = (max(pyramid["width"], pyramid["height"]) - 1).bit_length()
    x, y = draw.random(), draw.random()
    for level in range(_fitting(pyramid), top + 1):
        yield Step("pan", (atlas.tiles_in_view(layer, grid, pyramid, level, x, y),), _pause(draw, "pan"))
    for _ in range(draw.randrange(3, 12)):
        x, y = (min(1.0, max(0.0, at + draw.uniform(-0.08, 0.08))) for at in (x, y))
        yield Step("pan", (atlas.tiles_in_view(layer, grid, pyramid, top, x, y),), _pause(draw, "pan"))


def _drill(atlas: Atlas, draw: random.Random, layer: dict[str, Any], grid: dict[str, Any]) -> Step:
    """A cell, its examples of each dataset, and their pictures."""
    cells = atlas.cells[layer["name"], grid["size"]]
    index = draw.randrange(len(cells["column"]))
    column, row = cells["column"][index], cells["row"][index]
    place = f"{atlas.grid(layer, grid)}/cells/" + ("outside" if column < 0 else f"{column}/{row}")
    version = f"v={layer['points_version']}"
    examples, pictures = [], []
    for dataset in atlas.view["datasets"]:
        examples.append(f"{place}/examples?dataset={quote(dataset['name'])}&order=nearest&limit={EXAMPLES}&{version}")
        if dataset["has_images"]:
            shown = (draw.randrange(dataset["count"]) for _ in range(8))
            pictures += [f"{atlas.root}/datasets/{quote(dataset['name'])}/images/{image}" for image in shown]
    return Step("drill", ((f"{place}?v={atlas.view['digest']}",), tuple(examples), tuple(pictures)), _pause(draw, "drill"))


def _search(atlas: Atlas, draw: random.Random, layer: dict[str, Any], grid: dict[str, Any]) -> Iterator[Step]:
    """A class by name, letter by letter, then where it is frequent."""
    labelled = [each["name"] for each in atlas.view["datasets"] if each["has_labels"]]
    # Labels that images came with are looked for where images have them, classes of the network anywhere.
    names, datasets = (
        (atlas.view["labels"], labelled)
        if labelled
        else (atlas.view["classes"], [each["name"] for each in atlas.view["datasets"]])
    )
    if not names:
        return
    name = draw.choice(names)
    for length in range(1, min(4, len(name)) + 1):
        yield Step("search", ((f"{atlas.root}/labels?q={quote(name[:length])}&limit=20",),), _pause(draw, "search"))
    dataset = quote(draw.choice(datasets))
    found = f"{atlas.grid(layer, grid)}/search?label={quote(name)}&dataset={dataset}&v={layer['points_version']}"
    yield Step("search", ((found,),), _pause(draw, "drill"))
