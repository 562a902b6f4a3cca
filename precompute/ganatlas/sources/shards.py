"""Step 1: the work of one worker process: decode a shard of a source and encode what the viewer will show.

A shard is one Arrow file whose schema metadata carries what was learnt of its files, so that it is there whole or not at all.
Beside the stored image it has the plain pixels of small ones, which are cheaper to read again than to decode.
"""

import io
import json
import os
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
from PIL import Image

from ganatlas.bundle.tables import IMAGES

from .base import Entry, Source, UnreadableImage

if TYPE_CHECKING:
    from .ingest import IngestSettings

_SHARD = pa.schema([*IMAGES, pa.field("pixels", pa.large_binary())])
_QUALITY = 90
_METHOD = 4


@dataclass(frozen=True)
class ShardJob:
    """What a worker is sent: `entries` are those of the source from index `start` on."""

    source: Source
    path: Path
    start: int
    entries: tuple[Entry, ...]
    labels: tuple[str, ...]
    settings: "IngestSettings"


@dataclass(frozen=True)
class Shard:
    """What a worker sends back. path: file of the images. size: images looked at. kept: their indices in the source."""

    path: Path
    size: int
    kept: tuple[int, ...]
    skipped: tuple[tuple[str, str], ...]
    formats: dict[str, int]
    sizes: dict[str, int]
    has_labels: bool


def make_shard(job: ShardJob) -> Shard:
    """Decode, store and count the images of one shard; or read what an earlier run stored."""
    if job.path.exists():
        return _read_record(job.path)
    index_of = {label: index for index, label in enumerate(job.labels)}
    rows: list[tuple[str, int, int, int, bytes, bytes | None]] = []
    kept, skipped = [], []
    formats: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for offset, entry in enumerate(job.entries):
        try:
            raw = job.source.read(job.start + offset)
        except UnreadableImage as problem:
            skipped.append((entry.name, str(problem)))
            continue
        formats[raw.format] += 1
        sizes[f"{raw.image.width} x {raw.image.height}"] += 1
        image = raw.image if job.settings.match is None else job.settings.match.apply(raw.image)
        label = raw.label if raw.label is not None else entry.label
        stored = encode_stored(image, job.settings.max_side, job.settings.lossless_to)
        pixels = image.tobytes() if max(image.size) <= job.settings.lossless_to else None
        rows.append((entry.name, -1 if label is None else index_of[label], image.width, image.height, stored, pixels))
        kept.append(job.start + offset)
    has_labels = any(row[1] >= 0 for row in rows)
    shard = Shard(job.path, len(job.entries), tuple(kept), tuple(skipped), dict(formats), dict(sizes), has_labels)
    _write(rows, shard)
    return shard


def encode_stored(image: Image.Image, max_side: int, lossless_to: int) -> bytes:
    """WebP of an RGB image: exact up to `lossless_to` px; above, at quality 90 with the longer side at most `max_side` px."""
    longer = max(image.size)
    if longer > max_side:
        scale = max_side / longer
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    if longer <= lossless_to:
        # The least effort but one: a fifth of the time for 7 % more bytes, and the pixels are exact whatever the effort.
        image.save(buffer, "WEBP", lossless=True, quality=20, method=1, exact=True)
    else:
        image.save(buffer, "WEBP", quality=_QUALITY, method=_METHOD)
    return buffer.getvalue()


def read_shard(path: Path) -> pa.Table:
    """The images of a shard with their `pixels` (RGB bytes, null where not small), memory-mapped."""
    with pa.memory_map(str(path)) as mapped:
        return pa.ipc.open_file(mapped).read_all().replace_schema_metadata(None)


def _write(rows: list[tuple[str, int, int, int, bytes, bytes | None]], shard: Shard) -> None:
    record = {key: value for key, value in asdict(shard).items() if key != "path"}
    schema = _SHARD.with_metadata({b"shard": json.dumps(record).encode()})
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(_SHARD)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, _SHARD, strict=True)]
    part = shard.path.with_name(f"{shard.path.name}.{os.getpid()}.part")
    with pa.OSFile(str(part), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        writer.write_batch(pa.record_batch(arrays, schema=schema))
    os.replace(part, shard.path)


def _read_record(path: Path) -> Shard:
    with pa.memory_map(str(path)) as mapped:
        record = json.loads(pa.ipc.open_file(mapped).schema.metadata[b"shard"])
    return Shard(
        path=path,
        size=record["size"],
        kept=tuple(record["kept"]),
        skipped=tuple((name, reason) for name, reason in record["skipped"]),
        formats=record["formats"],
        sizes=record["sizes"],
        has_labels=record["has_labels"],
    )
