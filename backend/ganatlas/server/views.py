"""From a manifest to what the viewer needs of it: versions in place of files and digests."""

from ganatlas.bundle.manifest import Dataset, Grid, Layer, Manifest, Progress, Pyramid
from ganatlas.bundle.reader import Bundle

from .caching import version_of
from .models import (
    AtlasSummary,
    AtlasView,
    DatasetView,
    GridView,
    LayerView,
    MissingView,
    ProgressView,
    PyramidView,
    SeriesView,
    SkippedView,
)

SKIPPED_SHOWN = 20


def summary_of(name: str, bundle: Bundle) -> AtlasSummary:
    """One line of the list of atlases. `name` is what the catalogue calls it."""
    manifest = bundle.manifest
    return AtlasSummary(
        name=name,
        title=manifest.title,
        status=manifest.status,
        progress=progress_of(manifest.progress),
        digest=manifest.digest,
        datasets=[dataset.name for dataset in manifest.datasets],
        layers=[layer.name for layer in manifest.layers],
        images=sum(dataset.count for dataset in manifest.datasets),
    )


def view_of(name: str, bundle: Bundle) -> AtlasView:
    """The manifest as the viewer needs it."""
    manifest = bundle.manifest
    return AtlasView(
        name=name,
        title=manifest.title,
        status=manifest.status,
        progress=progress_of(manifest.progress),
        digest=manifest.digest,
        datasets=[_dataset(dataset, manifest) for dataset in manifest.datasets],
        reference=manifest.reference,
        pairs=list(manifest.pairs),
        classes=list(classes_of(manifest)),
        labels=list(manifest.labels),
        classifier=manifest.classifier.name if manifest.classifier else None,
        layers=[_layer(layer, manifest) for layer in manifest.layers],
        divergence_version=version_of(manifest.divergence.sha256) if manifest.divergence else None,
        divergence_pictures={name: version_of(ref.sha256) for name, ref in manifest.divergence_pictures.items()},
        metrics_version=version_of(manifest.metrics.sha256) if manifest.metrics else None,
        positions_per_image=manifest.positions_per_image,
        min_count=manifest.min_count,
        min_test=manifest.min_test,
        fdr=manifest.fdr,
        warnings=list(manifest.warnings),
        missing=[MissingView(what=skip.what, reason=skip.reason) for skip in manifest.missing],
        versions=dict(manifest.versions),
    )


def progress_of(progress: Progress | None) -> ProgressView | None:
    """How far a build is."""
    return None if progress is None else ProgressView(step=progress.step, done=progress.done, total=progress.total)


def classes_of(manifest: Manifest) -> tuple[str, ...]:
    """Names of the classifier's classes; empty where it has none."""
    return manifest.classifier.classes if manifest.classifier else ()


def grid_version(manifest: Manifest, layer: Layer, grid: Grid) -> str:
    """Version of a grid's cells: changes with anything that the answer is made of."""
    tables = [pyramid.table.sha256 for pyramid in grid.icons if pyramid.table]
    names = [dataset.name for dataset in manifest.datasets]
    attribution = grid.attribution.sha256 if grid.attribution else None
    return version_of(layer.name, grid.size, grid.cells.sha256, attribution, tables, names, manifest.pairs)


def attribution_version(manifest: Manifest, layer: Layer, grid: Grid) -> str | None:
    """Version of a grid's attribution, None where it has none."""
    if grid.attribution is None:
        return None
    return version_of(layer.name, grid.size, grid.attribution.sha256, classes_of(manifest))


def pyramid_version(pyramid: Pyramid) -> str:
    """Version of a pyramid and its tiles."""
    return version_of(pyramid.dzi.sha256, pyramid.tiles.sha256)


def points_version(manifest: Manifest, layer: Layer) -> str:
    """Version of everything that is said of a layer's samples: points, examples, patches, traces."""
    images = [dataset.images.sha256 if dataset.images else None for dataset in manifest.datasets]
    names = [dataset.name for dataset in manifest.datasets]
    field = (layer.stride, layer.offset, layer.receptive_field)
    said = (images, names, field, classes_of(manifest), manifest.labels, manifest.seed)
    scores = [dataset.scores.sha256 if dataset.scores else None for dataset in manifest.datasets]
    return version_of(layer.name, layer.points.sha256, layer.rows.sha256, *said, *(scores if any(scores) else ()))


def figures_version(manifest: Manifest, layer: Layer, grid: Grid) -> str | None:
    """Version of where a layer's figures come from on a grid; None where it is not known."""
    if layer.neighbours is None:
        return None
    metrics = manifest.metrics.sha256 if manifest.metrics else None
    return version_of(layer.name, grid.size, grid.cells.sha256, layer.neighbours.sha256, metrics)


def scores_version(dataset: Dataset, manifest: Manifest) -> str | None:
    """Version of a dataset's images beside their nearest; None where scores were not computed."""
    if dataset.scores is None:
        return None
    reference = next(each for each in manifest.datasets if each.name == manifest.reference)
    return version_of(dataset.scores.sha256, *(images_version(each) for each in (dataset, reference)))


def images_version(dataset: Dataset) -> str | None:
    """Version of a dataset's images."""
    return version_of(dataset.images.sha256) if dataset.images else None


def _dataset(dataset: Dataset, manifest: Manifest) -> DatasetView:
    return DatasetView(
        name=dataset.name,
        title=dataset.title,
        count=dataset.count,
        has_images=dataset.images is not None,
        has_labels=dataset.has_labels,
        reference=dataset.name == manifest.reference,
        skipped_count=dataset.skipped_count,
        skipped=[SkippedView(name=skip.name, reason=skip.reason) for skip in dataset.skipped[:SKIPPED_SHOWN]],
        formats=dict(dataset.formats),
        sizes=dict(dataset.sizes),
        source=dataset.source,
        series=SeriesView(name=dataset.series.name, value=dataset.series.value) if dataset.series else None,
        version=images_version(dataset),
        scores_version=scores_version(dataset, manifest),
    )


def _layer(layer: Layer, manifest: Manifest) -> LayerView:
    return LayerView(
        name=layer.name,
        channels=layer.channels,
        height=layer.height,
        width=layer.width,
        stride=layer.stride,
        receptive_field=layer.receptive_field,
        point_count=layer.point_count,
        outside_count=layer.outside_count,
        points_version=points_version(manifest, layer),
        trustworthiness=layer.layout.trustworthiness,
        continuity=layer.layout.continuity,
        stability=layer.layout.stability,
        grids=[_grid(grid, layer, manifest) for grid in layer.grids],
    )


def _grid(grid: Grid, layer: Layer, manifest: Manifest) -> GridView:
    return GridView(
        size=grid.size,
        occupied=grid.occupied,
        version=grid_version(manifest, layer, grid),
        attribution_version=attribution_version(manifest, layer, grid),
        figures_version=figures_version(manifest, layer, grid),
        icons=[
            PyramidView(
                kind=pyramid.kind,
                of=pyramid.of,
                version=pyramid_version(pyramid),
                width=pyramid.width,
                height=pyramid.height,
                tile_size=pyramid.tile_size,
                icon_size=pyramid.icon_size,
                icons=pyramid.icons,
            )
            for pyramid in grid.icons
        ],
    )
