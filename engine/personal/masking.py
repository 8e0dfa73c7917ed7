"""Texts without what tells of persons in them: numbers, e-mail addresses, telephones and names become a mask, the rest stays."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.personal.cpr import NUMBER, REPLACEMENTS, holds_number, numbers_among
from engine.personal.names import SIDE, full_name, holds_name
from engine.personal.signs import EMAIL_PATTERN, PHONE_CORE, PHONE_PATTERN, PHONE_SIDES, filled, matching

MASK = "•••"


def holds_person(texts: pa.Array) -> NDArray[np.bool_]:
    """Which texts (Arrow strings, shape (n,)) hold a CPR number, an e-mail address, a telephone number or a name.

    Numbers that are spread like other ids than those of people are none.
    """
    found = matching(texts, EMAIL_PATTERN) | matching(texts, PHONE_PATTERN) | holds_name(texts)
    return found if _are_other_ids(texts) else found | holds_number(texts)


def without_persons(texts: pa.Array) -> pa.Array:
    """The texts (Arrow strings) with a mask in the place of each such part."""
    numbers = "(?:" + "|".join((NUMBER, *REPLACEMENTS)) + ")"
    parts = [(numbers, r"[^0-9]", r"[^0-9]")] * (not _are_other_ids(texts))
    masked = pc.replace_substring_regex(texts, EMAIL_PATTERN, MASK)
    for core, left, right in (*parts, (PHONE_CORE, *PHONE_SIDES), (full_name(), SIDE, SIDE)):
        for _ in range(2):  # what stands between two parts is the side of both, and is read once only
            masked = pc.replace_substring_regex(masked, rf"(^|{left}){core}($|{right})", rf"\1{MASK}\2")
    return masked


def _are_other_ids(texts: pa.Array) -> bool:
    return numbers_among(filled(texts)).other_ids
