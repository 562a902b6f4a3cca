"""A whole build: the steps in order, each published as soon as a person can look at it.

images -> activations -> for each layer: layout, placement, cells, exemplars -> attribution -> icons -> metrics -> icons whose
decoders are trained first -> complete.
Layouts, the only slow part of a layer, run ahead in processes of their own, one thread each.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from ganatlas.bundle.manifest import Grid, Layer, LayoutInfo, Manifest
from ganatlas.classifiers.base import LayerShape
from ganatlas.classifiers.device import resolve_device
from ganatlas.errors import InputError
from ganatlas.icons.exemplar import StoredImages
from ganatlas.processes import worker_pool
from ganatlas.storage import writing

from .assemble import write_table
from .attribution import attribute_samples, cell_attribution, choose_images
from .config import AtlasConfig
from .divergence.statistics import MIN_POINTS_PER_CELL
from .draft import Draft, atlas_name, pairs_of
from .icon_stage import make_icons, make_learned_icons, plan_icons
from .layers import (
    FinishedLayer,
    LayerJob,
    MeasuredLayer,
    PlacedLayer,
    lay_out_layer,
    load_layout,
    measure_layer,
    place_layer,
)
from .metrics import make_metrics
from .pictures import make_exemplars
from .prepare import Collected, collect, open_datasets, receptive_field, steps_of
from .progress import Reporter
from .publish import BundleWriter, is_bundle_folder
from .receptive_field import ReceptiveField
from .samples import Layout
from .score_stage import make_scores
from .seeds import compare_seeds
from .workspace import Workspace


def default_work(out: Path) -> Path:
    """Where the workspace of an output lies unless told otherwise: beside it."""
    return out.with_name(f"{out.name}.work")


def build(config: AtlasConfig, out: Path, reporter: Reporter, work: Path | None = None) -> Manifest:
    """Build an atlas, or go on with one.

    Args:
        config: what to build.
        out: the bundle's folder.
        reporter: told of progress; the bundle's manifest is, too.
        work: the workspace; `default_work(out)` where None.

    Returns:
        The complete bundle's manifest.

    Raises:
        InputError: something given cannot be used. BusyError: another build writes this output. StorageError: the disk is full
            or read-only; the bundle is what it was, and the same call goes on.
    """
    workspace = Workspace(work or default_work(out))
    if not is_bundle_folder(out) and not workspace.writes(out):
        raise InputError(f"{out} is there and is not an atlas. Choose another output, or remove it.")
    resolve_device(config.device)  # a device that is not there is said before hours of work
    name = atlas_name(config, out)
    with workspace.locked(), writing(out):
        workspace.begin(out)
        draft = Draft(config, BundleWriter(out), workspace.root, name)
        previous, reporter.listener = reporter.listener, _both(reporter.listener, draft.tell)
        try:
            return _build(config, workspace, draft, reporter)
        finally:
            reporter.listener = previous


Listener = Callable[[str, int, int], None]


def _both(first: Listener | None, second: Listener) -> Listener:
    def tell(step: str, done: int, total: int) -> None:
        if first:
            first(step, done, total)
        second(step, done, total)

    return tell


def _build(config: AtlasConfig, work: Workspace, draft: Draft, reporter: Reporter) -> Manifest:
    datasets = open_datasets(config, work, reporter)
    draft.add_datasets(datasets)
    draft.begin()
    collected = collect(config, datasets, work, reporter)
    draft.add_classifier(collected)
    for warning in draft.warnings:
        reporter.warn(warning)
    images = [StoredImages(s.ingested.images) for s in datasets.sets if s.ingested is not None]
    finished = _layers(config, collected, work, draft, reporter, images)
    _attribution(config, collected, finished, work, draft, reporter)
    plan = plan_icons(config, collected, finished, work, draft, reporter, images)
    make_icons(plan)
    spaces = make_metrics(config, datasets, collected, work, draft, reporter)
    make_scores(spaces, finished, images, work, draft)
    compare_seeds(config, finished, lambda jobs: _layouts(jobs, work, config), work, draft, reporter)
    make_learned_icons(plan)
    manifest = draft.publish("complete")
    reporter.say(f"{draft.writer.root} is complete.")
    return manifest


def _layers(
    config: AtlasConfig,
    collected: Collected,
    work: Workspace,
    draft: Draft,
    reporter: Reporter,
    images: Sequence[StoredImages],
) -> list[FinishedLayer]:
    """Every layer laid out, measured and published, in the order of the network."""
    names, pairs = tuple(d.name for d in config.datasets), pairs_of(config)
    classes = collected.classes
    jobs = [LayerJob(layer, collected.folder, collected.key, names, pairs, config, classes) for layer in collected.layers]
    finished: list[FinishedLayer] = []
    with _layouts(jobs, work, config) as layouts, reporter.step("laying out layers", len(jobs), "layers") as advance:
        for job in jobs:
            field = receptive_field(config, collected, job.layer, work)  # while the layout is being made
            layout = next(layouts)
            placed = place_layer(work, job, layout, finished[-1].placed if finished else None)
            measured = measure_layer(work, job, placed)
            _describe(collected.shapes[job.layer], field, job, layout, placed, measured, draft)
            _exemplars(config, job, placed, measured, work, draft, images)
            draft.publish()
            finished.append(FinishedLayer(job, placed, measured))
            advance(1)
    if not images:
        draft.skip("exemplars", "activations were given without images")
    for warning in _thin_grids(config, finished):
        draft.warnings = (*draft.warnings, warning)
        reporter.warn(warning)
    return finished


def _thin_grids(config: AtlasConfig, finished: Sequence[FinishedLayer]) -> list[str]:
    """One warning for each grid that has too few points a cell, in some layers or in all."""
    warnings = []
    for size in config.grids.sizes:
        entries = [e for f in finished for e in f.measured.entries if e.size == size and not e.is_self and not e.valid]
        thin = list(dict.fromkeys(entry.layer for entry in entries))
        if thin:
            where = "all layers" if len(thin) == len(finished) else ", ".join(thin)
            warnings.append(
                f"The {size} grid has fewer than {MIN_POINTS_PER_CELL} points an occupied cell in {where}: its divergence is "
                "biased low there and shown greyed. Give more images, more positions per image, or coarser grids."
            )
    return warnings


@contextmanager
def _layouts(jobs: Sequence[LayerJob], work: Workspace, config: AtlasConfig) -> Iterator[Iterator[Layout]]:
    """The layouts of all jobs in order, made side by side in processes unless they are there already."""
    missing = [job for job in jobs if not work.is_done(f"layout/{job.layer}", job.layout_key)]
    workers = min(config.workers or os.cpu_count() or 1, len(missing))
    with worker_pool(workers) if workers else nullcontext() as pool:
        pending = {job.layer: pool.submit(lay_out_layer, work.root, job, config.device) for job in missing} if pool else {}

        def results() -> Iterator[Layout]:
            for job in jobs:
                future = pending.get(job.layer)
                yield load_layout(future.result() if future else lay_out_layer(work.root, job, config.device))

        yield results()


def _describe(
    shape: LayerShape,
    field: ReceptiveField | None,
    job: LayerJob,
    layout: Layout,
    placed: PlacedLayer,
    measured: MeasuredLayer,
    draft: Draft,
) -> None:
    """The layer's entry in the manifest, with its tables in the bundle; pictures and attribution follow."""
    placement, put = placed.placement, draft.writer.put
    draft.layers[job.layer] = Layer(
        name=job.layer,
        channels=shape.channels,
        height=shape.height,
        width=shape.width,
        stride=field.stride if field else None,
        offset=field.offset if field else None,
        receptive_field=field.side if field else None,
        points=put(measured.points, f"layers/{job.layer}/points.arrow"),
        rows=put(measured.rows, f"layers/{job.layer}/rows.arrow"),
        point_count=len(placement.order),
        outside_count=placement.outside,
        layout=LayoutInfo(
            method=layout.method,
            parameters=layout.parameters,
            trustworthiness=layout.trustworthiness,
            continuity=layout.continuity,
            stability=layout.stability,
            extent=placement.extent,
            alignment=placement.alignment,
        ),
        grids=tuple(
            Grid(
                size=size,
                cells=put(grid.table, f"layers/{job.layer}/grids/{size}/cells.arrow"),
                occupied=int((grid.cells.column >= 0).sum()),
            )
            for size, grid in measured.grids.items()
        ),
    )
    draft.entries[job.layer] = measured.entries


