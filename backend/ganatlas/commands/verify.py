"""`ganatlas verify`: is an atlas whole?"""

from pathlib import Path
from typing import Annotated

import typer

SHOWN = 200


def verify(
    path: Annotated[Path, typer.Argument(help="An atlas.")],
    json: Annotated[bool, typer.Option("--json", help="Print the problems as JSON.")] = False,
) -> None:
    """Check every file, tile and law of an atlas; exit 3 when something is wrong."""
    from ganatlas.bundle.verify import verify as check
    from ganatlas.errors import BundleError

    problems = check(path)
    if json:
        import orjson

        typer.echo(
            orjson.dumps([{"file": each.file, "problem": each.message} for each in problems], option=orjson.OPT_INDENT_2)
        )
    elif problems:
        from rich.table import Table

        from ganatlas.terminal import plain_console

        table = Table("file", "problem", title=f"{path}", title_justify="left")
        for problem in problems[:SHOWN]:
            table.add_row(problem.file, problem.message)
        plain_console().print(table)
    else:
        typer.echo(f"{path} is whole.")
    if problems:
        number = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise BundleError(f"{path} has {number}. Build it again with the same output to mend it; what is whole is kept.")
