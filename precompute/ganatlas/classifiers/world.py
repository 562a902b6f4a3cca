"""Step 2: the classifier of an embedded world, `world:<name>`."""

from .module import Network
from .weights import load_weights


def load_world_classifier(name: str, weights: str | None) -> Network:
    """The small network that comes with a world, with its own weights or those of a file.

    Raises:
        InputError: no such world, no weights, or those of another network.
    """
    from ganatlas.worlds.registry import open_world

    found = open_world(name).classifier()
    if weights is not None:
        load_weights(found.module, weights)
    return Network(
        found.module,
        classes=found.class_names,
        input_size=found.input_size,
        mean=found.mean,
        std=found.std,
        layers=found.layers,
    )
