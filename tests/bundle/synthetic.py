"""A bundle of made-up but structured data, true to the schema: for tests of reading and serving, which need no torch, and for
looking at the viewer before there is a job to build atlases.

    python tests/bundle/synthetic.py OUT.atlas [--images 400] [--seed 0]

Twelve classes of drawn images (a shape on a coloured ground) lie as clusters on each layer's map. The first dataset is the
reference; `gan-a` misses one class, `gan-b` is shifted a little. Counts, slices, contributions and divergence are computed
from the points, so every law of a bundle holds.
"""

import argparse
import hashlib
import io
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ganatlas.bundle.divergence import Divergence, DivergenceEntry
from ganatlas.bundle.manifest import (
    MANIFEST_NAME,
    ClassifierInfo,
    Dataset,
    FileRef,
    Grid,
    IconKind,
    Layer,
    LayoutInfo,
    Manifest,
    Progress,
    Pyramid,
    Series,
    SkippedImage,
)
from ganatlas.bundle.metrics import FeatureKind, MetricFigure, Metrics, MetricsEntry
from ganatlas.bundle.tables import (
    ATTRIBUTION,
    BASE,
    FINEST,
    ICONS,
    IMAGES,
    OUTSIDE,
    POINTS,
    REDUCED,
    ROWS,
    SCORES,
    cells_schema,
    neighbours_schema,
)

CLASSES = (
    "church", "house", "barn", "castle", "lighthouse", "windmill", "tower block", "bridge", "boat", "balloon", "pagoda", "none",
)  # fmt: skip
SEASONS = ("spring", "summer", "autumn", "winter")
TILE = 512
ICON_SIZES = {10: 64, 20: 48, 40: 32, 80: 24}


@dataclass(frozen=True)
class Plan:
    """What to write."""

    datasets: tuple[str, ...] = ("real", "gan-a", "gan-b")
    layers: tuple[str, ...] = ("early", "middle", "late")
    sizes: tuple[int, ...] = (10, 20, 40)
    images: int = 400
    side: int = 48
    positions: int = 1
    seed: int = 0
    pyramids: bool = True
    metrics: bool = True
    complete: bool = True


