"""The configuration of a build: what `atlas.toml` may say, its defaults, presets, and errors that name the line.

Data flow: `atlas.toml` or the options of `ganatlas compare` -> `AtlasConfig` -> `ganatlas.pipeline.run.build`.
"""

import difflib
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ganatlas.bundle.manifest import JOINT, NAME_PATTERN
from ganatlas.bundle.tables import GRID_SIZES
from ganatlas.errors import InputError
from ganatlas.metrics.settings import FIGURES, FigureName

Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Channel3 = tuple[float, float, float]
Interpolation = Literal["nearest", "bilinear", "bicubic", "lanczos"]


class Section(BaseModel):
    """Frozen; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DatasetConfig(Section):
    """One set of images."""

    name: Name = Field(description="what the set is called everywhere: letters, digits, '.', '_' and '-'")
    source: str | None = Field(
        default=None, description="a folder, a .tar or .zip archive, an .npz, or world:NAME/VARIANT; this or `generator`"
    )
    title: str | None = Field(default=None, description="a longer name for people; the name where absent")
    limit: int | None = Field(default=None, ge=2, description="of a source: take this many images at random (seeded)")
    images: str | None = Field(default=None, description="of a world of photographs: your own copy of them (docs/worlds.md)")
    generator: str | None = Field(
        default=None, description="world:NAME/GENERATOR or package.module:factory (docs/generators.md)"
    )
    n: int | None = Field(default=None, ge=2, description="of a generator: how many samples")
    seed: int | None = Field(default=None, ge=0, description="of a generator's or a world's images; the atlas's where absent")
    classes: tuple[str, ...] | None = Field(
        default=None,
        min_length=1,
        description="of a generator: the classes to sample, each as likely as the others; all where absent",
    )
    truncation: float | None = Field(
        default=None,
        ge=0.02,
        description="of a generator: numbers of the latent beyond ± this are drawn again; none where absent",
    )
    reference: bool = Field(default=False, description="the set that others are compared with; the first where none says so")
    series: str | None = Field(
        default=None,
        min_length=1,
        max_length=60,
        description="what changes from one set to the next: truncation, step …; all sets of one series say the same word",
    )
    value: float | None = Field(default=None, allow_inf_nan=False, description="this set's place in its series: 0.5, 20000 …")

    @field_validator("name")
    @classmethod
    def _not_reserved(cls, value: str) -> str:
        if value == JOINT:
            raise ValueError(f"'{JOINT}' is what all sets together are called; choose another name")
        return value

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.source is None) == (self.generator is None):
            raise ValueError("needs either a source or a generator, and not both")
        wrong = ("limit", "images") if self.source is None else ("n", "classes", "truncation")
        given = [name for name in wrong if getattr(self, name) is not None]
        if given:
            kind = "generator" if self.source is None else "source"
            raise ValueError(f"{', '.join(given)} cannot be said of a {kind}")
        if self.generator is not None and self.n is None:
            raise ValueError("a generator needs n, the number of samples")
        if self.seed is not None and self.source is not None and not self.source.startswith("world:"):
            raise ValueError("seed is for generators and worlds")
        if self.images is not None and not (self.source or "").startswith("world:"):
            raise ValueError("images is for a source world:NAME/VARIANT")
        if (self.series is None) != (self.value is None):
            raise ValueError('a series needs a value, and a value its series: series = "truncation", value = 0.5')
        return self


class ClassifierConfig(Section):
    """The network that looks."""

    name: str = Field(default="torchvision:googlenet", description="torchvision:NAME, world:NAME or package.module:factory")
    layers: tuple[str, ...] | None = Field(
        default=None, min_length=1, description="module names; the network's own choice where absent"
    )
    weights: str | None = Field(default=None, description="a .safetensors or .pth file, or https://...#sha256=...")
    input_size: int | None = Field(default=None, ge=8, description="side of the square input, px")
    resize: int | None = Field(default=None, ge=8, description="shorter side before the centre crop, px")
    interpolation: Interpolation | None = Field(default=None, description="of the resize")
    mean: Channel3 | None = Field(default=None, description="subtracted from [0, 1] colours")
    std: Channel3 | None = Field(default=None, description="then divided by")


class ImagesConfig(Section):
    """How images are read and kept."""

    max_side: int = Field(default=256, ge=16, le=4096, description="longer side of the stored pictures, px")
    lossless_to: int = Field(default=64, ge=0, description="stored without loss up to this longer side, px")
    allow_skipped: float = Field(default=0.01, ge=0, le=1, description="share of unreadable images from which the build stops")
    match: bool = Field(default=False, description="take all sets through one resize and one encoding first")
    match_side: int | None = Field(
        default=None, ge=8, description="shorter side after matching, px; the smallest set's where absent"
    )
    match_quality: int | None = Field(default=None, ge=1, le=100, description="JPEG quality of matching; no JPEG where absent")


class SamplingConfig(Section):
    """Which activations are looked at."""

    positions_per_image: int = Field(default=1, ge=1, le=1024, description="positions drawn in each image")


class LayoutConfig(Section):
    """The joint UMAP of each layer."""

    n_neighbors: int = Field(default=50, ge=2, description="size of a neighbourhood, samples")
    min_dist: float = Field(default=0.05, ge=0, le=1, description="least distance of neighbours on the map")
    metric: Literal["cosine", "euclidean"] = Field(default="cosine", description="distance of activations")
    epochs: int | None = Field(default=None, ge=1, description="optimisation epochs; by size where absent")
    landmarks: int = Field(default=100_000, ge=100, description="above this many points the rest is placed between landmarks")
    stability_seeds: int = Field(
        default=3, ge=0, le=20, description="seeds of which the agreement is measured; 0: not measured"
    )


class GridsConfig(Section):
    """The nested grids."""

    sizes: tuple[int, ...] = Field(default=(10, 20, 40, 80), min_length=1, description="cells a side: 10, 20, 40, 80, 160, 320")
    min_count: int = Field(default=5, ge=1, description="pooled points from which a cell has an icon")

    @field_validator("sizes")
    @classmethod
    def _nested(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        wrong = [size for size in value if size not in GRID_SIZES]
        if wrong:
            raise ValueError(f"grids are 10·2^k: {', '.join(map(str, GRID_SIZES))}; got {', '.join(map(str, wrong))}")
        return tuple(sorted(set(value)))


class DivergenceConfig(Section):
    """How the sets are compared."""

    pairs: Literal["reference", "all"] = Field(default="reference", description="each set with the reference, or every pair")
    permutations: int = Field(default=199, ge=19, description="draws of the null")
    fdr: float = Field(default=0.05, gt=0, lt=1, description="false discovery rate of the per-cell tests")
    min_test: int = Field(default=10, ge=1, description="pooled points of a pair from which a cell is tested")
    paired: bool = Field(default=False, description="the sets are copies of the same images, in the same order")
    seeds: int = Field(
        default=1,
        ge=1,
        le=20,
        description="layouts, this one among them, on which the sets are compared: does it stay the same?",
    )


class MetricsConfig(Section):
    """Image-set metrics of each set against the reference (docs/metrics.md)."""

    enabled: bool = Field(default=True, description="whether to compute them")
    figures: tuple[FigureName, ...] = Field(
        default=FIGURES, min_length=1, description="which; authenticity gives C_T too where there are held-out images"
    )
    images: int = Field(default=5000, ge=20, description="images of each set looked at, at most, drawn at random (seeded)")
    test_images: int = Field(default=1000, ge=50, description="images of each set from which p and intervals come, at most")
    permutations: int = Field(default=199, ge=19, description="draws of the null of every p")
    k_precision: int = Field(default=3, ge=1, description="neighbours of precision and recall")
    k_density: int = Field(default=5, ge=1, description="neighbours of density and coverage")
    subsets: int = Field(default=100, ge=1, description="subsets of the kernel distance")
    subset_size: int = Field(default=1000, ge=2, description="images of each set in one")
    held_out: Name | None = Field(
        default=None,
        description="a set of real images that no generator was trained on; the reference is then taken for the training set, "
        "and copying is tested (C_T)",
    )
    slices: bool = Field(default=True, description="every figure by label too, on the final features")
    min_label: int = Field(default=50, ge=2, description="images of a label in both sets from which it is measured by itself")
    fid_weights: str | None = Field(
        default=None,
        description="Inception-V3's published weights, a file or https://…#sha256=…: adds FID (TF) and FID (clean)",
    )
    dinov2_weights: str | None = Field(
        default=None, description="DINOv2's published weights, likewise: adds all figures on its features"
    )


class AttributionConfig(Section):
    """Which classes a cell speaks for."""

    enabled: bool = Field(default=True, description="whether to compute it")
    members: int = Field(default=16, ge=1, description="images evaluated in a cell and dataset, at most")
    top: int = Field(default=5, ge=1, description="classes evaluated for an image")
    images: int | None = Field(default=None, ge=1, description="images evaluated in all; all that cells need where absent")


class DecoderConfig(Section):
    """The learned inverse of each layer, and the steps that sharpen what it paints."""

    shipped: bool = Field(
        default=True, description="take the decoder that comes with an embedded world, where all sets are that world's"
    )
    grids: tuple[int, ...] | None = Field(default=None, description="grids with decoded icons; all of the atlas where absent")
    shape: Literal["full", "compact"] = Field(
        default="full", description="of one that is trained; compact has a fifteenth of the weights"
    )
    pairs: int = Field(default=12000, ge=64, description="points that it learns from, of all sets alike")
    steps: int = Field(default=1500, ge=1, description="of its training")
    adversarial: float = Field(default=0.5, ge=0, lt=1, description="share of the steps, the last ones, with discriminators")
    refine: int = Field(default=16, ge=0, description="steps that sharpen each icon; 0 for none")
    refine_child: int = Field(default=8, ge=0, description="steps of an icon that begins with its parent's change")
    hold: float = Field(default=0.5, ge=0, description="how strongly these are held near what the decoder painted")
    smooth: float = Field(default=5.0, ge=0, description="how strongly they are kept smooth, so that plain parts stay plain")
    push: float = Field(
        default=1.4,
        ge=0,
        description="how far cells are moved away from the mean before; 1: until they lie as far as single activations, 0: not",
    )

    @field_validator("grids")
    @classmethod
    def _some_grid(cls, grids: tuple[int, ...] | None) -> tuple[int, ...] | None:
        if grids is not None and not grids:
            raise ValueError("it names no grid; for none at all say icons.decoded = false")
        return grids


class IconsConfig(Section):
    """Exemplars, inverted and decoded icons."""

    inverted: bool = Field(default=True, description="whether to invert features; exemplars are always made")
    decoded: bool | None = Field(
        default=None,
        description="whether to reconstruct patches from activations (docs/icons.md); where absent, if that takes little: the "
        "decoders come with the program, or a GPU trains them",
    )
    grids: tuple[int, ...] = Field(default=(10, 20), description="grids with inverted icons")
    each_dataset: bool = Field(
        default=True, description="also icons of each dataset's own mean in a cell, beside the joint one"
    )
    tries: int = Field(default=1, ge=1, le=16, description="icons made of a cell from noise, of which the most faithful stays")
    steps: int = Field(default=256, ge=1, description="optimisation steps of an icon that starts from noise")
    child_steps: int = Field(default=64, ge=1, description="steps of an icon that starts from its parent's")
    stop_gain: float = Field(
        default=0,
        ge=0,
        description="an icon is done before its last step when it gained less faithfulness than this since the last look; "
        "0: never",
    )
    size: int = Field(default=80, ge=8, le=512, description="side of an icon on the map, px")
    canvas: int | None = Field(
        default=None, ge=8, description="side of the square that is inverted, px; the network's input where absent"
    )
    look: Literal["field", "whole"] = Field(
        default="field",
        description="what each step looks at: the square that holds the centre position's receptive field, or the whole image",
    )
    power: float = Field(default=4, ge=0, description="exponent of the cosine in the objective")
    learning_rate: float = Field(default=0.05, gt=0, description="of Adam")
    whitening: bool = Field(default=True, description="whiten the cell vector (off for InceptionV1's two earliest layers)")
    decorrelate: bool = Field(default=True, description="optimise in decorrelated colours")
    transforms: bool = Field(default=True, description="jitter, scale and rotate while optimising")
    decoder: DecoderConfig = DecoderConfig()


class AtlasConfig(Section):
    """A whole build."""

    name: Name | None = Field(default=None, description="the atlas's name; the output's where absent")
    title: str | None = Field(default=None, description="a longer name for people")
    preset: Literal["preview", "standard", "study", "distill"] = Field(default="standard", description="a set of defaults")
    seed: int = Field(default=0, ge=0, lt=2**32, description="of everything that is drawn at random")
    device: str = Field(default="auto", description="auto, cpu, cuda, cuda:N or mps")
    workers: int | None = Field(default=None, ge=1, description="processes; the processors at hand where absent")
    datasets: tuple[DatasetConfig, ...] = Field(min_length=1, max_length=32, description="the sets of images")
    classifier: ClassifierConfig = ClassifierConfig()
    images: ImagesConfig = ImagesConfig()
    sampling: SamplingConfig = SamplingConfig()
    layout: LayoutConfig = LayoutConfig()
    grids: GridsConfig = GridsConfig()
    divergence: DivergenceConfig = DivergenceConfig()
    metrics: MetricsConfig = MetricsConfig()
    attribution: AttributionConfig = AttributionConfig()
    icons: IconsConfig = IconsConfig()

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        names = [dataset.name for dataset in self.datasets]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two datasets are called '{twice[0]}'; each needs a name of its own")
        references = [dataset.name for dataset in self.datasets if dataset.reference]
        if len(references) > 1:
            raise ValueError(f"one dataset can be the reference, not {len(references)}: {', '.join(references)}")
        self._check_series(references[0] if references else names[0])
        held_out = self.metrics.held_out
        if held_out is not None and (held_out not in names or held_out == names[self.reference]):
            raise ValueError(
                f"metrics.held_out is '{held_out}', which is no dataset other than the reference; name one of these"
            )
        return self

    def _check_series(self, reference: str) -> None:
        seen: dict[tuple[str, float], str] = {}
        for dataset in self.datasets:
            if dataset.series is None or dataset.value is None:
                continue
            if dataset.name == reference:
                raise ValueError(
                    f"'{reference}' is the reference, which others are compared with: it cannot be of series '{dataset.series}'"
                )
            other = seen.setdefault((dataset.series, dataset.value), dataset.name)
            if other != dataset.name:
                raise ValueError(
                    f"'{other}' and '{dataset.name}' have the same value {dataset.value:g} in series '{dataset.series}'; "
                    "each set of a series needs one of its own"
                )

    @property
    def reference(self) -> int:
        """Index of the reference dataset."""
        return next((i for i, dataset in enumerate(self.datasets) if dataset.reference), 0)


PRESETS: dict[str, dict[str, Any]] = {
    # Minutes on two cores: coarse icons, no agreement of seeds.
    "preview": {
        "layout": {"stability_seeds": 0},
        "grids": {"sizes": [10, 20, 40]},
        "attribution": {"top": 3, "images": 2000},
        "icons": {"grids": [10], "each_dataset": False, "steps": 96, "child_steps": 32, "size": 64},
    },
    "standard": {},
    # What the study did: 20, 40 and 80 grids and 1024 steps.
    "study": {
        "grids": {"sizes": [10, 20, 40, 80]},
        "icons": {"grids": [10, 20, 40, 80], "steps": 1024, "child_steps": 1024, "look": "whole"},
    },
    # The Activation Atlas of Carter et al. 2019: 1024 steps and four tries for every icon, 80 px.
    "distill": {
        "grids": {"sizes": [10, 20, 40, 80]},
        "icons": {"grids": [10, 20, 40, 80], "steps": 1024, "child_steps": 1024, "tries": 4, "size": 80, "look": "whole"},
    },
}


SHOWN = 20
"""Wrong entries of a configuration that one message lists."""
LARGEST = 1_000_000
"""Bytes of a configuration."""
DEEPEST = 40
"""Parts of a dotted key. tomllib's time grows with the square of them."""
_DEEP_KEY = re.compile(rf"""(?:\.[ \t]{{0,4}}["'\w-]+[ \t]{{0,4}}){{{DEEPEST}}}""")


