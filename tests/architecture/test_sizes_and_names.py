"""Sizes, names and words of the code: what the architecture promises a reader."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.project_files import CODE, PRODUCT, ROOT, imports, modules, name_of, syntax

LONGEST_FILE, LONGEST_FUNCTION = 500, 50
NO_NAMES = {"utils", "util", "misc", "helpers", "helper", "common", "manager", "base", "tools", "stuff"}
NEVER_IMPORTED = ("pickle", "shelve", "marshal", "dill", "joblib", "http", "urllib.request", "requests", "ssl", "asyncio")
QT_LEFT_OUT = tuple(f"PySide6.Qt{part}" for part in ("Network", "Qml", "Quick", "Sql", "WebEngineCore", "WebEngineWidgets"))
MAY_PRINT = ("engine/cli.py", "gui/commands.py")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|\bfor now\b|\bplaceholder implementation\b")
MACHINE_PATHS = re.compile(r"(?<![\w.])/(root|home/\w+|work|Users/\w+)/|[A-Z]:\\\\Users")
CITED = {".py", ".toml", ".md", ".po", ".json", ".svg", ".qss", ".lock", ""}


def test_a_file_is_short_enough_to_read() -> None:
    assert not [name_of(path) for path in modules(*CODE) if len(path.read_text("utf-8").splitlines()) > LONGEST_FILE]


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(syntax(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_a_function_fits_on_a_screen() -> None:
    long = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in modules(*CODE)
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert not long


def test_a_public_name_says_what_it_is() -> None:
    silent = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in modules(*PRODUCT)
        for node in syntax(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert not silent


def test_modules_and_folders_have_names_that_mean_something() -> None:
    nameless = [name_of(path) for path in modules(*CODE) if NO_NAMES & {path.stem, path.parent.name}]
    assert not nameless


def test_no_folder_goes_deeper_than_two_levels() -> None:
    deep = [name_of(path) for path in modules(*CODE) if len(path.relative_to(ROOT).parts) > 3]
    assert not deep


def test_nothing_dangerous_is_imported() -> None:
    found = [
        f"{name_of(path)} imports {name}"
        for path in modules(*PRODUCT)
        for name in imports(path)
        if any(name == forbidden or name.startswith(f"{forbidden}.") for forbidden in NEVER_IMPORTED + QT_LEFT_OUT)
    ]
    assert not found


def test_nothing_is_evaluated_and_only_the_command_line_prints() -> None:
    found = []
    for path in modules(*PRODUCT):
        forbidden = {"eval", "exec", "compile", "input", "breakpoint"} | (set() if name_of(path) in MAY_PRINT else {"print"})
        called = {node.func.id for node in ast.walk(syntax(path)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
        found += [f"{name_of(path)} calls {name}" for name in called & forbidden]
    assert not found


def test_main_is_twenty_lines_at_most() -> None:
    assert len((ROOT / "main.py").read_text("utf-8").splitlines()) <= 20


def project_texts() -> list[Path]:
    folders = (*CODE, ".ci", "resources/translations")
    files = [path for path in ROOT.iterdir() if path.is_file() and path.suffix in CITED]
    files += [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix in {".py", ".po", ".md"}]
    return [path for path in files if path != Path(__file__).resolve() and "__pycache__" not in path.parts and path.name != "LICENSE"]


def test_nothing_is_left_unfinished_and_no_machine_is_named() -> None:
    found = [
        f"{name_of(path)}:{number}: {line.strip()[:80]}"
        for path in project_texts()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if UNFINISHED.search(line) or MACHINE_PATHS.search(line)
    ]
    assert not found
