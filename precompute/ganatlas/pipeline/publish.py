"""Writing the bundle: files under names that carry their digest, then the manifest, atomically and last.

Whatever moment the job is killed at, the manifest on disk names only files that are whole. What no manifest names any more is
removed when the atlas is complete.
"""

import os
import shutil
from pathlib import Path

from ganatlas.bundle.manifest import MANIFEST_NAME, FileRef, Manifest, Pyramid, sha256_of
from ganatlas.errors import InputError

from .workspace import write_atomically


class BundleWriter:
    """One bundle being written."""

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot write {root}: {error.strerror}. Choose another output.") from error

    def put(self, source: Path, name: str) -> FileRef:
        """Copy a finished file into the bundle.

        Args:
            source: the file.
            name: its place in the bundle without the digest, such as "layers/mixed4a/points.arrow".

        Returns:
            The reference that the manifest needs.
        """
        sha256 = sha256_of(source)
        stem, suffix = os.path.splitext(name)
        relative = f"{stem}-{sha256[:8]}{suffix}"
        self._copy(source, self.root / relative, sha256)
        return FileRef(path=relative, bytes=source.stat().st_size, sha256=sha256)

    def put_pyramid(self, folder: Path, pyramid: Pyramid) -> Pyramid:
        """Copy a finished pyramid; its paths, relative to `folder`, already carry its digest."""
        for ref in filter(None, (pyramid.dzi, pyramid.tiles, pyramid.table)):
            self._copy(folder / ref.path, self.root / ref.path, ref.sha256)
        tiles = Path(pyramid.tiles.path).parent
        for line in (folder / pyramid.tiles.path).read_text().splitlines():
            sha256, relative = line.split("  ", 1)
            self._copy(folder / tiles / relative, self.root / tiles / relative, sha256)
        return pyramid

    def write_manifest(self, manifest: Manifest) -> Manifest:
        """Make `manifest` what the bundle is, from this moment on."""
        manifest = manifest.with_digest()
        write_atomically(self.root / MANIFEST_NAME, manifest.model_dump_json(indent=1).encode(), durable=True)
        return manifest

    def remove_unnamed(self, manifest: Manifest) -> None:
        """Delete what the manifest does not name: earlier versions, and what a killed build left."""
        keep = {MANIFEST_NAME, *manifest.files()}
        folders = {str(Path(p.tiles.path).parent) for layer in manifest.layers for grid in layer.grids for p in grid.icons}
        for folder, subfolders, files in os.walk(self.root):
            relative = os.path.relpath(folder, self.root).replace(os.sep, "/")
            for name in list(subfolders):
                inner = name if relative == "." else f"{relative}/{name}"
                if inner in folders:
                    subfolders.remove(name)  # a pyramid in use
                elif inner.endswith("_files"):
                    subfolders.remove(name)
                    shutil.rmtree(Path(folder) / name)
            for name in files:
                if (name if relative == "." else f"{relative}/{name}") not in keep:
                    (Path(folder) / name).unlink()
        for folder, _, _ in os.walk(self.root, topdown=False):
            if folder != str(self.root) and not os.listdir(folder):
                os.rmdir(folder)

    def _copy(self, source: Path, target: Path, sha256: str) -> None:
        """Copy unless the same bytes are there. Mends a file of the bundle that was damaged."""
        if target.exists() and target.stat().st_size == source.stat().st_size and sha256_of(target) == sha256:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}.tmp")
        shutil.copyfile(source, temporary)
        temporary.replace(target)


def is_bundle_folder(path: Path) -> bool:
    """Whether a folder may be built into: absent, empty, or a bundle."""
    return not path.exists() or (path.is_dir() and (not any(path.iterdir()) or (path / MANIFEST_NAME).exists()))
