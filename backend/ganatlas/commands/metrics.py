"""`ganatlas metrics`: the image-set metrics of an atlas, as tables to read and to publish."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from ganatlas.bundle.metrics import MetricFigure, Metrics, MetricsEntry

    from .metrics_tables import Group


def metrics(
    path: Annotated[Path, typer.Argument(help="An atlas.")],
    dataset: Annotated[str | None, typer.Option(help="Of this set alone.")] = None,
    layer: Annotated[str | None, typer.Option(help="Of this layer alone; 'final' and 'logits' are some, too.")] = None,
    labels: Annotated[bool, typer.Option("--labels", help="Label by label.")] = False,
    sort: Annotated[str | None, typer.Option(help="Sort by this figure, such as recall: the worst first.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print everything as CSV, a row a figure.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown tables.")] = False,
    latex: Annotated[bool, typer.Option("--latex", help="Print LaTeX tables, for booktabs.")] = False,
    fid_weights: Annotated[
        str | None, typer.Option(help="Inception-V3's weights, a file or https://…#sha256=…: adds FID (TF) and FID (clean).")
    ] = None,
    dinov2_weights: Annotated[
        str | None, typer.Option(help="DINOv2's weights, likewise: adds all figures on its features.")
    ] = None,
    device: Annotated[str, typer.Option(help="Where such a network runs: auto, cpu, cuda, cuda:N or mps.")] = "auto",
    work: Annotated[
        Path | None, typer.Option(help="The build's workspace, where such features are kept. Default: beside the atlas.")
    ] = None,
) -> None:
    """Say how far the sets are apart: Fréchet and kernel distance, precision, recall, density, coverage, copying."""
    from ganatlas.bundle.reader import Bundle
    from ganatlas.errors import InputError

    from .metrics_tables import chosen, groups, to_csv, to_json, to_latex, to_markdown

    if json + csv + markdown + latex > 1:
        raise InputError("One form at a time: --json, --csv, --markdown or --latex.")
    bundle = Bundle.open(path)
    document = bundle.metrics()
    if fid_weights is not None or dinov2_weights is not None:
        from ganatlas.pipeline.published import measure_atlas

        document = measure_atlas(bundle, path, fid_weights=fid_weights, dinov2_weights=dinov2_weights, device=device, work=work)
    entries = chosen(document, dataset=dataset, layer=layer, labels=labels)
    tables = groups(entries, sort)
    if json:
        typer.echo(to_json(document, entries))
    elif csv:
        typer.echo(to_csv(entries), nl=False)
    elif markdown:
        typer.echo(to_markdown(tables), nl=False)
    elif latex:
        typer.echo(to_latex(tables), nl=False)
    else:
        network = bundle.manifest.classifier
        print_metrics(document, tables, network.name if network else "the given activations")


def print_metrics(document: "Metrics", tables: "list[Group]", network: str) -> None:
    """The tables on stdout: a pair after the other, the final features of each in full, then what to know."""
    from rich.console import Console
    from rich.markup import escape

    from ganatlas.bundle.metrics import PUBLISHED
    from ganatlas.bundle.series import FINAL

    from .metrics_tables import warnings_of

    entries = [entry for table in tables for _, entry in table.rows]
    adjusted = ", adjusted for the number of labels" if any(entry.label is not None for entry in entries) else ""
    console = Console()
    console.print(
        f"Features of {escape(network)}. Dim: floor, what two samples of one distribution would show; a : b, the set at half "
        f"as many images : real against real there. Bold: p ≤ 0.05{adjusted}.",
        highlight=False,
    )
    for table in tables:
        for part in _by_row(table, console.width):
            console.print(part)
        whole = [(name, entry) for name, entry in table.rows if entry.label is None]
        full = [row for row in whole if row[0] in (FINAL, *PUBLISHED.values())] or (whole if len(whole) == 1 else [])
        for name, entry in full:
            console.print(_in_full(name, entry))
    seen: dict[str, None] = {}
    for table in tables:
        seen |= dict.fromkeys(warnings_of(entry for _, entry in table.rows))
    for warning in seen:
        console.print(f"[yellow]Warning[/yellow] {escape(warning[0].upper() + warning[1:])}.", highlight=False)
    console.print(f"k = {document.k_precision} and {document.k_density}; {document.permutations} permutations. docs/metrics.md")


def _by_row(table: "Group", width: int) -> "Iterator[Table]":
    """A row a layer or label, a column a figure; as many tables as the width asks for."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    from .metrics_tables import HEADS, sizes

    cells = {name: [_cell(entry.figures.get(name)) for _, entry in table.rows] for name in table.names}
    widths = {
        name: 3 + max(len(line) for cell in [HEADS[name], *column] for line in Text.from_markup(cell).plain.split("\n"))
        for name, column in cells.items()
    }
    first = 6 + max(len(name) for name, _ in table.rows) + max(len(sizes(entry)) for _, entry in table.rows)
    names = list(table.names)
    title: str | None = escape(table.title)
    while names:
        taken = [names.pop(0)]
        while names and first + sum(widths[name] for name in [*taken, names[0]]) <= width:
            taken.append(names.pop(0))
        shown = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        shown.add_column("", no_wrap=first < width // 2)
        shown.add_column("n", no_wrap=first < width // 2)
        for name in taken:
            shown.add_column(HEADS[name], justify="right", no_wrap=True)
        for number, (name, entry) in enumerate(table.rows):
            shown.add_row(escape(name), sizes(entry), *(cells[figure][number] for figure in taken))
        yield shown
        title = None


def _cell(figure: "MetricFigure | None") -> str:
    from ganatlas.bundle.label_p import is_marked

    from .metrics_tables import number

    if figure is None:
        return ""
    value = number(figure.value)
    marked = f"[bold]{value}[/bold]" if is_marked(figure) else value
    return f"{marked}\n[dim]{_below(figure)}[/dim]"


def _below(figure: "MetricFigure") -> str:
    """What to read a figure with, in few characters."""
    from ganatlas.bundle.label_p import p_in_table

    from .metrics_tables import number

    if figure.floor:
        return f"floor {number(figure.floor, 3)}"
    if figure.baseline is not None and figure.at_baseline is not None:
        real = number(figure.baseline, 3)
        return f"real {real}" if figure.baseline_n == min(figure.n, figure.m) else f"{number(figure.at_baseline, 3)} : {real}"
    if (p := p_in_table(figure)) is not None:
        return f"p {p:.2g}"
    if figure.low is not None and figure.high is not None:
        return f"± {number((figure.high - figure.low) / 2, 3)}"
    return ""


def _in_full(name: str, entry: "MetricsEntry") -> "Table":
    """Everything of one space: a row a figure."""
    from rich import box
    from rich.table import Table

    from .metrics_tables import head_in, interval, number

    title = f"{name}, {entry.dimension:,} dimensions"
    shown = Table("figure", title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for head in ("value", "95 %", "floor", "set : real, at n", "p"):
        shown.add_column(head, justify="right")
    for key, figure in entry.figures.items():
        halved = f"{number(figure.at_baseline, 3)} : {number(figure.baseline, 3)}, {figure.baseline_n or 0:,}"
        shown.add_row(
            head_in(name, key),
            number(figure.value),
            interval(figure),
            "" if figure.floor is None else number(figure.floor),
            "" if figure.baseline is None else halved,
            "" if figure.p is None else f"{figure.p:.2g}",
        )
    return shown
