"""Requests made up from the OpenAPI schema: none is a failure of the server, and each answer has the shape that it promises."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serving import Serve

schemathesis = pytest.importorskip("schemathesis")

CONFORMING, EXAMPLES = 20, 530
"""Requests of each route whose answers are compared with the schema, and more, at most, that must not fail the server."""
REAL = {"atlas": "made-up", "layer": "early", "size": 20, "dataset": "real", "kind": "exemplar", "of": "joint", "image": 3}


@pytest.mark.slow
def test_made_up_requests_never_fail_the_server(serve: Serve, whole: Path) -> None:
    from schemathesis.specs.openapi.checks import response_schema_conformance

    schema = schemathesis.openapi.from_asgi("/openapi.json", serve(whole).app)
    statuses: set[int] = set()
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=CONFORMING, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True
        )
        @given(operation.as_strategy(), st.booleans())
        def check(case: Any, exists: bool) -> None:
            if exists:  # so that half of the requests get past the first lookup
                case.path_parameters = {name: REAL.get(name, value) for name, value in (case.path_parameters or {}).items()}
            response = case.call()
            statuses.add(response.status_code)
            case.validate_response(response, checks=[schemathesis.checks.not_a_server_error, response_schema_conformance])

        check()
    assert statuses >= {200, 404, 422}


@pytest.mark.slow
def test_ten_thousand_made_up_requests_right_and_wrong_never_fail_the_server(serve: Serve, whole: Path) -> None:
    """Half as the schema says and half against it; in half of each the names exist."""
    from schemathesis import GenerationMode

    asked = 0
    with serve(whole) as client:  # one event loop for all
        for result in schemathesis.openapi.from_asgi("/openapi.json", client.app).get_all_operations():
            operation = result.ok()
            cases = operation.as_strategy()
            if operation.path_parameters or operation.query:
                cases = st.one_of(cases, operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))

            @settings(
                max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True
            )
            @given(cases, st.booleans())
            def check(case: Any, exists: bool) -> None:
                nonlocal asked
                if exists:
                    case.path_parameters = {name: REAL.get(name, value) for name, value in (case.path_parameters or {}).items()}
                request = case.as_transport_kwargs(base_url="http://testserver")
                request.pop("cookies", None)
                answer = client.request(**request)
                asked += 1
                assert answer.status_code < 500, (answer.status_code, request)
                if answer.status_code >= 400:
                    assert set(answer.json()) == {"error"}

            check()
    assert asked >= 10_000
