"""Raw extracts of the three demo logs, as a municipality gets them from its case systems: clean, or with every defect planted and told."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from engine.demo import extract_cells as cells
from engine.demo import extract_insertions as insertions
from engine.demo import extract_stamps as stamps
from engine.demo.academics import make_academics
from engine.demo.clean_log import CleanLog
from engine.demo.clean_placements import make_clean_placements
from engine.demo.draws import Draws
from engine.demo.extract_files import ROLES, WrittenFile, write_files
from engine.demo.extract_plan import PLANS
from engine.demo.extract_recipe import recipe_of
from engine.demo.extract_rows import Sheet
from engine.demo.extract_truth import ExtractTruth, clean_numbers, rows_touched, write_extract_truth
from engine.demo.orders import make_orders
from engine.errors import N_, BadInput
from engine.tasks import Task
from engine.washing.recipe_file import write_recipe

LETTERS = tuple(PLANS)
EXISTS = N_("{folder} already holds {file}. Choose another folder.")
UNWRITABLE = N_("{folder} cannot be written to. Choose another folder.")
MAKING, PLANTING, WRITING = N_("Making the cases"), N_("Planting defects"), N_("Writing the files")

DEFECTS: tuple[Callable[[Sheet], None], ...] = (
    insertions.add_trials,
    insertions.add_cancelled,
    insertions.add_deleted,
    insertions.add_corrections,
    insertions.number_rows,
    stamps.blank_ends,
    stamps.live_an_hour_twice,
    stamps.stamp_batches,
    stamps.stamp_the_future,
    stamps.stamp_by_night,
    stamps.shift_by_a_minute,
    stamps.write_dates_only,
    stamps.lose_the_hour,
    cells.disagree,
    stamps.register_late,
    stamps.date_back,
    cells.reuse_numbers,
    cells.change_codes,
    stamps.write_minutes,
    cells.mix_date_forms,
    cells.misspell,
    cells.mix_encodings,
    cells.point_decimals,
    cells.name_people,
    cells.name_companies,
    cells.work_as_system,
    cells.break_case_numbers,
    insertions.add_copies,
)
"""In this order: rows before stamps, stamps before cells; what is drawn later keeps away from what was touched before."""


class Extract(Struct, frozen=True):
    """The files of an extract and its truth."""

    files: tuple[WrittenFile, ...]
    truth: ExtractTruth


def make_log(letter: str, seed: int | None = None, n_cases: int | None = None, task: Task | None = None) -> CleanLog:
    """The clean log A, B or C; n_cases: fewer for a try."""
    given = {name: value for name, value in (("seed", seed), ("n_cases", n_cases)) if value is not None}
    if letter == "A":
        return make_academics(**given, task=task)
    if letter == "C":
        return make_orders(**given, task=task)
    return make_clean_placements(**given, task=task)


def make_extract(
    letter: str, clean: bool = False, seed: int | None = None, n_cases: int | None = None, task: Task | None = None
) -> Extract:
    """The extract of a log: the same seed gives the same bytes on every machine."""
    task = task or Task()
    task.report(0.0, MAKING)
    log = make_log(letter, seed, n_cases, task)
    sheet = Sheet(log, Draws(log.seed + 100))
    for done, plant in enumerate([insertions.number_rows] if clean else DEFECTS):
        task.report(0.3 + 0.5 * done / len(DEFECTS), PLANTING)
        plant(sheet)
    sheet.rows.sort(key=lambda row: row.case_id)
    task.report(0.8, WRITING)
    files = write_files(sheet, clean)
    return Extract(files, _truth(sheet, files, clean))


def _truth(sheet: Sheet, files: tuple[WrittenFile, ...], clean: bool) -> ExtractTruth:
    log = sheet.log
    return ExtractTruth(
        log=log.letter,
        name=log.name,
        seed=log.seed,
        variant="clean" if clean else "defective",
        extracted_at=datetime.fromtimestamp(log.extracted_at, UTC).replace(tzinfo=None).isoformat(),
        files=tuple(file.form for file in files),
        roles=ROLES,
        clean=clean_numbers(log),
        defects=tuple(rows_touched(defect, [(row.number, row.case_id) for row in rows]) for defect, rows in sheet.touched.items() if rows),
        personal=tuple(sorted(set(sheet.personal))),
        planted=log.planted,
    )


def check_folder(letter: str, folder: Path) -> None:
    """BadInput when a folder holds files of such an extract already, or is none."""
    if folder.exists() and not folder.is_dir():
        raise BadInput(UNWRITABLE, folder=folder.name)
    if taken := sorted(folder.glob(f"{PLANS[letter].stem}*")):
        raise BadInput(EXISTS, folder=folder.name, file=taken[0].name)


def write_extract(extract: Extract, folder: Path) -> tuple[Path, ...]:
    """Write the files, the recipe that washes them, and last their truth, into a folder, which is made.

    BadInput when it holds some already or cannot be written to.
    """
    check_folder(extract.truth.log, folder)
    contents = {file.form.name: file.content for file in extract.files}
    plan = PLANS[extract.truth.log]
    contents[f"{plan.stem}.opskrift.toml"] = write_recipe(recipe_of(plan, extract.truth.name))
    contents[f"{plan.stem}.truth.json"] = write_extract_truth(extract.truth)
    paths = tuple(folder / name for name in contents)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in zip(paths, contents.values(), strict=True):
            path.write_bytes(content)
    except BaseException as error:
        _remove(paths)
        if isinstance(error, OSError):
            raise BadInput(UNWRITABLE, folder=folder.name) from error
        raise
    return paths


def _remove(paths: tuple[Path, ...]) -> None:
    """Take half an extract away again."""
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink()
