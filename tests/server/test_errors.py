"""Every error has one shape, whatever made it."""

import pytest
from fastapi.testclient import TestClient
from serving import API, GRID

from ganatlas.server.models import ErrorAnswer


@pytest.mark.parametrize(
    ("method", "url", "status", "code"),
    [
        ("GET", "/nope", 404, "no_such_route"),
        ("GET", "/api/v1/nope", 404, "no_such_route"),
        ("GET", "/api/v1/atlases/", 404, "no_such_route"),
        ("POST", API, 405, "method_not_allowed"),
        ("DELETE", f"{GRID}/cells", 405, "method_not_allowed"),
        ("GET", "/api/v1/atlases/nobody", 404, "not_found"),
        ("GET", f"{API}/layers/nope/grids/10/cells", 404, "not_found"),
        ("GET", f"{API}/layers/early/grids/15/cells", 404, "not_found"),
        ("GET", f"{API}/layers/early/grids/ten/cells", 422, "invalid"),
        ("GET", f"{GRID}/cells/99/0", 404, "not_found"),
        ("GET", f"{GRID}/cells/0.5/0", 422, "invalid"),
        ("GET", f"{GRID}/cells/{10**40}/0", 404, "not_found"),
        ("GET", f"{API}/datasets/nobody/images/0", 404, "not_found"),
        ("GET", f"{API}/datasets/real/images/one", 422, "invalid"),
        ("GET", "/static/nope.js", 404, "not_found"),
        ("GET", "/static/..%2f..%2fapp.py", 404, "not_found"),
        ("POST", f"{API}/layers/early/selection", 422, "invalid"),
    ],
)
def test_an_error_has_its_status_and_code_in_the_one_shape(
    client: TestClient, method: str, url: str, status: int, code: str
) -> None:
    answer = client.request(method, url)
    assert answer.headers["content-type"] == "application/json"
    error = ErrorAnswer.model_validate(answer.json()).error
    assert (answer.status_code, error.code) == (status, code)
    assert error.message.endswith(".")


def test_an_unknown_name_says_which_there_are(client: TestClient) -> None:
    for url, choices in (
        ("/api/v1/atlases/nobody", ["made-up"]),
        (f"{API}/layers/nope/points", ["early", "late"]),
        (f"{API}/layers/early/grids/40/cells", [10, 20]),
        (f"{GRID}/icons/inverted/joint.dzi", [f"exemplar/{of}" for of in ("joint", "real", "gan-a", "gan-b")]),
    ):
        error = client.get(url).json()["error"]
        assert error["detail"]["choices"] == choices
        assert str(choices[0]) in error["message"]


def test_wrong_parameters_are_all_listed(client: TestClient) -> None:
    error = client.get(f"{GRID}/cells/x/y/examples?limit=1000").json()["error"]
    assert [field["field"] for field in error["detail"]["fields"]] == ["column", "row", "dataset", "limit"]
    assert {field["in"] for field in error["detail"]["fields"]} == {"path", "query"}


def test_a_body_that_is_not_json_is_422(client: TestClient) -> None:
    for body in (b"{", b"\xff\xfe", b"[" * 100_000, b"null"):
        answer = client.post(f"{API}/layers/early/selection", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 422
        assert answer.json()["error"]["code"] == "invalid"


def test_a_failure_of_the_server_has_the_shape_too_and_tells_nothing(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("/home/someone/secret")

    monkeypatch.setattr("ganatlas.server.routers.atlases.view_of", fail)
    # An address of its own, so that no prepared answer is there.
    client.app.state.services.answers._items.clear()  # type: ignore[attr-defined]
    answer = client.get(API)
    assert answer.status_code == 500
    assert ErrorAnswer.model_validate(answer.json()).error.code == "internal"
    assert "secret" not in answer.text
