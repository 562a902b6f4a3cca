"""Which ganatlas this is."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def program_version() -> str:
    """Version of the installed package; "0" when it runs from source without being installed."""
    try:
        return version("ganatlas")
    except PackageNotFoundError:
        return "0"
