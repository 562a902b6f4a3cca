"""The `ganatlas` command. Each command lives in a module of its own, named here and imported when it is asked for.

To add one: write a function that typer understands, in a module that imports nothing heavy, and name it in `COMMANDS`. Errors
of ours end the program with their message and their exit code, here and nowhere else.
"""

import importlib
import sys
from typing import Annotated, Any

import click
import typer
from typer.core import TyperGroup

from ganatlas.errors import GanatlasError, InputError

# name -> "module:function", in the order in which help lists them.
COMMANDS = {
    "serve": "ganatlas.commands.serve:serve",
    "info": "ganatlas.commands.info:info",
    "verify": "ganatlas.commands.verify:verify",
}

EXTRAS = {
    "precompute": {"torch", "umap", "pyvips", "matplotlib", "safetensors", "sklearn", "scipy", "numba", "pynndescent"},
    "torchvision": {"torchvision"},
    "cluster": {"ray"},
}
INTERRUPTED = 130


class LazyGroup(TyperGroup):
    """Commands that are imported when they are needed, so that `ganatlas serve` does not load what builds atlases."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, function = COMMANDS[cmd_name].partition(":")
        single = typer.Typer(add_completion=False, rich_markup_mode=None)
        single.command(cmd_name)(getattr(importlib.import_module(module), function))
        command: click.Command = typer.main.get_command(single)
        return command


app = typer.Typer(cls=LazyGroup, add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def ganatlas(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """See where the samples of a generative model differ from real images."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit: 0, the error's own code, 130 when interrupted, 2 for wrong options."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        code = app(arguments, prog_name="ganatlas", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        print("Interrupted.", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except GanatlasError as error:
        _fail(error, arguments)
    except ModuleNotFoundError as error:
        extra = _extra_of(error)
        if extra is None:
            raise
        _fail(InputError(f"This needs {error.name}, which is not installed: pip install 'ganatlas[{extra}]'."), arguments)
    sys.exit(code if isinstance(code, int) else 0)


def _fail(error: GanatlasError, arguments: list[str]) -> Any:
    if "--debug" in arguments:
        raise error
    print(f"ganatlas: {error.message}", file=sys.stderr)
    sys.exit(error.exit_code)


def _extra_of(error: ModuleNotFoundError) -> str | None:
    """Which extra brings a missing module; None when it is no dependency of ours."""
    package = (error.name or "").partition(".")[0]
    return next((extra for extra, packages in EXTRAS.items() if package in packages), None)


if __name__ == "__main__":
    main()
