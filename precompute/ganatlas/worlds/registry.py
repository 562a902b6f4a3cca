"""The worlds by name. The rest of the program enters here."""

from ganatlas.errors import InputError
from ganatlas.worlds.base import World


class UnknownWorldError(InputError):
    """No world of this name comes with the program."""


def world_names() -> list[str]:
    """The names that :func:`open_world` knows."""
    return ["scenes"]


def open_world(name: str) -> World:
    """The world of this name.

    Raises:
        UnknownWorldError: there is none; the message names those there are.
    """
    if name == "scenes":
        from ganatlas.worlds.scenes.world import ScenesWorld

        return ScenesWorld()
    raise UnknownWorldError(f"There is no world {name!r}; the worlds are: {', '.join(world_names())}.", choices=world_names())
