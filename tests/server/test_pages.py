"""The pages: the viewer with its data inlined, the list, the messages; and the files of the viewer."""

import json
import re
import shutil
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from serving import Serve
from synthetic import write_manifest

from ganatlas.bundle.reader import Bundle
from ganatlas.server.app import create_app
from ganatlas.server.assets import Assets
from ganatlas.server.models import PageData
from ganatlas.server.settings import Settings


def inlined(page: str) -> PageData:
    found = re.search(r'<script type="application/json" id="ganatlas-data">(.*?)</script>', page, re.DOTALL)
    assert found
    return PageData.model_validate(json.loads(found[1]))


@pytest.fixture
def viewer(tmp_path: Path) -> Path:
    """A build of the viewer as Vite writes it."""
    folder = tmp_path / "static"
    (folder / ".vite").mkdir(parents=True)
    (folder / "assets").mkdir()
    (folder / "assets" / "main-abc123.js").write_text("console.log('viewer');" * 100)
    (folder / "assets" / "main-abc123.css").write_text("body{}")
    (folder / "assets" / "shared-def456.css").write_text("main{}")
    manifest = {
        "src/main.tsx": {
            "file": "assets/main-abc123.js",
            "isEntry": True,
            "css": ["assets/main-abc123.css"],
            "imports": ["_s.js"],
        },
        "_s.js": {"file": "assets/shared-def456.js", "css": ["assets/shared-def456.css"], "imports": ["src/main.tsx"]},
    }
    (folder / ".vite" / "manifest.json").write_text(json.dumps(manifest))
    return folder


def serve_with(viewer: Path, *paths: Path, **settings: object) -> TestClient:
    given = Settings.model_validate({"paths": paths, "follow_seconds": 0} | settings)
    return TestClient(create_app(given, Assets(viewer)))


def test_one_atlas_is_shown_at_once_with_its_manifest_inlined(whole: Path, viewer: Path) -> None:
    client = serve_with(viewer, whole)
    for url, root in (("/", "./"), ("/a/made-up", "../")):
        page = client.get(url)
        data = inlined(page.text)
        assert data.root == root
        assert data.atlas is not None
        assert data.atlas.model_dump(mode="json") == client.get("/api/v1/atlases/made-up").json()
        assert f'<script type="module" src="{root}static/assets/main-abc123.js">' in page.text
        assert page.headers["cache-control"] == "no-store"
        assert re.findall(r"<script(?![^>]*(?:src=|application/json))", page.text) == []
        assert not re.search(r"\sstyle=|\son[a-z]+=", page.text)


def test_below_a_root_path_every_url_carries_it(whole: Path, viewer: Path) -> None:
    client = serve_with(viewer, whole, root_path="/lab/atlas/")
    for url in ("/", "/lab/atlas/", "/lab/atlas/a/made-up"):
        page = client.get(url)
        assert page.status_code == 200
        assert inlined(page.text).root == "/lab/atlas/"
        assert 'src="/lab/atlas/static/assets/main-abc123.js"' in page.text
    assert client.get("/lab/atlas/api/v1/atlases").status_code == 200
    assert 'href="/lab/atlas/openapi.json"' in client.get("/lab/atlas/docs").text


def test_data_cannot_break_out_of_its_script(atlas: Path, viewer: Path) -> None:
    title = "</script><script>alert(1)</script><!-- \u2028 &amp;"
    write_manifest(atlas, Bundle.open(atlas).manifest.model_copy(update={"title": title}))
    page = serve_with(viewer, atlas).get("/").text
    assert "<script>alert" not in page
    data = inlined(page)
    assert data.atlas is not None
    assert data.atlas.title == title


def test_many_atlases_are_a_list_with_pictures_and_links(whole: Path, viewer: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        shutil.copytree(whole, tmp_path / "atlases" / f"{name}.atlas")
    (tmp_path / "atlases" / "coming.atlas").mkdir()
    client = serve_with(viewer, tmp_path / "atlases")
    page = client.get("/").text
    assert 'href="./a/one"' in page
    assert 'href="./a/two"' in page
    assert "being built" in page
    pictures = re.findall(r'<img src="\.(/[^"]+)"', page)
    assert len(pictures) == 2
    for picture in pictures:
        answer = client.get(picture)
        assert answer.headers["content-type"] == "image/webp"
        assert "immutable" in answer.headers["cache-control"]


def test_without_a_built_viewer_the_page_says_how_to_build_it(whole: Path, tmp_path: Path) -> None:
    page = serve_with(tmp_path / "nowhere", whole).get("/")
    assert page.status_code == 200
    assert "npm run build" in page.text


def test_a_viewer_built_while_serving_is_noticed(whole: Path, viewer: Path, tmp_path: Path) -> None:
    client = serve_with(tmp_path / "later", whole)
    assert "npm run build" in client.get("/").text
    shutil.copytree(viewer, tmp_path / "later")
    assert "main-abc123.js" in client.get("/").text


def test_hashed_files_of_the_viewer_are_kept_for_a_year_and_zipped(whole: Path, viewer: Path) -> None:
    client = serve_with(viewer, whole)
    script = client.get("/static/assets/main-abc123.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]
    assert script.headers["content-encoding"] == "gzip"
    plain = client.get("/static/assets/main-abc123.js", headers={"accept-encoding": "identity"})
    assert plain.text == script.text
    assert client.get("/static/assets/main-abc123.js", headers={"if-none-match": script.headers["etag"]}).status_code == 304
    assert client.get("/static/assets/main-abc123.css").headers["content-type"].startswith("text/css")


def test_styles_come_in_the_order_of_the_imports(whole: Path, viewer: Path) -> None:
    page = serve_with(viewer, whole).get("/").text
    styles = re.findall(r'href="\./static/([^"]+\.css)"', page)
    assert styles == ["assets/shared-def456.css", "assets/main-abc123.css"]


@pytest.mark.parametrize(
    "path", [".vite/manifest.json", "../app.py", "..%2fapp.py", "assets/../../app.py", "assets", "", "%00"]
)
def test_nothing_else_is_served_as_static(whole: Path, viewer: Path, path: str) -> None:
    assert serve_with(viewer, whole).get(f"/static/{path}").status_code == 404


def test_an_unknown_atlas_has_a_page_that_says_so(serve: Serve, whole: Path) -> None:
    page = serve(whole).get("/a/<b>nobody")
    assert page.status_code == 404
    assert "<b>" not in page.text
