"""List every library that the product imports, directly or through another, with version and licence: resources/licences/third-party.md."""

from __future__ import annotations

import sys
import tomllib
from importlib.metadata import PackageMetadata, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "resources" / "licences" / "third-party.md"
KNOWN = {"cvxopt": "GPL-3.0-or-later", "pyrage": "MIT"}
"""Licences that the packages state in their texts only."""

CLASSIFIER = "License :: OSI Approved :: "
HEAD = """# Libraries that Sagsflow uses

Each comes with its own licence text when it is installed. Bundled with Sagsflow itself are the font Inter and the icons Lucide;
their licences lie beside this file.

| library | version | licence |
|---|---|---|
"""


def closure(requirements: list[str]) -> dict[str, PackageMetadata]:
    """Metadata of the required distributions and of everything they require here, by canonical name."""
    found: dict[str, PackageMetadata] = {}
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            continue
        found[name] = installed.metadata
        waiting.extend(Requirement(text) for text in installed.requires or ())
    return found


def licence(metadata: PackageMetadata) -> str:
    """The licence in a few words: its expression, its classifiers, or the first line of its text."""
    name = canonicalize_name(metadata["Name"])
    if name in KNOWN:
        return KNOWN[name]
    expressions = metadata.get_all("License-Expression") or []
    classifiers = [text.removeprefix(CLASSIFIER) for text in metadata.get_all("Classifier") or () if text.startswith(CLASSIFIER)]
    texts = [str(text).strip().splitlines()[0][:60] for text in metadata.get_all("License") or ()]
    return next((", ".join(words) for words in (expressions, classifiers, texts) if words), "see its licence file")


def product_requirements() -> list[str]:
    """What the product itself requires, without what only development needs."""
    requirements: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    return requirements


def table() -> str:
    """The whole document."""
    found = closure(product_requirements())
    return HEAD + "".join(f"| {data['Name']} | {data['Version']} | {licence(data)} |\n" for _, data in sorted(found.items()))


def main() -> int:
    """Write the document; returns the exit status."""
    TARGET.write_text(table(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
