"""The token, the cookie, the headers, and other origins."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from serving import API, GRID, Serve

SECRET = "correct-horse-battery-staple"


@pytest.fixture
def guarded(serve: Serve, whole: Path) -> TestClient:
    return serve(whole, token=SECRET)


def test_without_the_token_nothing_but_health_is_answered(guarded: TestClient) -> None:
    for url in (
        "/",
        "/a/made-up",
        API,
        f"{GRID}/cells",
        "/docs",
        "/openapi.json",
        "/metrics",
        "/page.css",
        "/static/x",
        "/nope",
    ):
        answer = guarded.get(url)
        assert answer.status_code == 401, url
        assert answer.json()["error"]["code"] == "unauthorized"
        assert answer.headers["www-authenticate"] == "Bearer"
    assert guarded.get("/healthz").status_code == 200
    assert guarded.post(f"{API}/layers/early/selection", json={"rows": [1]}).status_code == 401


def test_the_bearer_header_opens(guarded: TestClient) -> None:
    assert guarded.get(API, headers={"authorization": f"Bearer {SECRET}"}).status_code == 200
    assert guarded.get(API, headers={"authorization": f"bearer {SECRET}"}).status_code == 200
    for wrong in (f"Bearer {SECRET}x", f"Bearer {SECRET[:-1]}", "Bearer ", SECRET, f"Basic {SECRET}", "Bearer \xe9"):
        assert guarded.get(API, headers={"authorization": wrong.encode("latin-1")}).status_code == 401


def test_the_token_in_the_address_becomes_a_cookie_and_leaves_the_address(guarded: TestClient) -> None:
    answer = guarded.get(f"/a/made-up?layer=early&token={SECRET}&x=a%26b")
    assert answer.status_code == 303
    assert answer.headers["location"] == "./made-up?layer=early&x=a%26b"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert SECRET not in cookie
    assert guarded.get(API).status_code == 200, "the cookie is sent from now on"
    assert guarded.get("/").status_code == 200


def test_the_start_page_with_a_token_leads_to_itself(guarded: TestClient) -> None:
    assert guarded.get(f"/?token={SECRET}").headers["location"] == "./"


def test_over_https_the_cookie_is_secure(guarded: TestClient) -> None:
    assert "; Secure" in guarded.get(f"https://testserver/?token={SECRET}").headers["set-cookie"]


@pytest.mark.parametrize("wrong", ["", "x", SECRET.upper(), SECRET + " ", "%00", "%C3%A9"])
def test_a_wrong_token_in_the_address_opens_nothing(guarded: TestClient, wrong: str) -> None:
    answer = guarded.get(f"/?token={wrong}")
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


def test_a_forged_cookie_opens_nothing(guarded: TestClient) -> None:
    for value in (SECRET, "0" * 64, "", '"', "a=b;;=", "\xff"):
        answer = guarded.get(API, headers={"cookie": f"ganatlas_session={value}".encode("latin-1")})
        assert answer.status_code == 401


def test_the_token_is_never_logged(serve: Serve, whole: Path, log_lines: list[str]) -> None:
    guarded = serve(whole, token=SECRET, log_level="debug")
    guarded.get(f"/?token={SECRET}")
    guarded.get(f"/?token={SECRET}x")
    guarded.get(API, headers={"authorization": f"Bearer {SECRET}"})
    assert len(log_lines) == 3
    assert not any(SECRET in line for line in log_lines)
    assert SECRET not in repr(guarded.app.state.services.settings)  # type: ignore[attr-defined]


def test_every_answer_has_the_security_headers(client: TestClient) -> None:
    for url in ("/", API, "/nope", f"{GRID}/cells", f"{GRID}/icons/exemplar/joint.dzi", "/healthz", "/page.css", "/docs"):
        headers = client.get(url).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "connect-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'self'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_frames_and_other_origins_are_allowed_only_when_set(serve: Serve, whole: Path) -> None:
    asking = {"origin": "https://lab.example"}
    closed = serve(whole)
    assert "access-control-allow-origin" not in closed.get(API, headers=asking).headers
    opened = serve(whole, cors_origins=("https://lab.example",), frame_ancestors=("'self'", "https://lab.example"))
    answer = opened.get(API, headers=asking)
    assert answer.headers["access-control-allow-origin"] == "https://lab.example"
    assert answer.headers["content-security-policy"].endswith("frame-ancestors 'self' https://lab.example")
    assert "access-control-allow-origin" not in opened.get(API, headers={"origin": "https://evil.example"}).headers


def test_other_origins_may_ask_beforehand_even_where_a_token_is_needed(serve: Serve, whole: Path) -> None:
    client = serve(whole, token=SECRET, cors_origins=("https://lab.example",))
    asking = {
        "origin": "https://lab.example",
        "access-control-request-method": "GET",
        "access-control-request-headers": "authorization",
    }
    assert client.options(API, headers=asking).status_code == 200
