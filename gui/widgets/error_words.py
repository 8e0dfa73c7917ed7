"""An error in words: the sentence for the reader, and details that can be copied without personal data."""

from __future__ import annotations

import platform

from engine.errors import SagsflowError
from engine.texts import Texts


def error_sentence(texts: Texts, error: Exception) -> str:
    """What happened, in the reader's language."""
    if isinstance(error, SagsflowError):
        return texts.error(error)
    return texts("Something went wrong inside the program ({kind}).", kind=type(error).__name__)


def error_details(error: Exception) -> str:
    """Kind, sentence and values of a known error, only the type of an unknown one, and the versions in use."""
    lines = [f"error: {type(error).__name__}"]
    if isinstance(error, SagsflowError):
        lines += [f"message: {error.message}", *(f"{name}: {value}" for name, value in error.values.items())]
    lines += [f"python: {platform.python_version()}", f"system: {platform.system()} {platform.release()}"]
    return "\n".join(lines)