def write_synthetic_bundle(folder: Path, plan: Plan = Plan()) -> Manifest:
    """Write a bundle and return its manifest. The same plan gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(plan.seed)
    classes = [_draw_classes(plan, index, rng) for index in range(len(plan.datasets))]
    pictures = [[_picture(int(label), plan.side, rng) for label in labels] for labels in classes]
    datasets = [_write_images(folder, name, pictures[index], classes[index], plan) for index, name in enumerate(plan.datasets)]
    pairs = tuple((plan.datasets[0], other) for other in plan.datasets[1:])
    entries: list[DivergenceEntry] = []
    layers = tuple(
        _write_layer(folder, name, depth, classes, pictures, plan, rng, entries) for depth, name in enumerate(plan.layers)
    )
    divergence = _put(
        folder, "divergence.json", Divergence(measures=MEASURES, entries=tuple(entries)).model_dump_json(indent=1).encode()
    )
    heat = {measure: _put(folder, f"divergence-{measure}.png", _heat_png(measure, entries, plan)) for measure in ("kl", "js")}
    manifest = Manifest(
        name="synthetic",
        title="A made-up atlas",
        status="complete" if plan.complete else "building",
        progress=None if plan.complete else Progress(step="icons of late, grid 40", done=7, total=9),
        seed=plan.seed,
        positions_per_image=plan.positions,
        min_count=5,
        min_test=10,
        fdr=0.05,
        datasets=tuple(datasets),
        reference=plan.datasets[0],
        pairs=pairs,
        labels=SEASONS,
        classifier=ClassifierInfo(
            name="world:made-up",
            digest=hashlib.sha256(b"made up").hexdigest(),
            input_size=plan.side,
            resize=plan.side,
            interpolation="bilinear",
            mean=(0.5, 0.5, 0.5),
            std=(0.25, 0.25, 0.25),
            classes=CLASSES,
        ),
        layers=layers,
        divergence=divergence,
        divergence_pictures=heat,  # type: ignore[arg-type]
        metrics=_put(folder, "metrics.json", _metrics(plan).model_dump_json().encode()) if plan.metrics else None,
        warnings=("gan-b is stored as JPEG, real as PNG: the earliest layers may show the difference of formats.",),
        parameters={"preset": "preview", "layout": {"n_neighbors": 50}},
        versions={"ganatlas": "0.1.0", "numpy": np.__version__},
    )
    return write_manifest(folder, manifest)


def write_manifest(folder: Path, manifest: Manifest) -> Manifest:
    """Replace the manifest atomically, with its digest."""
    manifest = manifest.with_digest()
    temporary = folder / ".manifest.tmp"
    temporary.write_text(manifest.model_dump_json(indent=1))
    temporary.replace(folder / MANIFEST_NAME)
    return manifest


MEASURES = {
    "js": "Balanced Jensen-Shannon divergence, bits",
    "js_corrected": "js minus its permutation mean, bits",
    "kl": "KL(first || second) with pseudo-counts, nats",
    "kl_reverse": "KL(second || first) with pseudo-counts, nats",
}


def _metrics(plan: Plan) -> Metrics:
    """Made-up figures of every pair and layer, of the last layer's means by class, and of the reference against itself."""
    n = plan.images
    few = "recall: 7 samples a set are few for k = 3; better 300 or more"

    def entry(features: FeatureKind, layer: str, second: str, label: str | None = None) -> MetricsEntry:
        depth, number = plan.layers.index(layer) + 1, plan.datasets.index(second)
        distance = 12.5 * depth + number
        figures = {
            "frechet_distance": MetricFigure(value=distance, n=n, m=n, low=distance - 1, high=distance + 1, floor=2.0),
            "kernel_distance": MetricFigure(value=0.01 * number, n=n, m=n, low=-0.001, high=0.03, p=0.005, spread=0.002),
            "precision": MetricFigure(
                value=_flags(n, number).mean(),
                n=n,
                m=n,
                low=0.7,
                high=0.8,
                baseline=0.875,
                at_baseline=0.7,
                baseline_n=n // 2,
                p=0.01,
            ),
            "recall": MetricFigure(value=None, n=n, m=n, warnings=(few,)),
        }
        source: Literal["predicted"] | None = "predicted" if label else None
        return MetricsEntry(
            layer=layer, features=features, first=plan.datasets[0], second=second, is_self=number == 0, label=label,
            label_source=source, dimension=32, figures=figures,
        )  # fmt: skip

    entries = [entry("position", layer, name) for layer in plan.layers for name in (*plan.datasets[1:], plan.datasets[0])]
    for name in plan.datasets[1:]:
        entries += [entry("pooled", plan.layers[-1], name, label) for label in (None, "boat", "castle")]
    measures = {name: f"{name}, made up" for name in entries[0].figures}
    return Metrics(measures=measures, k_precision=3, k_density=5, permutations=199, held_out=None, entries=tuple(entries))


def _flags(n: int, number: int) -> NDArray[np.int8]:
    """One image in four is in no ball, or has none in its own; which ones differs from set to set."""
    return ((np.arange(n) + number) % 4 > 0).astype(np.int8)


def _scores(folder: Path, name: str, plan: Plan) -> FileRef:
    """Made-up scores of a dataset's images; the first is a copy, the last was not looked at."""
    n = plan.images
    index = np.arange(n)
    unseen = index == n - 1
    columns: dict[str, object] = {
        "realism": 0.5 + index / n,
        "density": (index % 7) / 5,
        "distance": 1.0 + index,
        "ratio": 0.1 + index / n,
    }
    columns |= {"pixel_distance": 1.0 + index[::-1], "pixel_ratio": 0.1 + index[::-1] / n}
    columns = {key: np.where(unseen, np.nan, value) for key, value in columns.items()}
    columns |= {key: np.where(unseen, -1, (index + 1) % n) for key in ("nearest", "pixel_nearest")}
    return _put(folder, f"datasets/{name}/scores.arrow", _arrow(columns, SCORES))


