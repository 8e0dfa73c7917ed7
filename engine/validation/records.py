"""Changes to what a validation holds: each takes the old value and gives the new one, or says why it cannot be."""

from __future__ import annotations

import re

import msgspec
import pyarrow as pa

from engine.errors import N_, BadInput
from engine.personal.masking import holds_person
from engine.personal.names import given_names
from engine.validation.values import (
    LONGEST_ROLE,
    LONGEST_TEXT,
    Comment,
    DataVersion,
    Decision,
    Draw,
    LookedAt,
    Signature,
    Standing,
    Validation,
)

PERSONAL = N_("This looks like a person's number, name, e-mail address or telephone. Write it without: “the citizen”, “the caseworker”.")
NO_NAMES = N_("Write a role and a unit, such as “caseworker, team 2”, not a person's name.")
NO_ROLE = N_("Write the role and unit that it is said in, such as “caseworker, team 2”.")
NO_TEXT = N_("Write what is wrong.")
NO_REASON = N_("Write why the step is rejected.")
TOO_LONG = N_("This is longer than {most} characters. Write it shorter.")
GONE = N_("There is no such comment any more.")
NO_STEP = N_("The wash has no such step.")
REJECTED = N_("The data cannot be signed: a step of the wash was rejected. Change it in the import first.")
NOT_SIGNED = N_("The data are not signed.")
NOT_LOOKED_AT = N_("Look at at least one case before you sign.")
UNREADABLE = N_("The project's data do not fit together. Restore the project folder from a backup.")
LONG_NUMBER = re.compile(r"(?<!\d)\d(?:[ .-]?\d){7,}(?!\d)")
"""Eight digits or more, which in a comment are a telephone or a person's number rather than a count."""
WORDS_TOO = frozenset({"Hans", "Per", "Bo", "Else", "Gry", "Sol", "Max"})
"""Given names that begin Danish sentences as other words."""
DATE = re.compile(r"(?<!\d)(?:\d{1,2}[-./]\d{1,2}[-./]\d{4}|\d{4}-\d{1,2}-\d{1,2})(?![-\d])")


def encode(validation: Validation) -> bytes:
    """As the encrypted part of a project holds it."""
    return msgspec.json.encode(validation)


def decode(content: bytes | None) -> Validation:
    """What a part holds, nothing without one; BadInput when it is none."""
    if content is None:
        return Validation()
    try:
        return msgspec.json.decode(content, type=Validation)
    except msgspec.DecodeError as error:
        raise BadInput(UNREADABLE) from error


# ---- what may be written ------------------------------------------------------------------------------------------------------


def checked_text(text: str) -> str:
    """A comment or reason without blanks at its ends; BadInput where it is too long or tells of a person."""
    text = text.strip()
    if len(text) > LONGEST_TEXT:
        raise BadInput(TOO_LONG, most=LONGEST_TEXT)
    if _tells_of_person(text):
        raise BadInput(PERSONAL)
    return text


def checked_role(role: str) -> str:
    """Role and unit without blanks at their ends; BadInput where there are none, or a person is named."""
    role = " ".join(role.split())
    if not role:
        raise BadInput(NO_ROLE)
    if len(role) > LONGEST_ROLE:
        raise BadInput(TOO_LONG, most=LONGEST_ROLE)
    if _tells_of_person(role) or _given_names_in(role):
        raise BadInput(NO_NAMES)
    return role


def _tells_of_person(text: str) -> bool:
    if not text:
        return False
    long_number = LONG_NUMBER.search(DATE.sub(" ", text)) is not None
    return long_number or bool(holds_person(pa.array([text]))[0]) or bool(_given_names_in(text) - WORDS_TOO)


