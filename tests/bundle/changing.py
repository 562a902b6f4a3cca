"""Changing what a table of a bundle says, under digests that agree: only its laws are broken, as by somebody who made it up."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
from synthetic import write_manifest

from ganatlas.bundle.manifest import FileRef, Manifest
from ganatlas.bundle.reader import Bundle


def replace_file(atlas: Path, ref: FileRef, content: bytes) -> str:
    """Put other bytes into a file, and their digest into the manifest. Returns the file's path in the bundle."""
    manifest = Bundle.open(atlas).manifest
    (atlas / ref.path).write_bytes(content)
    text = manifest.model_dump_json().replace(ref.sha256, hashlib.sha256(content).hexdigest())
    text = text.replace(f'"path":"{ref.path}","bytes":{ref.bytes}', f'"path":"{ref.path}","bytes":{len(content)}')
    write_manifest(atlas, Manifest.model_validate_json(text))
    return ref.path


def table_bytes(table: pa.Table) -> bytes:
    """An Arrow file of one table, as bundles have them."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def with_column(table: pa.Table, name: str, values: Callable[[np.ndarray], object]) -> pa.Table:
    """The same table but for one column, whose values (those of lists one after the other) are given and returned."""
    field = table.schema.field(name)
    flat = table.column(name).combine_chunks()
    lists = pa.types.is_fixed_size_list(field.type)
    new = values((flat.flatten() if lists else flat).to_numpy(zero_copy_only=False).copy())
    array = pa.array(new, field.type.value_type if lists else field.type)
    if lists:
        array = pa.FixedSizeListArray.from_arrays(array, field.type.list_size)
    return table.set_column(table.schema.get_field_index(name), field, array)


def change(atlas: Path, table: Callable[[Manifest], FileRef], name: str, values: Callable[[np.ndarray], object]) -> str:
    """Change a column of a table. Returns the file's path in the bundle."""
    ref = table(Bundle.open(atlas).manifest)
    read = pa.ipc.open_file(atlas / ref.path).read_all()
    return replace_file(atlas, ref, table_bytes(with_column(read, name, values)))


def put(index: int, value: float) -> Callable[[np.ndarray], np.ndarray]:
    def changed(values: np.ndarray) -> np.ndarray:
        values[index] = value
        return values

    return changed
