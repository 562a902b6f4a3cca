"""Step 1: what is made rather than read: `world:NAME/VARIANT`, `world:NAME/GENERATOR` and `generator:TARGET`, with options.

Options follow a question mark, as in `world:scenes/sngan?truncation=0.5&classes=church,barn`.

Data flow: `open_source` -> `Address` -> `WorldSource` or `GeneratorSource`.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

from ganatlas.errors import InputError
from ganatlas.generators.sampling import Sampling

SCHEMES = ("world:", "generator:")


@dataclass(frozen=True)
class Address:
    """What a user wrote, taken apart. target: `world:…` or a generator's name. images: of a world that needs a copy of them."""

    target: str
    seed: int | None = None
    classes: tuple[str, ...] | None = None
    truncation: float | None = None
    images: Path | None = None

    def sampling(self, n: int, seed: int) -> Sampling:
        """`n` images, under the address's own seed or else this one."""
        return Sampling(n, seed if self.seed is None else self.seed, self.classes, self.truncation)


def is_address(text: str) -> bool:
    """Whether a user's words name something that is made, not a path."""
    return text.startswith(SCHEMES)


def parse_address(text: str) -> Address:
    """
    Raises:
        InputError: an option that does not exist, or a value that it cannot have.
    """
    target, _, options = text.partition("?")
    given = dict(parse_qsl(options, keep_blank_values=True))
    known = ("seed", "classes", "truncation", "images")
    if unknown := sorted(set(given) - set(known)):
        raise InputError(f"{text}: no option {', '.join(unknown)}; the options are: {', '.join(known)}.", choices=list(known))
    try:
        seed = int(given["seed"]) if "seed" in given else None
        truncation = float(given["truncation"]) if "truncation" in given else None
    except ValueError as error:
        raise InputError(f"{text}: {error}. Expected a whole seed, and a truncation such as 0.5.") from error
    if seed is not None and seed < 0:
        raise InputError(f"{text}: a seed of {seed}; expected 0 or more.")
    classes = tuple(name.strip() for name in given["classes"].split(",")) if "classes" in given else None
    images = Path(given["images"]).expanduser() if "images" in given else None
    return Address(target.removeprefix("generator:"), seed, classes, truncation, images)
