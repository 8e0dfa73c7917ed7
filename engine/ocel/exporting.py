"""An object-centric log to a file that only one key opens: what it holds is personal, so it is never written unencrypted."""

from __future__ import annotations

import io
import re
from pathlib import Path

from engine.errors import N_, BadInput
from engine.files.age_writing import encrypt_to
from engine.ocel.object_log import ObjectLog
from engine.ocel.writing import write_log
from engine.tasks import Task
from engine.vault.keys import check_recipient
from engine.vault.safe_write import Stored, write_bytes

NAME = re.compile(r".+\.(json|xml|sqlite)\.age", re.IGNORECASE)
BLOCK = 1 << 20

WRITING = N_("Writing the log")
BAD_NAME = N_(
    "The log {file} holds personal data and is only written encrypted. Give it a name that ends with .json.age, .xml.age or .sqlite.age."
)
TAKEN = N_("The file {file} exists already. Choose another name.")
NO_KEY = N_("The key after --to is no age public key. It begins with age1 and has 62 characters.")
NOT_OBJECTS = N_("The file {file} is no object-centric log.")


def form_of(path: Path) -> str:
    """The form of OCEL 2.0 that a file's name asks for ("json", "xml" or "sqlite"); BadInput when it names none or the file exists."""
    found = NAME.fullmatch(path.name)
    if found is None:
        raise BadInput(BAD_NAME, file=path.name)
    if path.exists():
        raise BadInput(TAKEN, file=path.name)
    return found[1].lower()


def export_log(log: ObjectLog, path: Path, recipient: str, timezone: str, task: Task) -> Stored:
    """Write the log as OCEL 2.0, encrypted to an age recipient (age1…), in the form that the name asks for; BadInput when it cannot be."""
    form = form_of(path)
    try:
        key = check_recipient(recipient)
    except BadInput as error:
        raise BadInput(NO_KEY) from error
    task.report(None, WRITING)
    content = memoryview(write_log(log, form, timezone, task))
    sealed = io.BytesIO()
    blocks = (bytes(content[begin : begin + BLOCK]) for begin in range(0, len(content), BLOCK))
    encrypt_to([key], blocks, sealed)
    return write_bytes(path, sealed.getvalue())
