"""Workbooks, archives and object-centric logs leave nothing on disk while they are read, and open no way out."""

from __future__ import annotations

from pathlib import Path

import pyrage
import pytest

from tests.engine.test_zip_archives import PASSPHRASE, locked
from tests.object_logs import FORMATS
from tests.scenarios.test_syscalls import ROOT, internet, needs_strace, pytestmark, trace, written  # noqa: F401
from tests.workbooks import ods, xls, xlsb, xlsx

ROWS = [["Sagsnr", "Aktivitet", "Tidspunkt"], ["1", "Modtaget", "2024-01-01 08:00"], ["1", "Afgjort", "2024-01-02 09:00"]]


@needs_strace
@pytest.mark.parametrize(
    "files",
    [
        {"a.xlsx": xlsx(ROWS), "b.xls": xls(), "c.xlsb": xlsb(ROWS), "d.ods": ods(ROWS), "e.zip": locked()},
        {f"{name}.ocel": write() for name, write in FORMATS.items()},
    ],
    ids=["workbooks and archives", "object-centric logs"],
)
def test_opening_files_writes_nothing(tmp_path: Path, files: dict[str, bytes]) -> None:
    key = pyrage.x25519.Identity.generate()
    (tmp_path / "key.txt").write_text(f"{key}\n")
    paths = []
    for name, content in files.items():
        path = tmp_path / (name if name.endswith(".zip") else f"{name}.age")
        path.write_bytes(content if name.endswith(".zip") else pyrage.encrypt(content, [key.to_public()]))
        paths.append(str(path))
    script = str(ROOT / "tests" / "scenarios" / "import_session.py")
    lines = trace(tmp_path, script, PASSPHRASE, str(tmp_path / "key.txt"), *paths)
    assert written(lines) == set()
    assert internet(lines) == []
