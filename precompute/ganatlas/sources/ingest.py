"""Step 1: a source of images -> images.arrow (what the viewer shows) and what was learnt of the files on the way.

Images are decoded in worker processes, in shards. A shard is one file, written under another name and renamed, and is kept
until all are done: a killed ingest goes on at the first missing shard. The bytes do not depend on the number of workers.

Data flow: `open_source` -> `ingest` -> `ClassifierInputs` (pixels for the network) and the bundle's datasets.
"""

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ganatlas.bundle.tables import IMAGES
from ganatlas.errors import InputError
from ganatlas.mapped import new_array
from ganatlas.processes import worker_pool

from .base import Source
from .matching import MatchSettings
from .shards import Shard, ShardJob, make_shard, read_shard

SHARD = 512
BATCH = 1024
PIXELS = "pixels.npy"
_MOST_PIXELS = 4 * 2**30
LISTED = 100
_IN_PROCESS = 512  # below this many images, starting workers takes longer than the work


@dataclass(frozen=True)
class Ingested:
    """A dataset on disk. images: the Arrow file. kept: int64, index into the source of each row.

    formats, sizes: images by format and by 'width x height' of the original, most frequent first (sizes: ten and 'other').
    skipped: (name, reason) of the first 100 unusable images. lossless_to: longer side up to which the stored pixels are exact.
    digest: of the source and every setting; equal digests mean equal files.
    """

    images: Path
    kept: NDArray[np.int64]
    source: str
    has_labels: bool
    formats: dict[str, int]
    sizes: dict[str, int]
    skipped: tuple[tuple[str, str], ...]
    skipped_count: int
    lossless_to: int
    match: MatchSettings | None
    digest: str

    @property
    def count(self) -> int:
        """Images in the dataset."""
        return len(self.kept)


@dataclass(frozen=True)
class IngestSettings:
    """How images are stored.

    max_side: longer side above which they are reduced, px. lossless_to: longer side up to which they are stored exactly, px.
    allow_skipped: share of unusable images that is accepted, 0 to 1. match: see `MatchSettings`.
    """

    max_side: int = 256
    lossless_to: int = 64
    allow_skipped: float = 0.01
    match: MatchSettings | None = None


def ingest(
    source: Source,
    out: Path,
    labels: Sequence[str],
    settings: IngestSettings | None = None,
    *,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Ingested:
    """Write `out`/images.arrow and `out`/images.json, or return what an earlier call with the same inputs wrote.

    Args:
        source: of the images.
        out: folder of this dataset in the workspace.
        labels: the atlas's vocabulary (`vocabulary(sources)`), which labels become indices into.
        settings: how they are stored; the defaults where None.
        workers: processes; as many as processors by default.
        progress: called with (images done, all images).

    Raises:
        InputError: more images are unusable than allowed, or none is usable.
    """
    settings = settings or IngestSettings()
    digest = _digest(source, labels, settings)
    if (done := load_ingested(out)) is not None and done.digest == digest:
        return done
    entries = source.entries()
    folder = out / f"shards-{digest[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [
        ShardJob(
            source,
            folder / f"{start // SHARD:06d}.arrow",
            start,
            tuple(entries[start : start + SHARD]),
            tuple(labels),
            settings,
        )
        for start in range(0, len(entries), SHARD)
    ]
    shards = []
    for shard in _run(jobs, workers, len(entries)):
        shards.append(shard)
        _refuse_many_skipped(shards, source, settings, len(entries), final=False)
        if progress is not None:
            progress(sum(part.size for part in shards), len(entries))
    _refuse_many_skipped(shards, source, settings, len(entries), final=True)
    path = out / "images.arrow"
    _concatenate(shards, path)
    _keep_pixels(shards, out / PIXELS)
    result = _summarise(shards, path, source, settings, digest)
    _save(result, out)
    shutil.rmtree(folder)
    return result


def load_ingested(out: Path) -> Ingested | None:
    """What an earlier `ingest` wrote to `out`; None where it did not finish."""
    record = out / "images.json"
    if not record.exists() or not (out / "images.arrow").exists():
        return None
    data = json.loads(record.read_text())
    match = data.pop("match")
    return Ingested(
        images=out / "images.arrow",
        kept=np.asarray(data.pop("kept"), np.int64),
        skipped=tuple((name, reason) for name, reason in data.pop("skipped")),
        match=None if match is None else MatchSettings(**match),
        **data,
    )


def dataset_differences(datasets: dict[str, Ingested]) -> list[str]:
    """Warnings: what differs between sets besides their content. Empty where all were matched."""
    matches = {ingested.match for ingested in datasets.values()}
    if len(datasets) < 2 or (len(matches) == 1 and None not in matches):
        return []
    warnings = []
    for what, described in (
        ("file formats", {name: _most(ingested.formats) for name, ingested in datasets.items()}),
        ("image sizes", {name: _most(ingested.sizes) for name, ingested in datasets.items()}),
    ):
        if len(set(described.values())) > 1:
            listed = "; ".join(f"{name}: {text}" for name, text in described.items())
            warnings.append(
                f"The datasets differ in their {what} ({listed}). The earliest layers will show this whatever the images'"
                " content; `match` takes all sets through one resize and one encoding first."
            )
    return warnings


