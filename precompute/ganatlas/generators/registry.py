"""From what a user writes, `world:NAME/GENERATOR` or `package.module:factory`, to a generator. The program enters here."""

from ganatlas.errors import InputError

from .base import ImageGenerator


def open_generator(name: str) -> ImageGenerator:
    """The generator of this name, on the CPU.

    Raises:
        InputError: there is none; the message names those there are.
    """
    if name.startswith("world:"):
        from ganatlas.worlds.registry import open_world

        world, slash, generator = name.removeprefix("world:").partition("/")
        if not world or not slash or not generator:
            raise InputError(f"{name!r} does not name a generator. Expected world:NAME/GENERATOR, such as world:scenes/sngan.")
        return open_world(world).generator(generator)
    if ":" not in name:
        raise InputError(
            f"{name!r} does not name a generator. Expected world:NAME/GENERATOR, such as world:scenes/sngan, or "
            "package.module:factory."
        )
    from .module import load_given_generator

    return load_given_generator(name)
