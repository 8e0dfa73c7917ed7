"""Who may know whom, where import-linter's contracts cannot say it: the window's few doors, the value modules, and what is loaded when."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.architecture.project_files import ROOT, imports, imports_at_once, modules, name_of

OPEN_TO_THE_WINDOW = (
    "engine.agreement.values",
    "engine.cli",
    "engine.demo",
    "engine.errors",
    "engine.layout.text_widths",
    "engine.layout.values",
    "engine.log.columns",
    "engine.log.selection",
    "engine.models.values",
    "engine.models.words",
    "engine.object_map.values",
    "engine.process_map.values",
    "engine.quality.values",
    "engine.quality.words",
    "engine.service.client",
    "engine.service.messages",
    "engine.tasks",
    "engine.texts",
    "engine.validation.values",
    "engine.validation.words",
    "engine.washing.values",
    "engine.washing.words",
)
ALSO_OPEN = {"gui/commands.py": ("engine.cli",), "gui/model_command.py": ("engine.cli",)}
"""The commands that draw read their arguments, and end, as the commands that print do."""

VALUE_MODULES = (
    "engine/agreement/values.py",
    "engine/demo/__init__.py",
    "engine/errors.py",
    "engine/layout/values.py",
    "engine/log/columns.py",
    "engine/log/selection.py",
    "engine/models/values.py",
    "engine/models/words.py",
    "engine/object_map/values.py",
    "engine/process_map/values.py",
    "engine/quality/values.py",
    "engine/quality/words.py",
    "engine/service/messages.py",
    "engine/service/import_messages.py",
    "engine/service/model_messages.py",
    "engine/service/object_messages.py",
    "engine/service/opening_messages.py",
    "engine/service/page_messages.py",
    "engine/service/playback_messages.py",
    "engine/service/process_messages.py",
    "engine/service/quality_messages.py",
    "engine/service/source_messages.py",
    "engine/service/vault_messages.py",
    "engine/service/validation_messages.py",
    "engine/tasks.py",
    "engine/texts.py",
    "engine/validation/values.py",
    "engine/validation/words.py",
    "engine/washing/values.py",
    "engine/washing/words.py",
)
HEAVY = ("numpy", "pyarrow", "pandas", "scipy", "pm4py", "pyqtgraph", "networkx", "lxml", "pyrage", "matplotlib")


def doors_of(path: Path) -> tuple[str, ...]:
    return OPEN_TO_THE_WINDOW + ALSO_OPEN.get(name_of(path), ())


def test_the_window_uses_the_client_and_values_only() -> None:
    strange = [
        f"{name_of(path)} imports {name}"
        for path in modules("gui")
        for name in imports(path)
        if name.partition(".")[0] == "engine" and not any(f"{name}.".startswith(f"{door}.") for door in doors_of(path))
    ]
    assert not strange


def test_value_modules_import_no_data_library() -> None:
    found = [(name, imported) for name in VALUE_MODULES for imported in imports(ROOT / name) if imported.partition(".")[0] in HEAVY]
    assert not found


def test_the_adapter_imports_pm4py_inside_functions() -> None:
    adapter = [path for path in modules("engine") if "pm4py_adapter" in path.parts]
    assert not [(name_of(path), name) for path in adapter for name in imports_at_once(path) if name.partition(".")[0] == "pm4py"]


def loaded_after(statements: str) -> set[str]:
    """Heavy libraries that a fresh interpreter holds after some statements."""
    code = f"import sys\n{statements}\nprint(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_engines_values_load_no_data_library() -> None:
    names = ", ".join(name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in VALUE_MODULES)
    assert loaded_after(f"import {names}, engine.service.client") == set()


def test_the_window_stands_before_anything_heavy_is_imported() -> None:
    assert loaded_after("import gui.app, gui.main_window, gui.pages.map_page") == set()


def test_the_import_rules_name_every_part() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = {name.strip("() ") for contract in contracts for layer in contract.get("layers", []) for name in re.split(r"[|:]", layer)}
    named = {".".join(name.split(".")[:2]) for name in layers}
    parts = {f"{top}.{path.stem}" for top in ("engine", "gui") for path in (ROOT / top).iterdir() if path.suffix == ".py" or path.is_dir()}
    outside = {"engine.__init__", "gui.__init__", "engine.__pycache__", "gui.__pycache__", "engine.texts"}
    assert parts - outside == named