def _most(counts: dict[str, int]) -> str:
    """The kinds that make up at least a tenth of a dataset, most frequent first."""
    total = sum(counts.values())
    return ", ".join(kind for kind, count in counts.items() if count * 10 >= total) or "mixed"


def _digest(source: Source, labels: Sequence[str], settings: IngestSettings) -> str:
    text = json.dumps([source.fingerprint(), list(labels), asdict(settings), SHARD, BATCH, 2])
    return hashlib.sha256(text.encode()).hexdigest()


def _run(jobs: list[ShardJob], workers: int | None, images: int) -> Iterator[Shard]:
    """The shards in order, those of an earlier run read from disk."""
    count = min(workers if workers is not None else os.cpu_count() or 1, len(jobs))
    if count <= 1 or images < _IN_PROCESS or jobs[0].source.in_process:
        yield from map(make_shard, jobs)
        return
    with worker_pool(count) as pool:
        yield from pool.map(make_shard, jobs)


def _refuse_many_skipped(shards: list[Shard], source: Source, settings: IngestSettings, total: int, *, final: bool) -> None:
    skipped = [pair for shard in shards for pair in shard.skipped]
    allowed = int(settings.allow_skipped * total)
    if len(skipped) > allowed:
        seen = sum(shard.size for shard in shards)
        examples = "; ".join(f"{name}: {reason}" for name, reason in skipped[:3])
        raise InputError(
            f"{len(skipped)} of the first {seen} images of {source.description} cannot be used ({examples}). "
            f"At most {settings.allow_skipped:.0%} of {total} may be skipped: repair or remove them, or raise `allow_skipped` "
            "(--allow-skipped 0.1 accepts one in ten).",
            skipped=len(skipped),
        )
    if final and len(skipped) == total:
        raise InputError(f"none of the {total} images of {source.description} can be used ({skipped[0][0]}: {skipped[0][1]}).")


def _concatenate(shards: list[Shard], path: Path) -> None:
    """Record batches of exactly BATCH rows (the last: the rest), whatever each shard skipped."""
    part = path.with_name(path.name + ".part")
    with pa.OSFile(str(part), "wb") as sink, pa.ipc.new_file(sink, IMAGES) as writer:
        pending: pa.Table = IMAGES.empty_table()
        for shard in shards:
            pending = pa.concat_tables([pending, read_shard(shard.path).select(IMAGES.names)])
            whole = len(pending) // BATCH * BATCH
            for start in range(0, whole, BATCH):
                writer.write_batch(pending.slice(start, BATCH).combine_chunks().to_batches()[0])
            pending = pending.slice(whole)
        if len(pending):
            writer.write_batch(pending.combine_chunks().to_batches()[0])
    os.replace(part, path)


def _keep_pixels(shards: list[Shard], path: Path) -> None:
    """(images, height, width, 3) uint8 for `ClassifierInputs`, where all images are small and of one size; else nothing."""
    path.unlink(missing_ok=True)
    tables = [read_shard(shard.path).select(["width", "height", "pixels"]) for shard in shards]
    sizes = {size for table in tables for size in zip(*table.select(["width", "height"]).to_pydict().values(), strict=True)}
    count = sum(len(table) for table in tables)
    if len(sizes) != 1 or any(table["pixels"].null_count for table in tables):
        return
    ((width, height),) = sizes
    if count * width * height * 3 > _MOST_PIXELS:
        return
    kept = new_array(path, np.uint8, (count, height, width, 3))
    start = 0
    for table in tables:
        for pixels in table["pixels"].combine_chunks():
            kept[start] = np.frombuffer(pixels.as_buffer(), np.uint8).reshape(height, width, 3)
            start += 1
    kept.flush()


def _summarise(shards: list[Shard], path: Path, source: Source, settings: IngestSettings, digest: str) -> Ingested:
    formats: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for shard in shards:
        formats.update(shard.formats)
        sizes.update(shard.sizes)
    skipped = [pair for shard in shards for pair in shard.skipped]
    ranked = _ranked(sizes)
    top = dict(ranked[:10])
    if len(ranked) > 10:
        top["other"] = sum(count for _, count in ranked[10:])
    return Ingested(
        images=path,
        kept=np.concatenate([np.asarray(shard.kept, np.int64) for shard in shards]),
        source=source.description,
        has_labels=any(shard.has_labels for shard in shards),
        formats=dict(_ranked(formats)),
        sizes=top,
        skipped=tuple(skipped[:LISTED]),
        skipped_count=len(skipped),
        lossless_to=settings.lossless_to,
        match=settings.match,
        digest=digest,
    )


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _save(result: Ingested, out: Path) -> None:
    data = {key: value for key, value in asdict(result).items() if key != "images"}
    data["kept"] = result.kept.tolist()
    part = out / "images.json.part"
    part.write_text(json.dumps(data))
    os.replace(part, out / "images.json")