def parse_config(values: dict[str, Any], *, where: str = "configuration", text: str | None = None) -> AtlasConfig:
    """Check a configuration, with the defaults of its preset.

    Args:
        values: the tables of an atlas.toml.
        where: what the messages call it.
        text: the file's text, so that a message can name the line.

    Raises:
        InputError: naming each wrong entry, its line, and what was expected.
    """
    preset = values.get("preset", "standard")
    merged = _merge(PRESETS.get(preset, {}) if isinstance(preset, str) else {}, values)
    try:
        return AtlasConfig.model_validate(merged)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        # A list whose entries are wrong is said to be too short as well; its entries' errors say why.
        inner = {item["loc"][:depth] for item in errors for depth in range(len(item["loc"]))}
        wrong = [item for item in errors if item["type"] != "too_short" or item["loc"] not in inner]
        lines = [_explain(item, text) for item in wrong[:SHOWN]]
        lines += [f"  and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else []
        raise InputError(f"{where}: " + "\n".join(lines)) from error


def load_config(path: Path) -> AtlasConfig:
    """Read an atlas.toml. Paths in it are relative to its folder.

    Raises:
        InputError: the file is missing, not TOML, too large, or says something impossible.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise InputError(
                f"{path} has more than {LARGEST // 1_000_000} MB: not an atlas.toml. docs/configuration.md has one."
            )
        text = content.decode()
        if _DEEP_KEY.search(text):
            raise InputError(
                f"{path} has a key of more than {DEEPEST} parts: not an atlas.toml. docs/configuration.md has one."
            )
    except FileNotFoundError as error:
        raise InputError(
            f"there is no configuration {path}. Write one (docs/configuration.md), or use `ganatlas compare`."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {error}") from error
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"{path} is not TOML: {error}") from error
    config = parse_config(values, where=str(path), text=text)
    datasets = tuple(
        d.model_copy(update={"source": _beside(path, d.source), "images": _beside(path, d.images)}) for d in config.datasets
    )
    return config.model_copy(
        update={"datasets": datasets}
        | {"classifier": config.classifier.model_copy(update={"weights": _beside(path, config.classifier.weights)})}
        | {
            "metrics": config.metrics.model_copy(
                update={name: _beside(path, getattr(config.metrics, name)) for name in ("fid_weights", "dinov2_weights")}
            )
        }
    )


def _beside(config: Path, value: str | None) -> Any:
    if value is None or value.startswith(("world:", "generator:", "https://", "http://")):
        return value
    return str(config.parent / Path(value).expanduser())


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = _merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _explain(item: Any, text: str | None) -> str:
    path = ".".join(str(part)[:100] for part in item["loc"]) or "the whole"
    line = _line_of(item["loc"], text) if text is not None else None
    place = f"{path} (line {line})" if line else path
    if item["type"] == "extra_forbidden":
        section = _section_at(item["loc"][:-1])
        known = sorted(section.model_fields) if section else []
        close = difflib.get_close_matches(str(item["loc"][-1])[:100], known, n=1)
        hint = f"did you mean '{close[0]}'?" if close else f"known here: {', '.join(known)}"
        return f"  {place}: unknown key; {hint}"
    message = item["msg"].removeprefix("Value error, ")
    given = "" if item["type"] in {"missing", "value_error"} else f", got {_shortly(item['input'])}"
    return f"  {place}: {message[0].lower()}{message[1:]}{given}"


def _shortly(value: object) -> str:
    try:
        return f"{value!r:.60}"
    except ValueError:  # Python does not write out whole numbers of thousands of digits
        return "a whole number of thousands of digits"


def _section_at(location: tuple[int | str, ...]) -> type[BaseModel] | None:
    section: type[BaseModel] = AtlasConfig
    for part in location:
        if isinstance(part, int):
            continue
        field = section.model_fields.get(part)
        kind = field.annotation if field else None
        inner = next((a for a in getattr(kind, "__args__", ()) if isinstance(a, type) and issubclass(a, BaseModel)), None)
        found = kind if isinstance(kind, type) and issubclass(kind, BaseModel) else inner
        if found is None:
            return None
        section = found
    return section


def _line_of(location: tuple[int | str, ...], text: str) -> int | None:
    """The line of a TOML entry, by its table and key; None where it is written in another way (inline tables)."""
    wanted = tuple(location)
    table: tuple[int | str, ...] = ()
    seen: dict[str, int] = {}
    best: int | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[\[\s*([^\]]+?)\s*\]\]", line):
            name = header[1]
            seen[name] = seen.get(name, -1) + 1
            table = (*name.split("."), seen[name])
        elif header := re.match(r"\s*\[\s*([^\]]+?)\s*\]", line):
            table = tuple(header[1].split("."))
        elif entry := re.match(r"\s*[\"']?([A-Za-z0-9_.-]+)[\"']?\s*=", line):
            here = (*table, *entry[1].split("."))
            if wanted[: len(here)] == here:
                best = number
            continue
        else:
            continue
        if table and wanted[: len(table)] == table:
            best = number
    return best