def _given_names_in(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", text)) & given_names()


# ---- the version of the data --------------------------------------------------------------------------------------------------


def of_data(validation: Validation, version: DataVersion, data: str) -> Validation:
    """The data are this version now, in events with this checksum. A version that was there before keeps how it was made."""
    current = validation.current
    if current is not None and current.sha256 == version.sha256 and (not version.files or current.recipe == version.recipe):
        return msgspec.structs.replace(validation, data=data)
    return msgspec.structs.replace(validation, versions=(*validation.versions, version), data=data)


def rejected(validation: Validation) -> tuple[Decision, ...]:
    """The decisions against steps of the wash that made the data."""
    return tuple(decision for decision in decisions(validation) if not decision.accepted)


def decisions(validation: Validation) -> tuple[Decision, ...]:
    """What was decided about the steps of the wash that made the data."""
    now = validation.current
    return tuple(one for one in validation.decisions if now is not None and (one.version, one.recipe) == (now.sha256, now.recipe))


def comments(validation: Validation) -> tuple[Comment, ...]:
    """The comments on the data."""
    now = validation.current
    return tuple(one for one in validation.comments if now is not None and one.version == now.sha256)


def looked_at(validation: Validation) -> tuple[str, ...]:
    """The cases of the data that were shown."""
    now = validation.current
    return next((one.cases for one in validation.looked_at if now is not None and one.version == now.sha256), ())


def signature(validation: Validation) -> Signature | None:
    """The signature that holds for the data: given to this version as this recipe made it, not withdrawn, and no step is rejected."""
    now = validation.current
    if now is None or rejected(validation):
        return None
    of_now = [one for one in validation.signatures if (one.version, one.recipe) == (now.sha256, now.recipe)]
    return of_now[-1] if of_now and not of_now[-1].withdrawn_at else None


def standing(validation: Validation, synthetic: bool = False) -> Standing:
    """What every output says of the data."""
    found = signature(validation)
    if synthetic or found is None:
        return Standing(synthetic=synthetic)
    return Standing(signed=True, version=found.version, at=found.at, by=found.by)


# ---- changes ------------------------------------------------------------------------------------------------------------------


def with_draw(validation: Validation, draw: Draw) -> Validation:
    """A sample was drawn; one like the last is no new one."""
    last = validation.draws[-1] if validation.draws else None
    if last is not None and msgspec.structs.replace(last, at=draw.at) == draw:
        return validation
    return msgspec.structs.replace(validation, draws=(*validation.draws, draw))


def with_looked_at(validation: Validation, case: str) -> Validation:
    """A case was shown."""
    now, seen = validation.current, looked_at(validation)
    if now is None or case in seen:
        return validation
    others = tuple(one for one in validation.looked_at if one.version != now.sha256)
    return msgspec.structs.replace(validation, looked_at=(*others, LookedAt(now.sha256, (*seen, case))))


def with_comment(validation: Validation, comment: Comment) -> Validation:
    """A new comment (number 0), or another text and kind of one that is there; checked. BadInput when it will not do."""
    comment = msgspec.structs.replace(comment, text=checked_text(comment.text), by=checked_role(comment.by))
    if not comment.text and comment.is_open:
        raise BadInput(NO_TEXT)
    if not comment.number:
        number = 1 + max((one.number for one in validation.comments), default=0)
        return msgspec.structs.replace(validation, comments=(*validation.comments, msgspec.structs.replace(comment, number=number)))
    place = _place_of(validation, comment.number)
    old = validation.comments[place]
    changed = msgspec.structs.replace(
        old, step=comment.step, kind=comment.kind, text=comment.text, by=comment.by, changed_at=comment.at, settled=comment.settled
    )
    return msgspec.structs.replace(validation, comments=(*validation.comments[:place], changed, *validation.comments[place + 1 :]))


def without_comment(validation: Validation, number: int) -> Validation:
    """A comment is taken away; BadInput when it is gone already."""
    place = _place_of(validation, number)
    return msgspec.structs.replace(validation, comments=(*validation.comments[:place], *validation.comments[place + 1 :]))


def _place_of(validation: Validation, number: int) -> int:
    place = next((place for place, one in enumerate(validation.comments) if one.number == number), None)
    if place is None:
        raise BadInput(GONE)
    return place


def with_decision(validation: Validation, decision: Decision | None, file: int, step: int) -> Validation:
    """A step of the wash is accepted, rejected or (None) neither any longer; BadInput for a step that is not there, or without a reason."""
    now = validation.current
    if now is None or not 0 <= file < len(now.files) or not 0 <= step < len(now.files[file].outcomes):
        raise BadInput(NO_STEP)
    others = tuple(one for one in validation.decisions if one not in decisions(validation) or (one.file, one.step) != (file, step))
    if decision is None:
        return msgspec.structs.replace(validation, decisions=others)
    reason = checked_text(decision.reason)
    if not decision.accepted and not reason:
        raise BadInput(NO_REASON)
    return msgspec.structs.replace(validation, decisions=(*others, msgspec.structs.replace(decision, reason=reason)))


def with_signature(validation: Validation, by: str, at: str) -> Validation:
    """The data are signed. BadInput while a step is rejected, or nobody has looked at a case."""
    now = validation.current
    if now is None or rejected(validation):
        raise BadInput(REJECTED)
    n_cases, said = len(looked_at(validation)), comments(validation)
    if not n_cases:
        raise BadInput(NOT_LOOKED_AT)
    n_open = sum(one.is_open for one in said)
    made = Signature(now.sha256, now.recipe, checked_role(by), at, n_cases, len(said), n_open)
    return msgspec.structs.replace(validation, signatures=(*validation.signatures, made))


def without_signature(validation: Validation, at: str) -> Validation:
    """The signature is withdrawn; that it was given stays in the history. BadInput when there is none."""
    last = signature(validation)
    if last is None:
        raise BadInput(NOT_SIGNED)
    withdrawn = tuple(msgspec.structs.replace(one, withdrawn_at=at) if one is last else one for one in validation.signatures)
    return msgspec.structs.replace(validation, signatures=withdrawn)


def without_case(validation: Validation, case: str) -> Validation:
    """Nothing is left of a case: its comments, and that it was looked at."""
    seen = tuple(msgspec.structs.replace(one, cases=tuple(name for name in one.cases if name != case)) for one in validation.looked_at)
    kept = tuple(comment for comment in validation.comments if comment.case != case)
    return msgspec.structs.replace(validation, comments=kept, looked_at=seen)
