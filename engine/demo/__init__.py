"""The bundled demo: a synthetic log, made from a seed, in which no real person or case occurs. This module holds only constants."""

from __future__ import annotations

from pathlib import Path

DEMO_NAME = "Oprettelse af placeringer"
DEMO_SEED = 20261102
PASSPHRASE = "demo-uden-rigtige-personer"  # noqa: S105
"""Published on purpose: the demo project is encrypted like any other, and holds nothing to protect."""

PSEUDONYM_KEY = bytes.fromhex("53616773666c6f77206465206d6f3a2073796e7468657469632063617365732e")
"""Published as well, so that the bundled project and its ground truth name the same pseudonyms whenever they are made again."""

DEMO_PURPOSE = "Demonstration med syntetiske data"
DEMO_LEGAL_BASIS = "Ingen personoplysninger: alle sager er opdigtede"
DEMO_DELETE_BY = "2036-12-31"
DEMO_TIMEZONE = "Europe/Copenhagen"

DEMO_FOLDER = Path(__file__).resolve().parent.parent.parent / "resources" / "demo"
DEMO_PROJECT = DEMO_FOLDER / "placeringer"
DEMO_TRUTH = DEMO_FOLDER / "placeringer.truth.json"
