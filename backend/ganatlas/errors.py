"""The program's own errors.

A message says what was found, what was expected and what to do. The command turns these into exit codes (`ganatlas.cli`),
the server into HTTP statuses (`ganatlas.server.errors`); nothing else catches them.
"""


class GanatlasError(Exception):
    """Base of every error that a user is meant to read. `exit_code` is what the command exits with."""

    exit_code = 1

    def __init__(self, message: str, **detail: object) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail


class InputError(GanatlasError):
    """What the user gave cannot be used: a path, an option, a configuration, an image set."""

    exit_code = 2


class BundleError(GanatlasError):
    """A bundle is missing, damaged, or of a schema that this program does not read."""

    exit_code = 3


class NotCheckedError(BundleError):
    """A large file of a bundle is still being checked against its digest; what needs it has to wait."""


class BusyError(GanatlasError):
    """Something else holds what is needed: another build of the same output, or a port."""

    exit_code = 4


class StorageError(GanatlasError):
    """A disk is full, read-only, or refuses to be written for another reason."""

    exit_code = 5


class NotFoundError(GanatlasError):
    """An atlas, layer, grid, cell, dataset, image or label that is not there; `detail["choices"]` names what is."""

    exit_code = 2
