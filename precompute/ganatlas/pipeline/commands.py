"""The commands that need the job: `build`, `compare`, `demo`, `train-world`.

`ganatlas.cli` registers them; what needs torch is imported when a command runs.
"""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ganatlas.errors import BusyError, InputError
from ganatlas.processes import rest_while_waiting

rest_while_waiting()

Out = Annotated[Path, typer.Option("--out", "-o", help="The bundle to write, NAME.atlas.", show_default=False)]
Work = Annotated[
    Path | None, typer.Option(help="The workspace: what an interrupted build goes on from. Default: beside the output.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say warnings and errors only.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print what was built as JSON on standard output, and nothing else there.")
]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")]
Preset = Annotated[str, typer.Option(help="A set of defaults: preview, standard, study or distill.")]


def build(
    configuration: Annotated[Path, typer.Argument(help="The atlas.toml (docs/configuration.md).", show_default=False)],
    out: Out,
    work: Work = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Build an atlas as a configuration says. Interrupted, it goes on where it was when run again."""
    from .config import load_config

    _run(load_config(configuration), out, work, quiet, as_json)
    _say_how_to_look(out, quiet or as_json)


def compare(
    reference: Annotated[
        str, typer.Argument(metavar="REAL", help="The real images: a folder, archive, .npz or world:NAME/VARIANT.")
    ],
    generated: Annotated[list[str], typer.Argument(metavar="GENERATED…", help="What to compare with them, one or more.")],
    out: Out,
    classifier: Annotated[
        str, typer.Option(help="torchvision:NAME, world:NAME or package.module:factory.")
    ] = "torchvision:googlenet",
    weights: Annotated[str | None, typer.Option(help="The classifier's weights: .safetensors or .pth.")] = None,
    layers: Annotated[
        str | None, typer.Option(help="Module names, with commas between. Default: the classifier's own choice.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=2, help="Take this many images of each set, at random.")] = None,
    preset: Preset = "standard",
    grids: Annotated[str | None, typer.Option(help="Cells a side, with commas between: 10, 20, 40, 80, 160, 320.")] = None,
    positions_per_image: Annotated[int | None, typer.Option(min=1, help="Positions looked at in each image.")] = None,
    decoded: Annotated[
        bool,
        typer.Option("--decoded", help="Have decoded icons even where decoders must be trained first, minutes a layer."),
    ] = False,
    match: Annotated[bool, typer.Option("--match", help="Take all sets through one resize first.")] = False,
    allow_skipped: Annotated[
        float | None, typer.Option(min=0, max=1, help="Share of unreadable images that is accepted.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of everything that is drawn at random.")] = 0,
    seeds: Annotated[int | None, typer.Option(min=1, max=20, help="Layouts on which the comparison is made.")] = None,
    device: Device = "auto",
    work: Work = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Compare sets of images: the first is the reference. No configuration file needed."""
    from .config import parse_config

    names = dataset_names([reference, *generated])
    values: dict[str, Any] = {
        "preset": preset,
        "seed": seed,
        "device": device,
        "datasets": [
            {"name": name, "source": source, **({"limit": limit} if limit else {})}
            for name, source in zip(names, [reference, *generated], strict=True)
        ],
        "classifier": {"name": classifier}
        | ({"layers": _names(layers)} if layers else {})
        | ({"weights": weights} if weights else {}),
    }
    if grids:
        values["grids"] = {"sizes": _integers(grids, "--grids")}
    if decoded:
        values["icons"] = {"decoded": True}
    if positions_per_image:
        values["sampling"] = {"positions_per_image": positions_per_image}
    if seeds:
        values["divergence"] = {"seeds": seeds}
    images = ({"match": True} if match else {}) | ({} if allow_skipped is None else {"allow_skipped": allow_skipped})
    if images:
        values["images"] = images
    _run(parse_config(values, where="options"), out, work, quiet, as_json)
    _say_how_to_look(out, quiet or as_json)


def demo(
    world: Annotated[str, typer.Option(help="The embedded world: scenes or cifar10.")] = "scenes",
    photographs: Annotated[
        str | None,
        typer.Option(
            "--images", help="Your own copy of the world's photographs, for cifar10: its archive, a folder or a .tar."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The bundle. Default: WORLD.atlas in this folder.")] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where it is served.")] = 8000,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    count: Annotated[int, typer.Option("--count", min=100, help="Images a set.")] = 3000,
    build_only: Annotated[bool, typer.Option("--build-only", help="Build, do not serve.")] = False,
    quiet: Quiet = False,
) -> None:
    """Build the embedded atlas and serve it meanwhile; built before, it is served at once."""
    from .config import parse_config
    from .demo import demo_configuration

    config = parse_config(demo_configuration(world, count, photographs))
    out = out or Path(f"{world}.atlas")
    if build_only:
        _run(config, out, None, quiet, as_json=False)
        return
    _refuse_taken_port(host, port)
    command = [sys.executable, "-m", "ganatlas.cli", "serve", str(out), "--wait", "--host", host, "--port", str(port)]
    server = subprocess.Popen(command)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the server is ended as well
    try:
        if not _is_built(config, out):
            _run(config, out, None, quiet, as_json=False)
        raise typer.Exit(server.wait())
    finally:
        server.terminate()
        server.wait()


def sample(
    generator: Annotated[str, typer.Argument(help="world:NAME/GENERATOR, or package.module:factory.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the images, one folder a class.", show_default=False)],
    n: Annotated[int, typer.Option("-n", "--number", min=1, help="How many images.")] = 64,
    seed: Annotated[int, typer.Option(min=0, help="Of latents and classes.")] = 0,
    classes: Annotated[
        list[str] | None, typer.Option("--class", help="Of this class; may be given several times. Default: all.")
    ] = None,
    truncation: Annotated[float | None, typer.Option(help="Numbers of the latent beyond ± this are drawn again.")] = None,
    walk: Annotated[
        int, typer.Option(min=1, help="Images from one latent to the next, along the sphere; 1: independent images.")
    ] = 1,
    sheet: Annotated[Path | None, typer.Option(help="Also all images on one contact sheet, a PNG.")] = None,
    device: Device = "auto",
    quiet: Quiet = False,
) -> None:
    """Draw images from a generator: PNGs, the same for the same seed. A folder of them can be compared like any other."""
    from ganatlas.classifiers.device import resolve_device
    from ganatlas.generators.export import write_samples
    from ganatlas.generators.registry import open_generator
    from ganatlas.generators.sampling import Samples, Sampling

    from .progress import Reporter

    sampling = Sampling(n, seed, tuple(classes) if classes else None, truncation, walk)
    opened = open_generator(generator)
    samples = Samples(opened, sampling, resolve_device(device))
    write_samples(samples, opened.classes, walk, out, sheet, Reporter(quiet=quiet))
    if not quiet:
        typer.echo(f"{n} images of {generator} ({sampling.describe()}) are in {out}.", err=True)


def sweep(
    what: Annotated[str, typer.Argument(help="icons or layout.", show_default=False)],
    configuration: Annotated[Path, typer.Argument(help="The atlas.toml (docs/configuration.md).", show_default=False)],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The sheet: NAME.png and NAME.html are written.", show_default=False)
    ],
    over: Annotated[
        list[str] | None, typer.Option(help="A setting and its values, key=value,value; may be given several times.")
    ] = None,
    layer: Annotated[str | None, typer.Option(help="The layer; the middle one by default.")] = None,
    grid: Annotated[int | None, typer.Option(help="Of icons: the grid; the coarsest with icons by default.")] = None,
    cells: Annotated[int, typer.Option(min=1, max=64, help="Of icons: how many cells, spread over the map.")] = 8,
    work: Work = None,
    quiet: Quiet = False,
) -> None:
    """Look at a few icons, or at a layer's map, under a grid of settings: a contact sheet with figures."""
    from .config import load_config
    from .progress import Reporter
    from .run import default_work
    from .sweep import sweep_icons, sweep_layout
    from .sweep_sheet import icon_sheet, layout_sheet
    from .workspace import Workspace

    if what not in ("icons", "layout"):
        raise InputError(f"ganatlas sweep {what}: expected icons or layout.", choices=["icons", "layout"])
    config, reporter = load_config(configuration), Reporter(quiet=quiet)
    workspace = Workspace(work or default_work(out))
    with workspace.locked():
        if what == "layout":
            name, results = sweep_layout(config, layer, over or [], workspace, reporter)
            written = layout_sheet(name, results, [dataset.name for dataset in config.datasets], out)
        else:
            written = icon_sheet(sweep_icons(config, layer, grid, cells, over or [], workspace, reporter), out)
    if not quiet:
        typer.echo(f"Look at {written[1]}, or {written[0].name} beside it.", err=True)


