"""The worlds by name. The rest of the program enters here."""

from pathlib import Path

from ganatlas.errors import InputError
from ganatlas.worlds.base import World

DECODERS = "decoders"
"""Of a world: the part that is trained, and the folder of what comes out."""


class UnknownWorldError(InputError):
    """No world of this name comes with the program."""


def world_names() -> list[str]:
    """The names that :func:`open_world` knows."""
    return ["scenes", "cifar10"]


def open_world(name: str, images: Path | None = None) -> World:
    """The world of this name.

    Args:
        images: the user's own copy of the photographs, for a world of photographs; opened when they are asked for.

    Raises:
        UnknownWorldError: there is none; the message names those there are.
        InputError: images for a world that draws its own.
    """
    if name == "scenes":
        from ganatlas.worlds.scenes.world import ScenesWorld

        if images is not None:
            raise InputError(f"The world 'scenes' draws its images and takes none, but was given {images}. Leave them out.")
        return ScenesWorld()
    if name == "cifar10":
        from ganatlas.worlds.cifar10.world import Cifar10World

        return Cifar10World(images)
    raise UnknownWorldError(f"There is no world {name!r}; the worlds are: {', '.join(world_names())}.", choices=world_names())


def decoder_file(name: str, layer: str) -> Path | None:
    """The decoder of a layer that comes with a world; None where none does."""
    path = open_world(name).weights / DECODERS / f"{layer}.safetensors"
    return path if path.is_file() else None
