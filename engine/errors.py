"""Errors a user can act on: a catalogue sentence and the values in it, never the content of a cell."""

from __future__ import annotations

Value = str | int | float


def N_(message: str) -> str:
    """Mark a sentence for the catalogue without translating it yet."""
    return message


class SagsflowError(Exception):
    """An error with a sentence of the catalogue (English, `str.format` fields) and its values.

    Values are file names, column names, row numbers and counts; never personal data.
    """

    exit_status = 2

    def __init__(self, message: str, **values: Value) -> None:
        super().__init__(message)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return self.message.format(**self.values)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, self.values)


def _rebuild(kind: type[SagsflowError], message: str, values: dict[str, Value]) -> SagsflowError:
    return kind(message, **values)


class BadInput(SagsflowError):
    """The file, the options or the project cannot be used as they are."""


class WrongKey(SagsflowError):
    """The passphrase or identity does not open the file."""

    exit_status = 3


class Cancelled(Exception):
    """The user stopped the task, or a newer request took its place."""
