"""The `ganatlas` command. Each command lives in a module of its own, named here and imported when it is asked for.

To add one: write a function that typer understands, in a module that imports nothing heavy, and name it in `COMMANDS`. Errors
of ours end the program with their message and their exit code, here and nowhere else.
"""

import functools
import importlib
import os
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ganatlas.errors import GanatlasError, InputError
from ganatlas.storage import storage_error
from ganatlas.terminal import printable

# name -> "module:function", in the order in which help lists them.
COMMANDS = {
    "demo": "ganatlas.pipeline.commands:demo",
    "compare": "ganatlas.pipeline.commands:compare",
    "build": "ganatlas.pipeline.commands:build",
    "sample": "ganatlas.pipeline.commands:sample",
    "sweep": "ganatlas.pipeline.commands:sweep",
    "train-world": "ganatlas.pipeline.commands:train_world",
    "serve": "ganatlas.commands.serve:serve",
    "info": "ganatlas.commands.info:info",
    "metrics": "ganatlas.commands.metrics:metrics",
    "track": "ganatlas.commands.track:track",
    "export": "ganatlas.commands.export:export",
    "verify": "ganatlas.commands.verify:verify",
}

EXTRAS = {
    "precompute": {
        "torch",
        "umap",
        "pyvips",
        "matplotlib",
        "safetensors",
        "sklearn",
        "scipy",
        "numba",
        "pynndescent",
        "threadpoolctl",
    },
    "torchvision": {"torchvision"},
    "fid": {"torch_fidelity"},
    "cluster": {"ray"},
}
INTERRUPTED = 130
NOBODY_READS = 141


class LazyGroup(TyperGroup):
    """Commands that are imported when they are needed, so that `ganatlas serve` does not load what builds atlases."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module, _, function = COMMANDS[cmd_name].partition(":")
        guarded = guard(getattr(importlib.import_module(module), function), debug=bool(ctx.params.get("debug")))
        single = typer.Typer(add_completion=False, rich_markup_mode=None)
        single.command(cmd_name)(guarded)
        return typer.main.get_command(single)


def guard(command: Callable[..., None], *, debug: bool) -> Callable[..., None]:
    """End the program as an error asks for: its message on stderr and its exit code, with a traceback only when debugging."""

    @functools.wraps(command)
    def run(*args: Any, **options: Any) -> None:
        try:
            command(*args, **options)
            sys.stdout.flush()  # so that a full disk behind it is still our business
        except KeyboardInterrupt:
            print("Interrupted.", file=sys.stderr)
            raise SystemExit(INTERRUPTED) from None
        except ModuleNotFoundError as error:
            extra = _extra_of(error)
            if debug or extra is None:
                raise
            _fail(InputError(f"This needs {error.name}, which is not installed: pip install 'ganatlas[{extra}]'."))
        except GanatlasError as error:
            if debug:
                raise
            _fail(error)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads what is left
            raise SystemExit(NOBODY_READS) from None
        except OSError as error:
            said = storage_error(error, "the output", resumes=False)
            if debug or said is None:
                raise
            _fail(said)

    return run


def _fail(error: GanatlasError) -> None:
    print(f"ganatlas: {printable(error.message)}", file=sys.stderr)
    raise SystemExit(error.exit_code) from None


def _extra_of(error: ModuleNotFoundError) -> str | None:
    """Which extra brings a missing module; None when it is no dependency of ours."""
    package = (error.name or "").partition(".")[0]
    return next((extra for extra, packages in EXTRAS.items() if package in packages), None)


app = typer.Typer(cls=LazyGroup, add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def ganatlas(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """See where the samples of a generative model differ from real images."""


def main() -> None:
    """Entry point. Exits with 0, the error's own code, 2 for wrong options, 130 when interrupted."""
    app(prog_name="ganatlas")


if __name__ == "__main__":
    main()
