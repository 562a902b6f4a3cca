"""`ganatlas export`: an atlas as something else: the poster of a layer."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganatlas.errors import InputError

if TYPE_CHECKING:
    from ganatlas.export.choices import Wishes

THEMES = ("light", "dark")


def export(
    path: Annotated[Path, typer.Argument(help="An atlas.")],
    poster: Annotated[Path | None, typer.Option(help="Draw a whole layer as this .png or .pdf.")] = None,
    layer: Annotated[str | None, typer.Option(help="Layer; that of the greatest divergence where absent.")] = None,
    grid: Annotated[int | None, typer.Option(help="Cells a side; the finest up to 40 whose cells hold enough samples.")] = None,
    icons: Annotated[str | None, typer.Option(help="KIND, KIND:DATASET or none; exemplar.")] = None,
    color: Annotated[str | None, typer.Option(help="effect, contribution, density or none; effect.")] = None,
    pair: Annotated[str | None, typer.Option(help="Compared: FIRST~SECOND, or the second's name; the first pair.")] = None,
    dataset: Annotated[str | None, typer.Option(help="Of the density; the reference.")] = None,
    theme: Annotated[str, typer.Option(help="light, for paper, or dark.")] = "light",
    opacity: Annotated[float, typer.Option(min=0, max=1, help="Strength of the colour over the icons.")] = 0.55,
    side: Annotated[int, typer.Option(min=500, help="px of the map's side, about; a multiple of its icons'.")] = 3600,
    font: Annotated[Path | None, typer.Option(help="A font with the letters of your titles; the system's.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say warnings and errors only.")] = False,
) -> None:
    """Turn an atlas into something else: --poster, a whole layer on one page with its legend and its figures."""
    if poster is None:
        raise InputError("Say what to export: --poster OUT.png or OUT.pdf.")
    from ganatlas.export.choices import Wishes
    from ganatlas.export.heat import COLOR_MODES

    if theme not in THEMES:
        raise InputError(f"There is no theme '{theme}'. There are: {', '.join(THEMES)}.")
    mode = next((each for each in COLOR_MODES if each == color), None)
    if color is not None and mode is None:
        raise InputError(f"One cannot colour by '{color}'. There are: {', '.join(COLOR_MODES)}.")
    wishes = Wishes(
        layer=layer,
        grid=grid,
        icons=icons,
        color=mode,
        pair=pair,
        dataset=dataset,
        theme="dark" if theme == "dark" else "light",
        opacity=opacity,
        side=side,
    )
    said = export_poster(path, poster, wishes, font)
    if not quiet:
        typer.echo(said)


def export_poster(path: Path, out: Path, wishes: "Wishes", font: Path | None) -> str:
    """Draw the poster of an atlas.

    Returns:
        A line that says what is on it.

    Raises:
        InputError: the file cannot be written, or is of another kind.
        NotFoundError: the atlas does not have what was asked for.
        BundleError: it is damaged.
    """
    from ganatlas.bundle.reader import Bundle
    from ganatlas.export.choices import choose
    from ganatlas.export.poster import check_name, draw_poster, save_poster

    check_name(out)
    bundle = Bundle.open(path)
    choice = choose(bundle, wishes)
    poster = draw_poster(bundle, choice, font)
    save_poster(poster, out)
    shown = f"{choice.layer.name}, {choice.size} grid"
    shown += "" if choice.pair is None else f", {' against '.join(bundle.manifest.pairs[choice.pair])}"
    return f"{out}: {shown}; {poster.width:,} × {poster.height:,} px."