def _exemplars(
    config: AtlasConfig,
    job: LayerJob,
    placed: PlacedLayer,
    measured: MeasuredLayer,
    work: Workspace,
    draft: Draft,
    images: Sequence[StoredImages],
) -> None:
    if not images or draft.classifier is None:
        return
    for size in config.grids.sizes:
        made = make_exemplars(work, job, placed, measured, images, draft.classifier, draft.layers[job.layer], size)
        draft.add_pyramids(job.layer, size, [draft.writer.put_pyramid(made.root, p) for p in made.pyramids])
        draft.publish()  # the coarsest grid can be looked at while the finer ones are cut


def _attribution(
    config: AtlasConfig,
    collected: Collected,
    finished: Sequence[FinishedLayer],
    work: Workspace,
    draft: Draft,
    reporter: Reporter,
) -> None:
    """What each cell speaks for, in all layers with one pass."""
    network = collected.classifier
    if not config.attribution.enabled:
        draft.skip("attribution", "switched off in the configuration")
        return
    if network is None or network.classes is None:
        draft.skip("attribution", "activations were given, not a network" if network is None else "the network has no logits")
        return
    key: dict[str, object] = {
        "layers": [layer.measured.key for layer in finished],
        "activations": collected.key,
        "settings": config.attribution.model_dump(),
        "seed": config.seed,
        "version": 1,
    }

    def make(folder: Path) -> None:
        samples = {layer.job.layer: layer.job.loaded[1] for layer in finished}
        chosen = choose_images(
            [(samples[f.job.layer], f.placed.placement, [grid.cells for grid in f.measured.grids.values()]) for f in finished],
            config.seed,
            config.attribution.members,
            config.attribution.images,
        )
        with reporter.step("attributing cells to classes", len(chosen)) as advance:
            effects = attribute_samples(
                network,
                collected.inputs,
                samples,
                chosen,
                folder / "shards",
                top=config.attribution.top,
                progress=steps_of(advance),
            )
        for f in finished:
            for size, grid in f.measured.grids.items():
                table = cell_attribution(effects[f.job.layer], grid.cells, f.placed.placement)
                write_table(table, folder / f"{f.job.layer}-{size}.arrow")

    folder = work.step("attribution", key, make)
    for f in finished:
        for size in f.measured.grids:
            name = f"layers/{f.job.layer}/grids/{size}/attribution.arrow"
            draft.set_attribution(f.job.layer, size, draft.writer.put(folder / f"{f.job.layer}-{size}.arrow", name))
    draft.publish()
