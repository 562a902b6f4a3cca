"""`ganatlas info`: what is in an atlas."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ganatlas.bundle.divergence import DivergenceEntry
    from ganatlas.bundle.manifest import Manifest
    from ganatlas.bundle.reader import Bundle


def info(
    path: Annotated[Path, typer.Argument(help="An atlas.")],
    json: Annotated[bool, typer.Option("--json", help="Print the manifest as JSON.")] = False,
) -> None:
    """Say what is in an atlas: datasets, layers, grids, divergence, and what was skipped."""
    from ganatlas.bundle.reader import Bundle

    bundle = Bundle.open(path)
    if json:
        typer.echo(bundle.manifest.model_dump_json(indent=2))
    else:
        print_info(bundle)


def print_info(bundle: "Bundle") -> None:
    """The whole as tables on stdout."""
    from rich.text import Text

    from ganatlas.terminal import plain_console, printable

    manifest = bundle.manifest
    console = plain_console()
    progress = manifest.progress
    state = "complete" if progress is None else f"being built: {progress.step}, {progress.done} of {progress.total}"
    console.print(Text(printable(manifest.title), "bold"), f"({manifest.name}) · {state} · {_megabytes(manifest)}")
    if manifest.classifier:
        classes = f"{len(manifest.classifier.classes)} classes" if manifest.classifier.classes else "no classes"
        console.print(f"Seen by {manifest.classifier.name} at {manifest.classifier.input_size} px, {classes}")
    console.print(_datasets(manifest), _layers(manifest))
    if manifest.divergence:
        console.print(_divergence(manifest, bundle.divergence().entries))
    for warning in manifest.warnings:
        console.print(Text("Warning", "yellow"), warning)
    for missing in manifest.missing:
        console.print(f"Without {missing.what}: {missing.reason}")
    for dataset in manifest.datasets:
        for skipped in dataset.skipped[:5]:
            console.print(f"Skipped in {dataset.name}: {skipped.name}: {skipped.reason}")


def _datasets(manifest: "Manifest") -> object:
    from rich.table import Table

    table = Table("dataset", "images", "labels", "files", "skipped", title="Datasets", title_justify="left")
    for dataset in manifest.datasets:
        name = f"{dataset.name} (reference)" if dataset.name == manifest.reference else dataset.name
        formats = ", ".join(f"{kind} {number:,}" for kind, number in dataset.formats.items())
        labels = "given" if dataset.has_labels else "none"
        table.add_row(name, f"{dataset.count:,}", labels, formats, str(dataset.skipped_count))
    return table


def _layers(manifest: "Manifest") -> object:
    from rich.table import Table

    table = Table("layer", "map", "points", "outside", "trust", "grids (cells) and icons", title="Layers", title_justify="left")
    none = "no icons" if manifest.progress is None else "no icons yet"
    for layer in manifest.layers:
        grids = []
        for grid in layer.grids:
            kinds = ", ".join(sorted({pyramid.kind for pyramid in grid.icons})) or none
            grids.append(f"{grid.size} ({grid.occupied:,}): {kinds}")
        shape = f"{layer.channels} × {layer.height} × {layer.width}"
        trust = "" if layer.layout.trustworthiness is None else f"{layer.layout.trustworthiness:.3f}"
        table.add_row(layer.name, shape, f"{layer.point_count:,}", f"{layer.outside_count:,}", trust, "\n".join(grids))
    return table


def _divergence(manifest: "Manifest", entries: "tuple[DivergenceEntry, ...]") -> object:
    """One row a layer and pair, on the finest grid whose cells hold enough points."""
    from rich.table import Table

    table = Table(
        "layer", "pair", "grid", "JS (bits)", "95 %", "p", "KL (nats)", "cells", title="Divergence", title_justify="left"
    )
    for layer in manifest.layers:
        pairs = dict.fromkeys((entry.first, entry.second) for entry in entries if entry.layer == layer.name)
        for pair in pairs:
            mine = [entry for entry in entries if entry.layer == layer.name and (entry.first, entry.second) == pair]
            entry = max(mine, key=lambda each: (each.valid, each.size if each.valid else -each.size))
            table.add_row(
                layer.name,
                f"{entry.first} / {'itself, halved' if entry.is_self else entry.second}",
                f"{entry.size}",
                f"{entry.js_corrected:.4f}",
                f"{entry.js_low:.4f} … {entry.js_high:.4f}",
                f"{entry.p:.3g}",
                f"{entry.kl:.4f}",
                f"{entry.significant} of {entry.tested} differ",
                style=None if entry.valid else "dim",
            )
    return table


def _megabytes(manifest: "Manifest") -> str:
    return f"{sum(ref.bytes for ref in manifest.files().values()) / 1e6:,.1f} MB without tiles"
