"""The embedded atlas: a world's real images, its GAN's, the same GAN less varied, and a world with planted flaws.

The generators' seeds differ from each other and from the real set's, so that no two sets share their chance.
"""

from pathlib import Path
from typing import Any

from ganatlas.worlds.registry import open_world

TRUNCATION = 0.5
_TITLES = {
    "scenes": "Drawn scenes: real ones, a GAN's, and one world with planted flaws",
    "cifar10": "CIFAR-10: photographs, a GAN's, and a set with planted flaws",
}


def demo_configuration(world: str, images: int, photographs: str | None = None) -> dict[str, Any]:
    """What `ganatlas demo` builds, as an atlas.toml would say it.

    Args:
        images: of each set.
        photographs: the user's own copy, for a world that needs one.

    Raises:
        InputError: no such world; photographs that are missing or not wanted.
    """
    found = open_world(world, None if photographs is None else Path(photographs).expanduser())
    found.images("real", images, 0)  # what is wrong with the copy is said at once
    copy = {} if photographs is None else {"images": str(Path(photographs).expanduser().absolute())}
    real = {"name": "real", "title": "real", "source": f"world:{world}/real", "limit": images, "reference": True, **copy}
    flawed = {"name": "flawed", "title": "planted flaws", "source": f"world:{world}/flawed", "limit": images, **copy}
    gan = {"name": "sngan", "title": "SNGAN", "generator": f"world:{world}/sngan", "n": images, "seed": 1}
    short = {
        "name": "sngan-truncated",
        "title": "truncated SNGAN",
        "generator": f"world:{world}/sngan",
        "n": images,
        "seed": 2,
        "truncation": TRUNCATION,
    }
    return {
        "title": _TITLES[world],
        "preset": "preview",
        "datasets": [real, gan, short, flawed],
        "classifier": {"name": f"world:{world}"},
        "icons": {"whitening": False},  # whitened, the icons of a network this small are less legible
    }
