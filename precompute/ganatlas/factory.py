"""The user's own code: `package.module:factory` → what the factory returns. Used for classifiers and for generators."""

import importlib
import os
import sys
from typing import Any

from ganatlas.errors import InputError


def call_factory(target: str, what: str, example: str) -> Any:
    """Import `package.module`, call `factory()` and return what comes back. The current folder can be imported from.

    Args:
        target: `package.module:factory`.
        what: the thing that is made, with its article, for messages.
        example: a target for messages.

    Raises:
        InputError: the name, the import or the call fails.
    """
    name, _, factory = target.partition(":")
    if not name or not factory:
        raise InputError(f"{target!r} does not name {what}. Expected package.module:factory, such as {example}.")
    return _call(_import(name, target), factory, target)


def _import(name: str, target: str) -> Any:
    folder = os.getcwd()
    sys.path.insert(0, folder)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(error.name + ".")):
            raise InputError(
                f"there is no module {name} to take {target} from. "
                f"Run the command in the folder of {error.name}, or install it."
            ) from error
        raise InputError(f"importing {name} failed: {error}. Install what it needs.") from error
    except Exception as error:  # a user's module may raise anything
        raise InputError(f"importing {name} failed: {type(error).__name__}: {error}.") from error
    finally:
        if folder in sys.path:
            sys.path.remove(folder)


def _call(module: Any, factory: str, target: str) -> Any:
    function = getattr(module, factory, None)
    if not callable(function):
        names = [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")]
        raise InputError(f"{module.__name__} has no function {factory}. It has: {', '.join(names[:20]) or 'none'}.")
    try:
        return function()
    except Exception as error:  # a user's function may raise anything
        raise InputError(f"calling {target} failed: {type(error).__name__}: {error}.") from error
