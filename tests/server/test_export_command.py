"""`ganatlas export --poster`: a whole layer on one page, of a made-up atlas."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from synthetic import Plan, write_manifest, write_synthetic_bundle
from typer.testing import CliRunner

from ganatlas.bundle.findings import Finding, both_ways, least_ratio, most_different
from ganatlas.bundle.mosaic import read_icon, read_map
from ganatlas.bundle.reader import Bundle
from ganatlas.bundle.tables import OUTSIDE
from ganatlas.cli import app
from ganatlas.export.choices import Wishes, choose
from ganatlas.export.colors import diverging, ink_on, sequential
from ganatlas.export.map_picture import PALETTES
from ganatlas.export.poster import HEAD, MARGIN, draw_poster
from ganatlas.export.typography import Style, Typesetter

SIDE = 700
PLAN = Plan(layers=("early", "late"), sizes=(10, 20), images=300, side=16)
FDR = 0.6


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of few images, and a false discovery rate at which some cells differ. Read-only."""
    folder = tmp_path_factory.mktemp("posters") / "made-up.atlas"
    write_manifest(folder, write_synthetic_bundle(folder, PLAN).model_copy(update={"fdr": FDR}))
    return folder


def run(*arguments: object) -> tuple[int, str]:
    """Exit code, and what was said."""
    ended = CliRunner().invoke(app, ["export", *map(str, arguments)])
    return ended.exit_code, ended.output


def cell_pixel(poster: Image.Image, side: int, size: int, column: int, row: int) -> tuple[int, ...]:
    """The colour a fifth into a cell of the map, where no name, number or line is."""
    unit = side / 1000
    at = [MARGIN + (column + 0.2) / size * 1000, MARGIN + HEAD + (row + 0.25) / size * 1000]
    found = poster.getpixel((round(at[0] * unit), round(at[1] * unit)))
    assert isinstance(found, tuple)
    return found


def test_where_the_first_set_has_more_the_poster_is_blue_where_the_second_has_it_is_orange_and_the_rest_is_ground(
    whole: Path,
) -> None:
    bundle = Bundle.open(whole)
    choice = choose(bundle, Wishes(pair="gan-a", layer="late", grid=10, icons="none", side=SIDE))
    poster = draw_poster(bundle, choice)
    grid = bundle.grid("late", 10)
    columns, rows = grid.cells("column").tolist(), grid.cells("row").tolist()
    effect = np.where((grid.cells("q")[:, 0] < FDR) & (grid.cells("column") != OUTSIDE), grid.cells("effect")[:, 0], 0)
    for index, sign in ((int(np.argmax(effect)), 1), (int(np.argmin(effect)), -1)):
        red, _, blue = cell_pixel(poster, choice.side, 10, columns[index], rows[index])
        assert sign * (blue - red) > 25
    taken = set(zip(columns, rows, strict=True))
    empty = next((column, row) for column in range(10) for row in range(10) if (column, row) not in taken)
    assert cell_pixel(poster, choice.side, 10, *empty) == PALETTES["light"].ground


def test_without_wishes_the_poster_is_of_the_layer_with_the_greatest_divergence(whole: Path) -> None:
    bundle = Bundle.open(whole)
    choice = choose(bundle, Wishes())
    assert choice.entry is not None
    of_size = [e for e in bundle.divergence().entries if (e.first, e.second) == ("real", "gan-a") and e.valid]
    finest = {layer: max((e for e in of_size if e.layer == layer), key=lambda e: e.size) for layer in ("early", "late")}
    assert choice.entry == max(finest.values(), key=lambda entry: entry.js_corrected)
    assert choice.pyramid is not None
    assert (choice.pyramid.kind, choice.pyramid.of, choice.color) == ("exemplar", "joint", "effect")
    assert choice.side % choice.pyramid.width == 0, "no icon is shown smaller or by a broken factor"