def train_world(
    world: Annotated[str, typer.Argument(help="The world: scenes or cifar10.")],
    part: Annotated[str, typer.Argument(help="What to train: classifier, decoders, or a generator such as sngan.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the weights and their figures.", show_default=False)],
    photographs: Annotated[
        Path | None, typer.Option("--images", help="Your own copy of the world's photographs, for cifar10.")
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Passes over the training images; the part's own where absent.")
    ] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Of decoders: of each one's training.")] = None,
    count: Annotated[int | None, typer.Option(min=100, help="Of decoders: images of each set.")] = None,
    layers: Annotated[str | None, typer.Option(help="Of decoders: some layers, with commas between.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of weights, images and order.")] = 0,
    device: Device = "auto",
    work: Annotated[Path | None, typer.Option(help="Drawn images and checkpoints. Default: OUT/work.")] = None,
    quiet: Quiet = False,
) -> None:
    """Train a part of an embedded world: checkpoints as it goes, and it goes on after a kill."""
    from ganatlas.worlds.registry import DECODERS
    from ganatlas.worlds.training import train

    from .progress import Reporter

    if part == DECODERS:
        from .world_decoders import train_decoders

        if epochs is not None:
            raise InputError("--epochs is for the classifier and the generators; decoders take --steps.")
        train_decoders(
            world,
            out,
            photographs=photographs,
            work=work,
            **({} if steps is None else {"steps": steps}),
            **({} if count is None else {"count": count}),
            layers=tuple(_names(layers)) if layers else None,
            seed=seed,
            device=device,
            reporter=Reporter(quiet=quiet),
        )
        return
    if steps is not None or count is not None or layers is not None:
        raise InputError("--steps, --count and --layers are for decoders; the classifier and the generators take --epochs.")
    train(
        world, part, out, images=photographs, work=work, epochs=epochs, seed=seed, device=device, reporter=Reporter(quiet=quiet)
    )


