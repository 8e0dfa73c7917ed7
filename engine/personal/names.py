"""Names of people: a list of Danish given and family names, and how names are written."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

LISTS = Path(__file__).resolve().parents[2] / "resources" / "words"
_LETTER = r"\p{L}"
SIDE = rf"[^{_LETTER}]"
_BETWEEN = rf"(?:[ -]\p{{Lu}}(?:[{_LETTER}’']+|\.)?){{0,3}}"
"""Middle names and initials."""
_CAPITALS = rf"\p{{Lu}}[{_LETTER}.’']*(?:,? ?|-)\p{{Lu}}"
"""What every text with a name matches; a hundred times as fast as to look for the names."""
SHAPE = rf"^\p{{Lu}}[{_LETTER}.’'-]*(?:,? (?:\p{{Lu}}[{_LETTER}.’'-]*|von|van|de|af|la|el|al)){{0,4}}$"
"""Cells of one to five words that begin with capitals and have no digits."""


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of a list in resources/words, as they are written."""
    lines = (LISTS / file).read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def given_names() -> frozenset[str]:
    """Danish given names in common use."""
    return names_in("given_names_da.txt")


def family_names() -> frozenset[str]:
    """Danish family names in common use."""
    return names_in("family_names_da.txt")


@cache
def full_name() -> str:
    """The regular expression (RE2) of a given and a family name of the lists beside each other, either first, also in capitals."""
    given, family = _either(given_names()), _either(family_names())
    return rf"(?:{given}{_BETWEEN}[ -]{family}|{family}, ?{given})"


def _either(names: frozenset[str]) -> str:
    both = sorted(names | {name.upper() for name in names})
    return f"(?:{'|'.join(re.escape(name) for name in both)})"


def holds_name(texts: pa.Array) -> NDArray[np.bool_]:
    """Which texts (Arrow strings, shape (n,)) hold a given name with a family name."""
    found = np.zeros(len(texts), bool)
    beside = pc.fill_null(pc.match_substring_regex(texts, _CAPITALS), False)
    candidates = pc.match_substring_regex(texts.filter(beside), rf"(?:^|{SIDE}){full_name()}(?:$|{SIDE})")
    found[beside.to_numpy(zero_copy_only=False)] = candidates.to_numpy(zero_copy_only=False)
    return found


def share_of_names(texts: pa.Array) -> float:
    """Share (0..1) of the texts that are written like a name and whose first or last word is one of the lists."""
    if not len(texts):
        return 0.0
    shaped = texts.filter(pc.match_substring_regex(texts, SHAPE))
    known = {name.casefold() for name in given_names() | family_names()}
    return sum(_is_known(text, known) for text in shaped.to_pylist()) / len(texts)


def _is_known(text: str, known: set[str]) -> bool:
    words = [part for word in text.replace(",", " ").split() for part in (word, *word.split("-"))]
    return bool(words) and (words[0].casefold() in known or words[-1].casefold() in known)


def is_name_in(text: str) -> bool:
    """Whether a text holds a given name with a family name: what `holds_name` says, for one text."""
    words = re.findall(r"[^\W\d_]+[.’']?|[ ,-]+|[\W\d_]", text)
    given, family = _spelled("given_names_da.txt"), _spelled("family_names_da.txt")
    places = [place for place, word in enumerate(words) if word in given or word in family]
    return any(
        (words[one] in given and words[other] in family and _leads(words[one + 1 : other]))
        or (words[one] in family and words[other] in given and words[one + 1 : other] in ([","], [", "]))
        for one in places
        for other in places
        if one < other <= one + 8
    )


@cache
def _spelled(file: str) -> frozenset[str]:
    names = names_in(file)
    return names | {name.upper() for name in names}


def _leads(between: list[str]) -> bool:
    """Whether only single blanks, hyphens and words with capitals stand between a given and a family name."""
    return all(part in (" ", "-") for part in between[::2]) and all(part[0].isupper() for part in between[1::2]) and len(between) % 2 == 1
