"""`ganatlas track`: the figures of an atlas over its series, checkpoints of a training or truncations of a generator."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from ganatlas.bundle.series import Curve

WIDTH = 28
"""Characters of a curve in the terminal."""
PICTURES = (".png", ".svg", ".pdf")


def track(
    path: Annotated[Path, typer.Argument(help="An atlas with a series.")],
    series: Annotated[str | None, typer.Option(help="The series; the first where absent.")] = None,
    layer: Annotated[str, typer.Option(help="The features: a layer, or 'final'.")] = "final",
    figure: Annotated[list[str] | None, typer.Option(help="Only this figure, such as recall; may be said again.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Draw the curves into this .png, .svg or .pdf.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the curves as JSON.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print the curves as CSV, a row a point.")] = False,
) -> None:
    """Follow the figures over a series of datasets, each with its interval: in the terminal, or as a picture."""
    from ganatlas.bundle.reader import Bundle, not_found
    from ganatlas.bundle.series import curves, series_of, space_of
    from ganatlas.errors import InputError, NotFoundError

    from .metrics_tables import HEADS

    if json and csv:
        raise InputError("One form at a time: --json or --csv.")
    if out is not None and out.suffix.lower() not in PICTURES:
        raise InputError(f"cannot draw a '{out.suffix}'; the output has to end in {', '.join(PICTURES)}.")
    bundle = Bundle.open(path)
    known = {name: members for name, members in series_of(bundle.manifest).items() if len(members) > 1}
    if not known:
        raise NotFoundError(
            "This atlas has no series of two datasets or more. Say series and value of the datasets that are one "
            "(docs/configuration.md), and build again.",
            choices=[],
        )
    name = series or next(iter(known))
    if name not in known:
        raise not_found("series", name, known)
    document = bundle.metrics()
    spaces = list(dict.fromkeys(space_of(entry) for entry in document.entries if entry.features != "logits"))
    if layer not in spaces:
        raise not_found("layer", layer, spaces)
    for asked in figure or ():
        if asked not in HEADS:
            raise not_found("figure", asked, HEADS)
    found = curves(bundle.manifest, document, name, layer, figure or tuple(HEADS))
    if json:
        typer.echo(_json(found))
    elif csv:
        typer.echo(_csv(found), nl=False)
    else:
        _print(found, name, layer)
    if out is not None:
        from ganatlas.pipeline.track_picture import draw_curves

        draw_curves(found, name, layer, out)
        typer.echo(f"{out} is written.", err=True)


def _json(found: "list[Curve]") -> str:
    import orjson

    content = [
        {
            "series": curve.series,
            "features": curve.space,
            "figure": curve.figure,
            "points": [
                {"dataset": point.dataset, "value": point.value, **point.figure.model_dump()}
                | {"at": point.value, "value": point.figure.value}
                for point in curve.points
            ],
        }
        for curve in found
    ]
    return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()


CSV_COLUMNS = ("value", "low", "high", "floor", "baseline", "at_baseline", "p", "n", "m")


def _csv(found: "list[Curve]") -> str:
    import csv
    import io

    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(["series", "at", "dataset", "features", "figure", *CSV_COLUMNS, "warnings"])
    for curve in found:
        for point in curve.points:
            values = [getattr(point.figure, name) for name in CSV_COLUMNS]
            said = ["" if value is None else value for value in values]
            head = [curve.series, point.value, point.dataset, curve.space, curve.figure]
            writer.writerow([*head, *said, "; ".join(point.figure.warnings)])
    return target.getvalue()


def _print(found: "list[Curve]", series: str, layer: str) -> None:
    from ganatlas.terminal import plain_console

    console = plain_console()
    legend = "├─●─┤ is the value with its 95 % interval, ┆ its noise floor."
    console.print(f"Over {series}, on {layer} features. {legend}")
    for curve in found:
        console.print(_table(curve))


def _table(curve: "Curve") -> "Table":
    """One figure: a row a dataset, its interval drawn on one scale."""
    from rich import box
    from rich.table import Table

    from .metrics_tables import head_in, interval, number

    figures = [point.figure for point in curve.points]
    known = [v for f in figures for v in (f.value, f.low, f.high, f.floor) if v is not None]
    low, high = min(known), max(known)
    table = Table(title=head_in(curve.space, curve.figure), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(curve.series, justify="right")
    table.add_column("dataset")
    table.add_column("")
    for head in ("value", "95 %", "floor", "real", "p"):
        table.add_column(head, justify="right")
    for point in curve.points:
        figure = point.figure
        table.add_row(
            f"{point.value:g}",
            point.dataset,
            bar(figure.value or 0.0, figure.low, figure.high, figure.floor, (low, high)),
            number(figure.value),
            interval(figure),
            "" if figure.floor is None else number(figure.floor, 3),
            "" if figure.baseline is None else number(figure.baseline, 3),
            "" if figure.p is None else f"{figure.p:.2g}",
        )
    return table


def bar(value: float, low: float | None, high: float | None, floor: float | None, ends: tuple[float, float]) -> str:
    """A value, its interval and its floor as characters on a scale from one end to the other."""
    length = ends[1] - ends[0]

    def place(at: float) -> int:
        return round((WIDTH - 1) * (at - ends[0]) / length) if length > 0 else WIDTH // 2

    line = [" "] * WIDTH
    if floor is not None:
        line[place(floor)] = "┆"
    if low is not None and high is not None:
        first, last = place(low), place(high)
        line[first : last + 1] = ["─"] * (last - first + 1)
        line[first], line[last] = "├", "┤"
    line[place(value)] = "●"
    return "".join(line)
