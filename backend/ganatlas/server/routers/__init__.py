"""One router a resource. Each route declares its answer's model, so that OpenAPI and the viewer's types are exact."""

from typing import Any

from ganatlas.server.models import ErrorAnswer

API_PREFIX = "/api/v1"
ATLAS = API_PREFIX + "/atlases/{atlas}"

ERRORS: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorAnswer, "description": "a token is needed"},
    404: {"model": ErrorAnswer, "description": "no such thing; `detail.choices` names what there is"},
    422: {"model": ErrorAnswer, "description": "a parameter is wrong; `detail.fields` lists them"},
    503: {"model": ErrorAnswer, "description": "the atlas is damaged, or not ready yet"},
}
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "the client has this version"}}
