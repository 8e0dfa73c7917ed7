"""The Danish catalogue: sentences are extracted from the code, compared with their translations, and compiled.

    python -m build_scripts.translations            write sagsflow.po and sagsflow.mo
    python -m build_scripts.translations --check    say what is missing, wrong or out of date; exit status 1 if anything is

Translations live in resources/translations/da/LC_MESSAGES/sagsflow.po.
"""

from __future__ import annotations

import argparse
import ast
import io
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("main.py", "engine", "gui")
CATALOGUE = ROOT / "resources" / "translations" / "da" / "LC_MESSAGES" / "sagsflow.po"
COMPILED = CATALOGUE.with_suffix(".mo")
HEADER_DATE = datetime(2026, 11, 21, tzinfo=UTC)

Id = str | tuple[str, str]


@dataclass
class Findings:
    """What was found in code and translations; every list holds lines for the reader."""

    missing: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Every finding as one line."""
        for title, found in (
            ("no Danish", self.missing),
            ("not in the code", self.unused),
            ("other {fields}", self.fields),
            ("out of date", self.stale),
        ):
            yield from (f"{title}: {line}" for line in found)


# ---- the code ------------------------------------------------------------------------------------------------------------------


def sentences(source: str) -> Iterator[Id]:
    """Catalogue ids in one module: N_("…"), texts("…") under any name that ends so, and ….plural("one", "many", n)."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = _name(node.func)
        words = [argument.value for argument in node.args if isinstance(argument, ast.Constant) and isinstance(argument.value, str)]
        if name == "plural" and len(words) >= 2:
            yield words[0], words[1]
        elif (name == "N_" or name.lower().endswith("texts")) and node.args:
            yield from _first(node.args[0])


def _first(argument: ast.expr) -> Iterator[str]:
    """The id, or both ids of `texts("a" if … else "b")`."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value:
        yield argument.value
    elif isinstance(argument, ast.IfExp):
        yield from _first(argument.body)
        yield from _first(argument.orelse)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def ids_in_code() -> dict[Id, str]:
    """Every id and the first module that uses it."""
    found: dict[Id, str] = {}
    for path in source_files():
        for sentence in sentences(path.read_text("utf-8")):
            found.setdefault(sentence, path.relative_to(ROOT).as_posix())
    return found | dict.fromkeys(UNIT_WORDS, "engine/texts.py")


UNIT_WORDS: tuple[Id, ...] = (("second", "seconds"), ("hour", "hours"), ("day", "days"))
"""Plurals that engine/texts.py looks up from a table."""


def source_files() -> list[Path]:
    """The modules whose sentences reach a reader."""
    files = [ROOT / name for name in SOURCES if (ROOT / name).is_file()]
    for name in SOURCES:
        files.extend(sorted((ROOT / name).rglob("*.py")))
    return files


# ---- the translations ----------------------------------------------------------------------------------------------------------


def read_translations() -> dict[Id, str | tuple[str, ...]]:
    """The catalogue's translations by id."""
    if not CATALOGUE.is_file():
        return {}
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="da", abort_invalid=True)
    translations: dict[Id, str | tuple[str, ...]] = {}
    for message in catalogue:
        string = message.string or ""
        if message.id and any(_forms(string)):
            key: Id = message.id if isinstance(message.id, str) else (message.id[0], message.id[1])
            translations[key] = string if isinstance(string, str) else tuple(string)
    return translations


def _forms(string: str | Iterable[str]) -> list[str]:
    return [string] if isinstance(string, str) else list(string)


def _show(key: Id) -> str:
    return repr(key if isinstance(key, str) else key[0])


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def compare_fields(translations: dict[Id, str | tuple[str, ...]], findings: Findings) -> None:
    """A translation fills in exactly the fields of its id; a singular may leave out {n}."""
    for key, value in translations.items():
        wanted = set().union(*(_fields(text) for text in _forms(key)))
        for form in _forms(value):
            try:
                found = _fields(form)
            except ValueError:
                findings.fields.append(f"{_show(key)}: braces do not match")
                continue
            if found | ({"n"} & wanted if isinstance(key, tuple) else set()) != wanted:
                findings.fields.append(f"{_show(key)}: {sorted(wanted)} became {sorted(found)}")


def build_catalogue(translations: dict[Id, str | tuple[str, ...]]) -> Catalog:
    """The catalogue, sorted, without dates that change."""
    catalogue = Catalog(
        locale="da",
        domain="sagsflow",
        project="Sagsflow",
        version="1",
        copyright_holder="the authors of Sagsflow",
        header_comment="# Danish translation of Sagsflow.",
        msgid_bugs_address="",
        last_translator="",
        language_team="Danish",
        creation_date=HEADER_DATE,
        revision_date=HEADER_DATE,
        fuzzy=False,
    )
    for key in sorted(translations, key=lambda key: _forms(key)[0]):
        catalogue.add(key, translations[key])
    return catalogue


def written(catalogue: Catalog) -> tuple[bytes, bytes]:
    """The .po and the .mo as bytes."""
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, catalogue, width=120, omit_header=False)
    write_mo(mo, catalogue)
    return po.getvalue(), mo.getvalue()


# ---- the command ---------------------------------------------------------------------------------------------------------------


def examine() -> tuple[Findings, bytes, bytes]:
    """Findings, and the catalogue as it should stand (.po and .mo): what the code no longer says is left out."""
    findings = Findings()
    code = ids_in_code()
    translations = read_translations()
    compare_fields(translations, findings)
    findings.missing = [f"{where}: {_show(key)}" for key, where in code.items() if key not in translations]
    findings.unused = [_show(key) for key in translations if key not in code]
    po, mo = written(build_catalogue({key: value for key, value in translations.items() if key in code}))
    for path, content in ((CATALOGUE, po), (COMPILED, mo)):
        if not path.is_file() or path.read_bytes() != content:
            findings.stale.append(path.relative_to(ROOT).as_posix())
    return findings, po, mo


def main() -> int:
    """Write or check the catalogue; returns the exit status."""
    parser = argparse.ArgumentParser(description="Compile and check the Danish catalogue.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit status 1 if anything is missing or out of date")
    check = parser.parse_args().check
    findings, po, mo = examine()
    if not check:
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        CATALOGUE.write_bytes(po)
        COMPILED.write_bytes(mo)
        findings.stale = []
    lines = list(findings.lines())
    print("\n".join(lines) if lines else "translations: complete")
    return 1 if check and lines else 0


if __name__ == "__main__":
    sys.exit(main())