def _neighbours(
    dataset: NDArray[np.int64], image: NDArray[np.int64], position: NDArray[np.int64], plan: Plan
) -> dict[str, object]:
    """Made-up flags of the points at the first positions; `precision` of the metrics counts them."""
    seen, sets = position == 0, len(plan.datasets)
    inside = np.concatenate([_flags(plan.images, number) for number in range(sets)])[dataset * plan.images + image]
    both = np.stack([_flags(plan.images, number)[image] for number in range(sets)], axis=1)
    both = np.where((seen & (dataset == 0))[:, None] & (np.arange(sets) > 0), both, -1)
    return {
        "distance": np.where(seen, 1 + (image % 5) + dataset, np.nan),
        "density": np.where(seen, (image % 7) / 5, np.nan),
        "inside": np.where(seen, inside, -1),
        "authentic": np.where(seen, 1 - inside, -1),
        "covered": both.astype(np.int8),
        "recalled": both.astype(np.int8),
    }


def _put(folder: Path, name: str, content: bytes) -> FileRef:
    sha256 = hashlib.sha256(content).hexdigest()
    path = Path(name)
    relative = path.with_name(f"{path.stem}-{sha256[:8]}{path.suffix}").as_posix()
    target = folder / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return FileRef(path=relative, bytes=len(content), sha256=sha256)


def _arrow(columns: dict[str, object], schema: pa.Schema) -> bytes:
    arrays = []
    for field in schema:
        value = columns[field.name]
        if pa.types.is_fixed_size_list(field.type):
            flat = np.ascontiguousarray(value).reshape(-1)
            arrays.append(pa.FixedSizeListArray.from_arrays(pa.array(flat, field.type.value_type), field.type.list_size))
        else:
            arrays.append(pa.array(value, field.type))
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, schema) as writer:
        writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
    return sink.getvalue()


def _draw_classes(plan: Plan, dataset: int, rng: np.random.Generator) -> NDArray[np.int64]:
    weights = np.ones(len(CLASSES))
    if dataset == 1:
        weights[4] = 0.0  # no lighthouses
    return rng.choice(len(CLASSES), plan.images, p=weights / weights.sum())


