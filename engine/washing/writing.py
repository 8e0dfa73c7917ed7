"""Steps that mend how cells are written: an encoding that was taken for another, and signs of decimal numbers."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from engine.importing.timestamps import is_time_type
from engine.washing.rows import Rows
from engine.washing.values import RepairEncoding, UnifyDecimals

SUSPECT = r"[\x{00c2}-\x{00f4}][\x{0080}-\x{00bf}\x{0152}-\x{017e}\x{0192}\x{02c6}\x{02dc}\x{2013}-\x{203a}\x{20ac}\x{2122}]"
"""What every text has that was written in UTF-8 and read as Windows-1252 or Latin-1."""
TWICE = 2
"""An extract may have gone through two systems that took one encoding for another."""
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:(?P<mark>[.,\u00a0 ’'])\d{3})(?:(?P=mark)\d{3})*(?:(?P<sign>[.,])\d+)?")
PLAIN = re.compile(r"[+-]?(?P<whole>\d*)(?P<sign>[.,])(?P<part>\d+)")


def repair_encoding(rows: Rows, step: RepairEncoding) -> Rows:
    """Cells that can only be UTF-8 read as another encoding become what they were."""
    rows.check(step.columns)
    for name in step.columns or rows.table.column_names:
        if not is_time_type(rows.table.column(name).type):
            column = rows.column(name)
            mended = column.mapped(with_encoding_mended)
            rows = rows if mended is column else rows.with_column(name, mended)
    return rows


def with_encoding_mended(texts: pa.Array) -> pa.Array:
    """The texts (Arrow strings) with such ones mended; the same array when there is none."""
    suspect = pc.match_substring_regex(texts, SUSPECT)
    if not pc.any(suspect).as_py():
        return texts
    return pc.replace_with_mask(texts, suspect, pa.array([mended_text(text) for text in texts.filter(suspect).to_pylist()], pa.string()))


def mended_text(text: str) -> str:
    """What a text was before it was read in the wrong encoding; the text itself where that is not certain.

    Certain is: its signs are bytes that make well-formed UTF-8, which by chance hardly any text does that has other letters than a to z.
    """
    for _ in range(TWICE):
        try:
            before = b"".join(map(_byte, text)).decode("utf-8")
        except UnicodeError:
            break
        if before == text or any(sign < " " or "\x7f" <= sign < "\xa0" for sign in before if sign not in text):
            break
        text = before
    return text


def _byte(sign: str) -> bytes:
    """The byte that a sign stands for in Windows-1252; the few that it leaves open are read as in Latin-1."""
    return sign.encode("latin-1") if "\x7f" <= sign < "\xa0" else sign.encode("cp1252")


def unify_decimals(rows: Rows, step: UnifyDecimals) -> Rows:
    """Numbers of the columns with one decimal sign; what is no number, or may be thousands as well, stays."""
    rows.check(step.columns)
    for name in step.columns:
        column = rows.column(name)
        told = pa.array([with_sign(text, step.sign) for text in column.values.to_pylist()], pa.string())
        rows = rows.with_column(name, column.with_values(told))
    return rows


def with_sign(text: str, sign: str) -> str:
    """A number with the sign before its decimals and none between its thousands; any other text as it is."""
    bare = text.strip()
    plain = PLAIN.fullmatch(bare)
    if plain is not None:
        return text if plain["sign"] == sign or may_be_thousands(bare) else bare.replace(plain["sign"], sign)
    grouped = THOUSANDS.fullmatch(bare)
    if grouped is None or grouped["mark"] == grouped["sign"]:
        return text
    whole = bare if grouped["sign"] is None else bare[: grouped.start("sign")]
    part = "" if grouped["sign"] is None else sign + bare[grouped.end("sign") :]
    return whole.replace(grouped["mark"], "") + part


def may_be_thousands(text: str) -> bool:
    """Whether a number with one sign may be thousands as well as a decimal number: "1.250", but not "0.250" or "12.5"."""
    plain = PLAIN.fullmatch(text.strip())
    return plain is not None and len(plain["part"]) == 3 and 1 <= len(plain["whole"]) <= 3 and not plain["whole"].startswith("0")
