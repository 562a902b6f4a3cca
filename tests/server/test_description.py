"""The page that describes the API: all of it, from the server alone."""

import re

from fastapi.testclient import TestClient

from ganatlas.server.description import describe, type_name
from ganatlas.server.openapi import openapi


def test_the_page_has_every_route_parameter_and_answer(client: TestClient) -> None:
    page = client.get("/docs").text
    document = openapi()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            section = page.split(f'<section id="{operation["operationId"]}">')[1].split("</section>")[0]
            assert f"<b>{method.upper()}</b> <code>{path}</code>" in section
            for parameter in operation.get("parameters", []):
                assert f"<code>{parameter['name']}</code>" in section
    for name in document["components"]["schemas"]:
        assert f'id="schema-{name}"' in page


def test_the_page_takes_nothing_from_elsewhere_and_runs_nothing(client: TestClient) -> None:
    answer = client.get("/docs")
    assert answer.headers["content-type"].startswith("text/html")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert not re.search(r"\sstyle=|\son[a-z]+=", answer.text)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", answer.text)
    for target in re.findall(r'href="#([^"]+)"', answer.text):
        assert f'id="{target}"' in answer.text, target


def test_the_body_of_a_selection_is_described_field_by_field() -> None:
    selection = next(
        each for _, operations in describe(openapi()).groups for each in operations if each.path.endswith("/selection")
    )
    fields = {field.name: field for field in selection.body}
    assert selection.method == "POST"
    assert fields["limit"].type == "integer, 1 to 500"
    assert fields["limit"].default == "50"
    assert fields["polygon"].type == "list of (number, number) or null"
    assert selection.answer == "SelectionView"


def test_types_are_words() -> None:
    assert type_name({"$ref": "#/components/schemas/Box"}) == "Box"
    assert type_name({"type": "array", "items": {"type": "integer"}}) == "list of integer"
    assert type_name({"type": "object", "additionalProperties": {"type": "string"}}) == "object of string"
    assert type_name({"enum": ["js", "kl"]}) == '"js" or "kl"'
    assert type_name({}) == "any"
