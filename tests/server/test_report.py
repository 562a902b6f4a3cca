"""The printed report, the drawn heat maps, and the list of atlases with its headlines."""

import re
import shutil
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from serving import API, serve_paths
from synthetic import Plan, write_manifest, write_synthetic_bundle

from ganatlas.bundle.figures import FIGURES
from ganatlas.bundle.reader import Bundle
from ganatlas.export.heat import nice_ceil
from ganatlas.server.report import A_LAYER, EACH_WAY, make_report

FDR = 0.6
PLAN = Plan(images=300, side=16, layers=("early", "late"), sizes=(10, 20))


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of few images, and a false discovery rate at which some cells differ. Read-only."""
    folder = tmp_path_factory.mktemp("reported") / "made-up.atlas"
    write_manifest(folder, write_synthetic_bundle(folder, PLAN).model_copy(update={"fdr": FDR}))
    return folder


@pytest.fixture(scope="module")
def reader(reported: Path) -> TestClient:
    return serve_paths(reported)


def test_the_report_says_where_how_much_and_what_without_a_script(reader: TestClient) -> None:
    page = reader.get("/a/made-up/report")
    assert page.status_code == 200
    text = page.text
    assert "<script" not in text
    assert not re.search(r"\sstyle=|\son[a-z]+=", text)
    for said in (
        "Real",
        "Gan A",
        "They differ most in layer",
        "n = 300",
        "Fréchet distance",
        "26.00",
        "25.00 – 27.00",
        "noise",
    ):
        assert said in text, said
    images = re.findall(r'href="\.\./\.\.(/api/[^"]+)"', text)
    assert images
    assert all(reader.get(image.replace("&amp;", "&")).headers["content-type"] == "image/webp" for image in images[:3])
    assert reader.get("/report.css").headers["content-type"].startswith("text/css")


def test_the_report_and_the_list_say_what_each_of_their_numbers_is(reader: TestClient, reported: Path, tmp_path: Path) -> None:
    page = unescape(reader.get("/a/made-up/report").text)
    rows = make_report(Bundle.open(reported), None).metrics
    assert rows
    for text in (*(row.text for row in rows), FIGURES["js"], FIGURES["q"], FIGURES["effect"], FIGURES["bound"]):
        assert f"<b>{text.title}</b>" in page
        assert text.says in page
    for name in ("one", "two"):
        shutil.copytree(reported, tmp_path / f"{name}.atlas")
    listed = unescape(serve_paths(tmp_path).get("/").text)
    for name in re.findall(r'popovertarget="what-(\w+)"', listed):
        assert FIGURES[name].says in listed
        assert listed.count(f'id="what-{name}"') == 1
    assert 'aria-label="What is Jensen–Shannon divergence?"' in listed


@given(st.floats(1e-6, 1e6))
def test_a_scale_ends_at_its_greatest_value_or_little_above(value: float) -> None:
    assert value * (1 - 1e-6) <= nice_ceil(value) <= 1.34 * value


def test_the_report_is_of_the_pair_that_is_asked_for(reader: TestClient) -> None:
    page = reader.get("/a/made-up/report", params={"pair": "real~gan-b"}).text
    assert '<b class="second">Gan B</b>' in page
    assert "?pair=real~gan-a" in page


@pytest.mark.parametrize("url", ["/a/nobody/report", "/a/made-up/report?pair=gan-a~real", "/a/made-up/report?pair=<b>"])
def test_a_report_that_there_is_not_is_a_page_that_says_what_there_is(reader: TestClient, url: str) -> None:
    page = reader.get(url)
    assert page.status_code == 404
    assert "There is no" in page.text
    assert "<b>" not in page.text


def test_the_cells_of_the_report_are_significant_differ_from_each_other_and_go_both_ways(reported: Path) -> None:
    report = make_report(Bundle.open(reported), "real~gan-a")
    for way, cells in enumerate(report.cells):
        assert 0 < len(cells) <= EACH_WAY
        for cell in cells:
            assert cell.what.q < FDR
            assert (cell.what.contribution > 0) == (way == 0)
            assert [sample.dataset for sample in cell.examples[0]] == ["real"] * min(3, cell.what.first)
            assert [sample.dataset for sample in cell.examples[1]] == ["gan-a"] * min(3, cell.what.second)
        assert max(sum(other.layer == cell.layer for other in cells) for cell in cells) <= A_LAYER
        sizes = [abs(cell.what.contribution) for cell in cells]
        assert sizes == sorted(sizes, reverse=True)


def test_an_atlas_without_metrics_has_a_report_without_them(reported: Path, tmp_path: Path) -> None:
    atlas = Path(shutil.copytree(reported, tmp_path / "made-up.atlas"))
    write_manifest(atlas, Bundle.open(atlas).manifest.model_copy(update={"metrics": None}))
    page = serve_paths(atlas).get("/a/made-up/report")
    assert page.status_code == 200
    assert "How much" not in page.text


@pytest.mark.parametrize("measure", ["js", "kl"])
def test_the_heat_maps_are_drawn_with_every_number_of_the_data(reader: TestClient, measure: str) -> None:
    answer = reader.get(f"{API}/divergence.svg", params={"measure": measure, "theme": "dark"})
    assert answer.headers["content-type"] == "image/svg+xml"
    root = ElementTree.fromstring(answer.text)
    words = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    entries = reader.get(f"{API}/divergence").json()["entries"]
    for entry in entries:
        value = entry["js_corrected" if measure == "js" else "kl"]
        assert f"{value:.3f}".replace("-0.000", "0.000").replace("-", "−") in words
    assert ("bits" in " ".join(filter(None, words))) == (measure == "js")
    assert "style" not in answer.text
    assert reader.get(f"{API}/divergence.svg", headers={"if-none-match": answer.headers["etag"]}).status_code == 200
    asked = {"measure": measure, "theme": "dark"}
    again = reader.get(f"{API}/divergence.svg", params=asked, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


def test_the_list_has_the_headline_of_each_atlas_and_a_search_when_there_are_many(reported: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        shutil.copytree(reported, tmp_path / f"{name}.atlas")
    client = serve_paths(tmp_path)
    page = client.get("/").text
    entries = [entry for entry in Bundle.open(reported).divergence().entries if entry.valid and not entry.is_self]
    worst = max(entries, key=lambda entry: entry.js_corrected)
    assert page.count(f"<b>{worst.js_corrected:.3f}</b>") == 2
    assert f"in {worst.layer}, p" in page
    assert page.count("n = 300") == 6
    assert 'href="./a/one/report"' in page
    assert "list.js" not in page
    for number in range(5):
        (tmp_path / f"coming-{number}.atlas").mkdir()
    assert 'src="./list.js"' in client.get("/").text
    assert client.get("/list.js").headers["content-type"].startswith("text/javascript")


def test_a_list_with_a_damaged_divergence_still_shows_the_rest(reported: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        shutil.copytree(reported, tmp_path / f"{name}.atlas")
    next((tmp_path / "one.atlas").glob("divergence-*.json")).write_text("{}")
    page = serve_paths(tmp_path).get("/")
    assert page.status_code == 200
    assert page.text.count("greatest divergence") == 1


def test_an_empty_folder_says_what_to_run(tmp_path: Path) -> None:
    page = serve_paths(tmp_path).get("/").text
    assert f"ganatlas compare REAL GENERATED -o {tmp_path.as_posix()}/mine.atlas" in page
    far = serve_paths(tmp_path, host="0.0.0.0").get("/").text
    assert tmp_path.as_posix() not in far, "the folder is the business of whoever started the server"
    assert "ganatlas compare REAL GENERATED -o FOLDER/mine.atlas" in far