def dataset_names(sources: list[str]) -> list[str]:
    """A short, distinct name for each source, from its last part: 'samples/gan.zip' -> 'gan'."""
    names: list[str] = []
    for source in sources:
        last = Path(source.rstrip("/").rsplit("/", 1)[-1]).name
        for ending in (".tar.gz", ".tgz", ".tar", ".zip", ".npz"):
            last = last.removesuffix(ending)
        plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in last).lstrip("._-")[:80] or "set"
        name, number = plain, 2
        while name in names or name == "joint":
            name, number = f"{plain}-{number}", number + 1
        names.append(name)
    return names


def _names(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _integers(text: str, option: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise InputError(f"{option} {text}: expected whole numbers with commas between, such as 10,20,40.") from error


def _run(config: Any, out: Path, work: Path | None, quiet: bool, as_json: bool) -> None:
    from .progress import Reporter
    from .run import build as build_atlas

    manifest = build_atlas(config, out, Reporter(quiet=quiet or as_json), work)
    if as_json:
        said = {"atlas": str(out), "digest": manifest.digest, "layers": [layer.name for layer in manifest.layers]}
        print(
            json.dumps(said | {"datasets": {d.name: d.count for d in manifest.datasets}, "warnings": list(manifest.warnings)})
        )


def _say_how_to_look(out: Path, quiet: bool) -> None:
    if not quiet:
        typer.echo(f"Look at it: ganatlas serve {out}", err=True)


def _is_built(config: Any, out: Path) -> bool:
    """Whether a complete atlas of just this configuration is there."""
    from ganatlas.bundle.manifest import MANIFEST_NAME

    from .draft import versions

    try:
        said = json.loads((out / MANIFEST_NAME).read_text())
    except (OSError, ValueError):
        return False
    parameters = config.model_dump(mode="json", exclude={"workers"})
    return bool(
        said.get("status") == "complete"
        and said.get("parameters") == parameters
        and said.get("versions", {}).get("ganatlas") == versions()["ganatlas"]
    )


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BusyError(
                f"cannot listen at {host}:{port}: {error.strerror}. Choose another: --port N, or PORT=N make demo."
            ) from error
