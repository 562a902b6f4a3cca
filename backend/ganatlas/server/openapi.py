"""`python -m ganatlas.server.openapi` prints the OpenAPI schema, from which the viewer's types are made. Needs no bundle."""

import json
import sys
from typing import Any

from fastapi import FastAPI

from .app import DESCRIPTION, TITLE, add_routes
from .version import program_version


def openapi() -> dict[str, Any]:
    """The schema: of the routes alone, so that neither settings nor atlases change it."""
    app = FastAPI(title=TITLE, version=program_version(), description=DESCRIPTION)
    add_routes(app)
    return app.openapi()


if __name__ == "__main__":
    json.dump(openapi(), sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")