def _picture(label: int, side: int, rng: np.random.Generator) -> Image.Image:
    season = int(rng.integers(len(SEASONS)))
    sky = tuple(int(v) for v in np.clip(np.array([(190, 215, 245), (120, 180, 250), (230, 190, 150), (205, 215, 225)][season])
                                        + rng.integers(-25, 25, 3), 0, 255))  # fmt: skip
    ground = [(120, 180, 90), (80, 150, 60), (180, 120, 60), (235, 240, 245)][season]
    image = Image.new("RGB", (4 * side, 3 * side) if label == 7 else (3 * side, 3 * side), sky)
    width, height = image.size
    draw = ImageDraw.Draw(image)
    horizon = int(height * rng.uniform(0.55, 0.75))
    draw.rectangle((0, horizon, width, height), fill=ground)
    x, size = width * rng.uniform(0.3, 0.7), height * rng.uniform(0.18, 0.3)
    colour = tuple(int(v) for v in np.array(_hue(label / len(CLASSES))) * rng.uniform(0.75, 1))
    corners = 3 + label % 6
    angles = 2 * np.pi * np.arange(corners) / corners + label
    points = list(zip((x + size * np.cos(angles)).tolist(), (horizon - size * (0.6 - np.sin(angles))).tolist(), strict=True))
    draw.polygon(points, fill=colour, outline=(40, 40, 50))
    picture = image.resize((width // 3, height // 3), Image.Resampling.LANCZOS)
    picture.info["season"] = season
    return picture


def _hue(value: float) -> tuple[int, int, int]:
    return tuple(int(127 + 120 * math.cos(2 * math.pi * (value + shift))) for shift in (0.0, 1 / 3, 2 / 3))  # type: ignore[return-value]


def _write_images(folder: Path, name: str, pictures: list[Image.Image], labels: NDArray[np.int64], plan: Plan) -> Dataset:
    encoded = []
    for picture in pictures:
        buffer = io.BytesIO()
        picture.save(buffer, "WEBP", lossless=True, quality=20, method=0)
        encoded.append(buffer.getvalue())
    given = name == plan.datasets[0]
    sizes: dict[str, int] = {}
    for picture in pictures:
        key = f"{picture.width * 2} x {picture.height * 2}"
        sizes[key] = sizes.get(key, 0) + 1
    columns = {
        "name": [f"{CLASSES[label]}/{index:05d}.png" for index, label in enumerate(labels)],
        "label": [picture.info["season"] if given else -1 for picture in pictures],
        "width": [picture.width * 2 for picture in pictures],
        "height": [picture.height * 2 for picture in pictures],
        "webp": encoded,
    }
    return Dataset(
        name=name,
        title=name.replace("-", " ").title(),
        count=len(pictures),
        source=f"images/{name}",
        images=_put(folder, f"datasets/{name}/images.arrow", _arrow(columns, IMAGES)),
        has_labels=given,
        formats={"PNG" if name != "gan-b" else "JPEG quality 75": len(pictures)},
        sizes=sizes,
        skipped_count=1 if given else 0,
        skipped=(SkippedImage(name="broken.png", reason="not an image"),) if given else (),
        scores=_scores(folder, name, plan) if plan.metrics else None,
        series=None if given else Series(name="step", value=1000.0 * plan.datasets.index(name)),
    )


def _write_layer(
    folder: Path,
    name: str,
    depth: int,
    classes: list[NDArray[np.int64]],
    pictures: list[list[Image.Image]],
    plan: Plan,
    rng: np.random.Generator,
    entries: list[DivergenceEntry],
) -> Layer:
    counts = [len(labels) for labels in classes]
    repeat = plan.positions
    dataset = np.repeat(np.arange(len(counts)), [n * repeat for n in counts])
    image = np.concatenate([np.repeat(np.arange(n), repeat) for n in counts])
    position = np.tile(np.arange(repeat), sum(counts))
    top = np.repeat(np.concatenate(classes), repeat)
    centres = np.stack([0.5 + 0.36 * np.cos(_angles(depth)), 0.5 + 0.36 * np.sin(_angles(depth))], axis=1)
    spread = 0.11 - 0.03 * depth / max(1, len(plan.layers) - 1)
    xy = centres[top] + rng.normal(0, spread, (len(top), 2))
    xy[dataset == 2] += 0.03 * (3 - depth)  # gan-b is shifted, most in early layers
    xy = xy.astype(np.float32)
    code = _morton(xy)
    order = np.lexsort((np.arange(len(code)), code))
    dataset, image, position, top, xy, code = (array[order] for array in (dataset, image, position, top, xy, code))
    features = np.concatenate([np.cos(3 * xy), np.sin(5 * xy), rng.normal(0, 0.2, (len(xy), 4))], axis=1)
    reduced = np.zeros((len(xy), REDUCED), np.float16)
    reduced[:, : features.shape[1]] = features
    feature_side = max(4, plan.side // (4 << depth))
    at = rng.integers(1, feature_side - 1, (len(xy), 2))
    points = {
        "x": xy[:, 0], "y": xy[:, 1], "dataset": dataset, "image": image, "position": position, "row": at[:, 0],
        "column": at[:, 1], "top": top, "reduced": reduced,
    }  # fmt: skip
    back = np.lexsort((position, image, dataset))
    rows = {"dataset": dataset[back], "image": image[back], "position": position[back], "row": back}
    outside = int((code == OUTSIDE_CODE).sum())
    grids = []
    coarser: dict[tuple[str, str], float] = {}
    for size in plan.sizes:
        grids.append(_write_grid(folder, name, size, code, dataset, top, reduced, image, pictures, plan, rng, entries, coarser))
    return Layer(
        name=name,
        channels=64 << depth,
        height=feature_side,
        width=feature_side,
        stride=plan.side / feature_side,
        offset=plan.side / feature_side / 2,
        receptive_field=plan.side * (0.2 + 0.2 * depth),
        points=_put(folder, f"layers/{name}/points.arrow", _arrow(points, POINTS)),
        rows=_put(folder, f"layers/{name}/rows.arrow", _arrow(rows, ROWS)),
        point_count=len(xy),
        outside_count=outside,
        layout=LayoutInfo(
            method="made up",
            parameters={"n_neighbors": 50},
            trustworthiness=0.98 - 0.01 * depth,
            continuity=0.97,
            stability=None,
            extent=(0.0, 0.0, 1.0),
            alignment=(1.0, 0.0, 0.0, 1.0),
        ),
        grids=tuple(grids),
        neighbours=_put(
            folder,
            f"layers/{name}/neighbours.arrow",
            _arrow(_neighbours(dataset, image, position, plan), neighbours_schema(len(plan.datasets))),
        )
        if plan.metrics
        else None,
    )


def _angles(depth: int) -> NDArray[np.float64]:
    return 2 * np.pi * (np.arange(len(CLASSES)) * (1 + 4 * (depth % 2)) % len(CLASSES)) / len(CLASSES) + 0.2 * depth


OUTSIDE_CODE = BASE * BASE << 10


def _morton(xy: NDArray[np.float32]) -> NDArray[np.int64]:
    inside = np.all((xy >= 0) & (xy < 1), axis=1)
    cell = np.floor(np.where(inside[:, None], xy, 0).astype(np.float64) * FINEST).astype(np.int64)
    base = (cell[:, 1] // 32) * BASE + cell[:, 0] // 32
    local = np.zeros(len(xy), np.int64)
    for bit in range(5):
        local |= (cell[:, 0] % 32 >> bit & 1) << (2 * bit) | (cell[:, 1] % 32 >> bit & 1) << (2 * bit + 1)
    return np.where(inside, base << 10 | local, OUTSIDE_CODE)


def _write_grid(
    folder: Path,
    layer: str,
    size: int,
    code: NDArray[np.int64],
    dataset: NDArray[np.int64],
    top: NDArray[np.int64],
    reduced: NDArray[np.float16],
    image: NDArray[np.int64],
    pictures: list[list[Image.Image]],
    plan: Plan,
    rng: np.random.Generator,
    entries: list[DivergenceEntry],
    coarser: dict[tuple[str, str], float],
) -> Grid:
    level = (FINEST // size).bit_length() - 1
    at_size = code >> (2 * level)
    start = np.flatnonzero(np.r_[True, np.diff(at_size) != 0])
    stop = np.r_[start[1:], len(code)]
    column, row = _places(code[start], size)
    order = np.lexsort((column, row, column == OUTSIDE))
    start, stop, column, row = start[order], stop[order], column[order], row[order]
    count = np.stack(
        [[int((dataset[a:b] == d).sum()) for d in range(len(plan.datasets))] for a, b in zip(start, stop, strict=True)]
    )
    vectors = reduced.astype(np.float32)
    exemplar = np.full(count.shape, -1, np.int64)
    spread = np.zeros(len(start), np.float32)
    for cell, (a, b) in enumerate(zip(start, stop, strict=True)):
        mean = vectors[a:b].mean(axis=0)
        cosine = vectors[a:b] @ mean / (np.linalg.norm(vectors[a:b], axis=1) * np.linalg.norm(mean) + 1e-9)
        spread[cell] = 1 - cosine.mean()
        for d in range(len(plan.datasets)):
            members = np.flatnonzero(dataset[a:b] == d)
            if len(members):
                exemplar[cell, d] = a + members[np.argmax(cosine[members])]
    tops = np.array([np.bincount(top[a:b]).argmax() for a, b in zip(start, stop, strict=True)])
    columns = {
        "column": column, "row": row, "start": start, "stop": stop, "count": count, "exemplar": exemplar, "top": tops,
        "spread": spread, **_compare(layer, size, count, plan, rng, entries, coarser),
    }  # fmt: skip
    labels = [np.unique(top[a:b]) for a, b in zip(start, stop, strict=True)]
    triples = []
    for cell, present in enumerate(labels):
        here = top[start[cell] : stop[cell]]
        effects = {int(label): 3 * float((here == label).mean()) + rng.normal(0, 0.1) for label in present}
        for label, effect in sorted(effects.items(), key=lambda item: -item[1]):
            triples.append((int(column[cell]), int(row[cell]), label, effect, min(16, len(here))))
    attribution = dict(zip(("column", "row", "label", "effect", "members"), zip(*triples, strict=True), strict=True))
    prefix = f"layers/{layer}/grids/{size}"
    pyramids = []
    if plan.pyramids:
        of: list[tuple[str, NDArray[np.int64]]] = [("joint", exemplar.max(axis=1))]
        of += [(name, exemplar[:, d]) for d, name in enumerate(plan.datasets)]
        wanted = (count.sum(axis=1) >= 5) & (column != OUTSIDE)
        for name, chosen in of:
            points = np.where(wanted, chosen, -1)
            places = (size, column, row)
            pyramids.append(_write_pyramid(folder, f"{prefix}/icons", name, places, points, dataset, image, pictures, rng))
    return Grid(
        size=size,
        cells=_put(folder, f"{prefix}/cells.arrow", _arrow(columns, cells_schema(len(plan.datasets), len(plan.datasets) - 1))),
        occupied=int((column != OUTSIDE).sum()),
        attribution=_put(folder, f"{prefix}/attribution.arrow", _arrow(attribution, ATTRIBUTION)),
        icons=tuple(pyramids),
    )


def _places(code: NDArray[np.int64], size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    base, local = code >> 10, code & 1023
    column, row = base % BASE * 32, base // BASE * 32
    for bit in range(5):
        column = column + ((local >> (2 * bit) & 1) << bit)
        row = row + ((local >> (2 * bit + 1) & 1) << bit)
    outside = code == OUTSIDE_CODE
    scale = FINEST // size
    return np.where(outside, OUTSIDE, column // scale), np.where(outside, OUTSIDE, row // scale)


def _compare(
    layer: str,
    size: int,
    count: NDArray[np.int64],
    plan: Plan,
    rng: np.random.Generator,
    entries: list[DivergenceEntry],
    coarser: dict[tuple[str, str], float],
) -> dict[str, NDArray[np.float64]]:
    found: dict[str, list[NDArray[np.float64]]] = {"contribution": [], "effect": [], "p": [], "q": []}
    for other in range(1, len(plan.datasets)):
        a, b = count[:, 0], count[:, other]
        n, m, t = a.sum(), b.sum(), a + b
        contribution = _contribution(a / n, b / m)
        js = float(contribution.sum())
        null = [_contribution(d / n, (t - d) / m).sum() for d in rng.multivariate_hypergeometric(t, n, 19)]
        z = (a / n - b / m) / np.sqrt(np.maximum(t, 1) / (n + m) * (1 / n + 1 / m))
        p = np.where(t >= 10, np.array([math.erfc(abs(value) / math.sqrt(2)) for value in z]), np.nan)
        q = _benjamini_hochberg(p)
        found["contribution"].append(contribution * np.sign(a / n - b / m))
        found["effect"].append(np.log2(((a + 0.5) / (n + 1)) / ((b + 0.5) / (m + 1))))
        found["p"].append(p)
        found["q"].append(q)
        occupied = int((t > 0).sum())
        pair = (plan.datasets[0], plan.datasets[other])
        kl = [_kl(a, b, t, occupied), _kl(b, a, t, occupied)]
        mean, sd = float(np.mean(null)), float(np.std(null))
        entry = DivergenceEntry(
            layer=layer, size=size, first=pair[0], second=pair[1], is_self=False, n=int(n), m=int(m), occupied=occupied,
            points_per_cell=float(t.sum() / occupied), valid=bool(t.sum() / occupied >= 5), js=js, js_null_mean=mean,
            js_null_sd=sd, js_corrected=js - mean, js_low=js - mean - 2 * sd, js_high=js - mean + 2 * sd, z=(js - mean) / sd,
            p=(1 + sum(value >= js for value in null)) / 20, permutations=19, kl=kl[0], kl_reverse=kl[1],
            js_within=js - coarser.get(pair, 0.0), significant=int(np.nansum(q < 0.05)), tested=int((t >= 10).sum()),
        )  # fmt: skip
        entries.append(entry)
        coarser[pair] = js
    half = replace_entry(entries[-1], plan.datasets[0])
    entries.append(half)
    return {name: np.stack(values, axis=1) for name, values in found.items()}


def replace_entry(entry: DivergenceEntry, reference: str) -> DivergenceEntry:
    """A made-up row of the reference against itself, from the null of another."""
    return entry.model_copy(
        update={"first": reference, "second": reference, "is_self": True, "js": entry.js_null_mean, "js_corrected": 0.0,
                "js_low": -entry.js_null_sd, "js_high": entry.js_null_sd, "z": 0.0, "p": 0.5, "kl": 0.0, "kl_reverse": 0.0,
                "significant": 0, "js_within": 0.0}
    )  # fmt: skip


def _contribution(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    r = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p > 0, p * np.log2(p / r), 0) + np.where(q > 0, q * np.log2(q / r), 0)
    return np.asarray(terms / 2)


def _kl(a: NDArray[np.int64], b: NDArray[np.int64], t: NDArray[np.int64], occupied: int) -> float:
    pseudo = occupied / 2 * t / t.sum()
    p, q = (a + pseudo) / (a + pseudo).sum(), (b + pseudo) / (b + pseudo).sum()
    keep = p > 0
    return float((p[keep] * np.log(p[keep] / q[keep])).sum())


def _benjamini_hochberg(p: NDArray[np.float64]) -> NDArray[np.float64]:
    q = np.full(len(p), np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested])]
    ranked = p[order] * len(order) / np.arange(1, len(order) + 1)
    q[order] = np.minimum(1, np.minimum.accumulate(ranked[::-1])[::-1])
    return q


def _write_pyramid(
    folder: Path,
    prefix: str,
    of: str,
    places: tuple[int, NDArray[np.int64], NDArray[np.int64]],
    chosen: NDArray[np.int64],
    dataset: NDArray[np.int64],
    image: NDArray[np.int64],
    pictures: list[list[Image.Image]],
    rng: np.random.Generator,
) -> Pyramid:
    """places: grid size, columns and rows of the cells. chosen: row of points of each cell's exemplar, -1 for none."""
    kind: IconKind = "exemplar"
    size, column, row = places
    icon = ICON_SIZES[size]
    side = size * icon
    canvas = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    cells = np.flatnonzero(chosen >= 0)
    for cell in cells:
        point = int(chosen[cell])
        picture = pictures[int(dataset[point])][int(image[point])].resize((icon, icon))
        canvas.paste(picture, (int(column[cell]) * icon, int(row[cell]) * icon))
    tiles: dict[str, bytes] = {}
    top = math.ceil(math.log2(side))
    level_image = canvas
    for level in range(top, -1, -1):
        if level < top:
            level_image = level_image.resize((max(1, -(-level_image.width // 2)), max(1, -(-level_image.height // 2))))
        for y in range(0, level_image.height, TILE):
            for x in range(0, level_image.width, TILE):
                buffer = io.BytesIO()
                tile = level_image.crop((x, y, min(x + TILE, level_image.width), min(y + TILE, level_image.height)))
                tile.save(buffer, "WEBP", quality=80, method=0)
                tiles[f"{level}/{x // TILE}_{y // TILE}.webp"] = buffer.getvalue()
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(tiles.items())).encode()
    digest = hashlib.sha256(sums).hexdigest()
    stem = f"{prefix}/{kind}/{of}-{digest[:8]}"
    for name, content in [*tiles.items(), ("SHA256SUMS", sums)]:
        target = folder / f"{stem}_files" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    dzi = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" Format="webp" '
        f'Overlap="0" TileSize="{TILE}"><Size Width="{side}" Height="{side}"/></Image>\n'
    ).encode()
    (folder / f"{stem}.dzi").write_bytes(dzi)
    table = {"column": column[cells], "row": row[cells], "faithfulness": rng.uniform(0.2, 0.9, len(cells))}
    return Pyramid(
        kind=kind,
        of=of,
        dzi=FileRef(path=f"{stem}.dzi", bytes=len(dzi), sha256=hashlib.sha256(dzi).hexdigest()),
        tiles=FileRef(path=f"{stem}_files/SHA256SUMS", bytes=len(sums), sha256=digest),
        table=_put(folder, f"{prefix}/{kind}/{of}.arrow", _arrow(table, ICONS)),
        width=side,
        height=side,
        tile_size=TILE,
        icon_size=icon,
        icons=len(cells),
    )


def _heat_png(measure: str, entries: list[DivergenceEntry], plan: Plan) -> bytes:
    image = Image.new("L", (60 * len(plan.layers), 60 * len(plan.sizes)))
    for entry in entries:
        value = entry.kl if measure == "kl" else entry.js
        x, y = plan.layers.index(entry.layer) * 60, plan.sizes.index(entry.size) * 60
        image.paste(int(255 * min(1.0, max(0.0, value))), (x, y, x + 60, y + 60))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write a made-up atlas.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--images", type=int, default=Plan.images)
    parser.add_argument("--seed", type=int, default=Plan.seed)
    parser.add_argument("--side", type=int, default=Plan.side)
    parser.add_argument("--positions", type=int, default=Plan.positions)
    parser.add_argument("--building", action="store_true", help="as if the build were still going on")
    given = parser.parse_args()
    written = write_synthetic_bundle(
        given.out,
        replace(
            Plan(),
            images=given.images,
            seed=given.seed,
            side=given.side,
            positions=given.positions,
            complete=not given.building,
        ),
    )
    print(f"{given.out}: {len(written.datasets)} datasets, {len(written.layers)} layers")
