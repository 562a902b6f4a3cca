"""Every setting, route, error code and command of the server is documented, and nothing that is not there.

The idea is datasette's (tests/test_docs.py).
"""

import re
from pathlib import Path

import pytest
from serving import serve_paths
from typer.testing import CliRunner

from ganatlas.cli import COMMANDS, app
from ganatlas.server.errors import HTTP_CODES, STATUS
from ganatlas.server.openapi import openapi
from ganatlas.server.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def api_page() -> str:
    return (DOCS / "api.md").read_text()


def test_every_setting_is_documented_with_its_default() -> None:
    page = (DOCS / "server.md").read_text()
    rows = dict(re.findall(r"^\| `GANATLAS_([A-Z_]+)` \| ([^|]*) \|", page, re.MULTILINE))
    assert set(rows) == {name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        assert rows[name.upper()].strip("` ") == shown(field.get_default()), name


def shown(default: object) -> str:
    """A default as the table writes it."""
    if isinstance(default, tuple):
        default = ",".join(map(str, default))
    return "none" if default in {None, ""} else str(default).lower()


def test_every_route_is_documented_and_no_other(api_page: str) -> None:
    documented = set(re.findall(r"^### `(GET|POST) ([^`]+)`", api_page, re.MULTILINE))
    real = {(method.upper(), path) for path, methods in openapi()["paths"].items() for method in methods}
    assert documented == real


def test_every_parameter_of_a_route_is_documented(api_page: str) -> None:
    sections = dict(re.findall(r"^### `(?:GET|POST) ([^`]+)`\n(.*?)(?=^##|\Z)", api_page, re.MULTILINE | re.DOTALL))
    for path, methods in openapi()["paths"].items():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                assert parameter.get("description"), (path, parameter["name"])
                if parameter["in"] == "query":
                    assert f"`{parameter['name']}`" in sections[path], (path, parameter["name"])


def test_every_error_code_is_documented(api_page: str) -> None:
    codes = {code for _, _, code in STATUS} | set(HTTP_CODES.values()) | {"unauthorized", "too_large"}
    assert codes == set(re.findall(r"^\| `([a-z_]+)` \| \d", api_page, re.MULTILINE))


def test_every_answer_has_a_declared_model() -> None:
    for path, methods in openapi()["paths"].items():
        for operation in methods.values():
            for media, content in operation["responses"]["200"].get("content", {}).items():
                if media == "application/json":
                    assert "$ref" in content["schema"], path


def test_every_command_is_documented_with_its_options_and_no_other() -> None:
    page = (DOCS / "commands.md").read_text()
    sections = dict(re.findall(r"^## `ganatlas ([a-z-]+)`\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    assert set(sections) == set(COMMANDS)
    for name in COMMANDS:
        help_ = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200"}).output
        options = set(re.findall(r"^ +(?:-\w, )?(--[a-z0-9-]+)", help_, re.MULTILINE)) - {"--help"}
        documented = set(re.findall(r"`(--[a-z0-9-]+)`", sections[name]))
        assert documented == options, name


def test_the_schema_of_a_running_server_is_the_printed_one(tmp_path: Path) -> None:
    printed, running = openapi(), serve_paths(tmp_path).get("/openapi.json").json()
    assert running["paths"] == printed["paths"]
    assert running["components"] == printed["components"]