@pytest.mark.parametrize("name", ["poster.png", "poster.pdf"])
def test_a_poster_is_written_as_a_picture_or_as_one_page_of_a2(whole: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    code, said = run(whole, "--poster", out, "--side", SIDE, "--grid", 10)
    assert code == 0, said
    assert "10 grid, real against gan-a" in said
    if name.endswith(".png"):
        with Image.open(out) as picture:
            assert picture.width / picture.height == pytest.approx(2**0.5, abs=0.01)
            assert picture.width / picture.info["dpi"][0] * 25.4 == pytest.approx(594, abs=1)
    else:
        content = out.read_bytes()
        assert content.startswith(b"%PDF")
        assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") + content.count(b"/Type /Page/") == 1


@pytest.mark.parametrize("color", ["contribution", "density", "none"])
def test_every_way_to_colour_and_both_themes_make_a_poster_of_their_own(whole: Path, color: str) -> None:
    bundle = Bundle.open(whole)
    wishes = {"layer": "late", "grid": 10, "side": 500, "icons": "none", "color": color}
    light = draw_poster(bundle, choose(bundle, Wishes(**wishes)))  # type: ignore[arg-type]
    dark = draw_poster(bundle, choose(bundle, Wishes(**wishes, theme="dark")))  # type: ignore[arg-type]
    effect = draw_poster(bundle, choose(bundle, Wishes(**wishes | {"color": "effect"})))  # type: ignore[arg-type]
    assert light.size == dark.size
    assert light.getpixel((2, 2)) == (255, 255, 255)
    assert max(dark.getpixel((2, 2))) < 40  # type: ignore[arg-type]
    assert light.tobytes() != effect.tobytes()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "--poster"),
        (("--poster", "x.jpg"), ".png or a .pdf"),
        (("--poster", "nowhere/x.png"), "does not exist"),
        (("--poster", "x.png", "--layer", "middle"), "early, late"),
        (("--poster", "x.png", "--grid", "320"), "10, 20"),
        (("--poster", "x.png", "--icons", "inverted"), "exemplar/joint"),
        (("--poster", "x.png", "--pair", "gan-z"), "real~gan-b"),
        (("--poster", "x.png", "--color", "pink"), "contribution"),
        (("--poster", "x.png", "--theme", "pink"), "light, dark"),
        (("--poster", "x.png", "--side", "30000"), "megapixels"),
        (("--poster", "x.png", "--font", __file__), "not a font"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_what_there_is(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, said = run(whole, *arguments)
    assert code == 2, said
    assert says in said
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_tile_is_named(atlas: Path, tmp_path: Path) -> None:
    tile = next(atlas.glob("layers/late/grids/10/icons/exemplar/joint-*_files/10/0_0.webp"))
    tile.write_bytes(tile.read_bytes()[:-9])
    code, said = run(atlas, "--poster", tmp_path / "x.png", "--layer", "late", "--grid", 10)
    assert code == 3
    assert "0_0.webp" in said


def test_the_icon_of_a_cell_is_its_part_of_the_map(whole: Path) -> None:
    bundle = Bundle.open(whole)
    pyramid = bundle.pyramid("late", 20, "exemplar", "joint")
    picture = read_map(bundle, pyramid)
    grid, px = bundle.grid("late", 20), pyramid.icon_size
    assert picture.size == (20 * px, 20 * px)
    for column, row in zip(grid.cells("column").tolist(), grid.cells("row").tolist(), strict=True):
        if column != OUTSIDE:
            box = (column * px, row * px, (column + 1) * px, (row + 1) * px)
            assert read_icon(bundle, pyramid, column, row).tobytes() == picture.crop(box).tobytes()


def test_both_ways_are_listed_and_one_fills_what_the_other_leaves() -> None:
    ranked = np.arange(12)
    more = ranked % 3 == 0
    assert both_ways(ranked, more, 6).tolist() == [0, 3, 6, 1, 2, 4]
    assert both_ways(ranked, more, 10).tolist() == [0, 3, 6, 9, 1, 2, 4, 5, 7, 8]
    assert both_ways(ranked, np.zeros(12, bool), 3).tolist() == [0, 1, 2]
    assert both_ways(ranked[:0], more[:0], 3).tolist() == []


def test_only_significant_cells_are_ranked_by_what_they_contribute(whole: Path) -> None:
    grid = Bundle.open(whole).grid("late", 10)
    ranked = most_different(grid, 0, FDR)
    assert len(ranked) > 3
    assert (grid.cells("q")[ranked, 0] < FDR).all()
    sizes = np.abs(grid.cells("contribution")[ranked, 0])
    assert (np.diff(sizes) <= 0).all()
    assert len(ranked) == int((grid.cells("q")[:, 0] < FDR).sum())


@pytest.mark.parametrize(
    ("first", "second", "effect", "words"),
    [(16, 0, 5.0, "only in A, at least 3.9×"), (0, 16, -5.0, "only in B, at least 3.9×"), (2, 0, 2.3, "only in A"),
     (9, 3, 1.585, "3× more in A"), (3, 40, -3.7, "13× more in B"), (9, 9, 0.01, "about as much in both")],
)  # fmt: skip
def test_a_difference_is_said_in_words(first: int, second: int, effect: float, words: str) -> None:
    assert Finding(first, second, effect, 0.1, 0.01, (3000, 3000)).words("A", "B") == words


@given(st.integers(1, 400), st.integers(1, 10**6), st.integers(1, 10**6))
def test_samples_of_one_set_alone_are_a_chance_of_one_in_forty_at_the_least_ratio(count: int, of: int, other: int) -> None:
    ratio = least_ratio(count, of, other)
    one = ratio * of / (ratio * of + other)
    assert one**count == pytest.approx(0.025, rel=1e-9)


def test_ramps_are_even_around_neutral_and_ink_can_be_read_on_them() -> None:
    for theme in ("light", "dark"):
        ramp = diverging(theme).astype(int)  # type: ignore[arg-type]
        assert ramp[0][0] > ramp[0][2] + 60, "orange"
        assert ramp[255][2] > ramp[255][0] + 60, "blue"
        assert np.ptp(ramp[127]) < 12, "neutral"
        dark_end, light_end = sorted((sequential(theme)[0].sum(), sequential(theme)[255].sum()))  # type: ignore[arg-type]
        assert light_end > dark_end + 150
    assert ink_on(np.array([250, 250, 250], np.uint8)) == (0, 0, 0)
    assert ink_on(np.array([20, 20, 60], np.uint8)) == (255, 255, 255)


def test_text_is_cut_to_its_column_and_broken_between_words() -> None:
    setter, style = Typesetter(Image.new("RGB", (600, 60))), Style(20, (0, 0, 0))
    long = "where the samples of a generative model differ ‖ é 差"
    cut = setter.fit(long, 200, style)
    assert cut.endswith("…")
    assert setter.length(cut, style) <= 200
    assert setter.fit("short", 200, style) == "short"
    lines = setter.lines(long, 200, style)
    assert " ".join(lines) == long
    assert all(setter.length(line, style) <= 200 for line in lines)


def test_the_poster_needs_neither_torch_nor_matplotlib(whole: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from ganatlas.export.choices import Wishes\n"
        "from ganatlas.commands.export import export_poster\n"
        f"export_poster(Path({str(whole)!r}), Path({str(tmp_path / 'x.png')!r}), Wishes(side=500), None)\n"
        "sys.exit(' '.join({'torch', 'matplotlib', 'scipy', 'pyvips'} & set(sys.modules)) or 0)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
