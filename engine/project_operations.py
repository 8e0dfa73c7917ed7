"""Answers to questions about what stands open: opening, importing, saving, and what leaves the screen."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine import notions, sources
from engine.disclosure.differences import check_differences
from engine.disclosure.guard import guard_selection
from engine.errors import N_, BadInput
from engine.log.selection import Selection
from engine.log.statistics import period
from engine.process_map.study import Study
from engine.quality.capability import refusals
from engine.service import messages
from engine.tasks import Task
from engine.validation_room import Room
from engine.vault.keys import suggest_passphrase
from engine.workspace import Workspace


def open_source(workspace: Workspace, question: messages.Open, task: Task) -> messages.Opened:
    """Open a project or file; a table whose roles are not all given waits for them."""
    source = sources.open_source(question.path, question.secret, question.options, task.part(0.0, 0.8))
    workspace.turn_to(notions.restored(source, task.part(0.8, 0.9)))
    return _opened(workspace, task.part(0.9, 1.0))


def preview_table(workspace: Workspace, question: messages.PreviewTable, task: Task) -> messages.Opened:
    """Preview the waiting table under other options."""
    workspace.hold(sources.preview(workspace.source, question.options, task))
    return _opened(workspace, task)


def use_roles(workspace: Workspace, question: messages.UseRoles, task: Task) -> messages.Opened:
    """Build the log from the waiting table."""
    workspace.hold(sources.use_roles(workspace.source, question.options, task.part(0.0, 0.9)))
    return _opened(workspace, task.part(0.9, 1.0))


def choose_notion(workspace: Workspace, question: messages.ChooseNotion, task: Task) -> messages.Opened:
    """Cut the cases of the open log anew."""
    workspace.hold(notions.choose_notion(workspace.source, question.notion, task.part(0.0, 0.9)))
    return _opened(workspace, task.part(0.9, 1.0))


def _opened(workspace: Workspace, task: Task) -> messages.Opened:
    source = workspace.source
    told = sources.opened(source, None if source.log is None else summarise_log(workspace.study, task))
    return msgspec.structs.replace(told, standing=Room(source).standing(task), object_types=notions.counts_of(source))


def summarise_log(study: Study, task: Task) -> messages.LogSummary:
    """Counts and period of a log, and what there is to say about it: also that it is too small for its numbers to be used."""
    task.report(0.0, N_("Finding variants …"))
    log, times = study.log, period(study.log)
    first, last = times or (None, None)
    return messages.LogSummary(
        n_cases=log.n_cases,
        n_events=log.n_events,
        n_activities=len(log.activities),
        n_variants=study.variants(task).n_variants,
        first_event=first,
        last_event=last,
        activities=log.activities,
        roles=log.roles,
        notices=(*log.notices, *refusals(log, time.time_ns() // 1000)),
    )


def plan_import(workspace: Workspace, question: messages.PlanImport, task: Task) -> messages.ImportPlan:
    """Read the files of an import."""
    return workspace.importing.plan(question, task)


def preview_file(workspace: Workspace, question: messages.PreviewFile, task: Task) -> messages.PlannedFile:
    """A file of an import under other roles."""
    return workspace.importing.preview(question, task)


def try_wash(workspace: Workspace, question: messages.TryWash, task: Task) -> messages.WashTried:
    """What the steps of a recipe do to a file of an import."""
    return workspace.importing.try_wash(question, task)


def suggest_steps(workspace: Workspace, question: messages.SuggestSteps, task: Task) -> messages.Suggestions:
    """Which further steps would touch rows of a file of an import."""
    return workspace.importing.suggest(question, task)


def take_in(workspace: Workspace, question: messages.TakeIn, task: Task) -> messages.TakenIn:
    """Make one log of the files of an import."""
    from engine.intake import warnings_of

    intake, source = workspace.importing.take_in(question, task.part(0.0, 0.9))
    workspace.turn_to(source)
    files = tuple(messages.TakenFile(file.file, file.rows, file.events, file.spells) for file in intake.files)
    return messages.TakenIn(_opened(workspace, task.part(0.9, 1.0)), files, warnings_of(intake))


def write_recipe_file(_workspace: Workspace, question: messages.WriteRecipe, _task: Task) -> messages.RecipeFile:
    """A recipe as TOML; refused where a step names what looks personal."""
    from engine.import_session import check_recipe
    from engine.washing.recipe_file import write_recipe

    check_recipe(question.recipe)
    return messages.RecipeFile(write_recipe(question.recipe))


def read_codes(_workspace: Workspace, question: messages.ReadCodes, task: Task) -> messages.Codes:
    """A table of codes from a file."""
    from engine.washing.code_tables import read_code_table

    found = read_code_table(Path(question.path), question.secret, task)
    return messages.Codes(found.code, found.name, found.table)


def scan_open_project(workspace: Workspace, _question: messages.ScanProject, task: Task) -> messages.ProjectScanned:
    """What the open project holds that tells of persons; BadInput for a log that is no project yet."""
    from engine.personal_scan import scan_project

    if workspace.source.project is None:
        raise BadInput(N_("The log is not saved as a project yet."))
    found = scan_project(workspace.source.project, task)
    return messages.ProjectScanned(found.texts, tuple(messages.PersonalPlace(hit.place, hit.kind, hit.count) for hit in found.hits))


def save_project(workspace: Workspace, question: messages.SaveProject, task: Task) -> messages.Saved:
    """Save the open log as a project folder."""
    workspace.turn_to(sources.save_project(workspace.source, question, task, workspace.arrangement))
    return sources.saved(workspace.source)


def save_view(workspace: Workspace, question: messages.SaveView, task: Task) -> messages.Saved:
    """Keep the view in the open project."""
    workspace.hold(sources.save_view(workspace.source, question.view, task))
    return sources.saved(workspace.source)


def suggest_a_passphrase(_workspace: Workspace, question: messages.SuggestPassphrase, _task: Task) -> messages.PassphraseSuggestion:
    """A passphrase that nobody has used before."""
    return messages.PassphraseSuggestion(*suggest_passphrase(question.language))


def record_export(workspace: Workspace, question: messages.RecordExport, task: Task) -> messages.Recorded:
    """Tell the audit log that a file leaves the screen; refused where it would tell too much beside the earlier ones."""
    n_cases = 0
    if question.k:
        n_cases = workspace.study.frequencies(question.selection, task).n_cases
        check_exports(workspace, question.selection, task)
    workspace.hold(sources.record_export(workspace.source, question, n_cases, task))
    return messages.Recorded()


def check_exports(workspace: Workspace, selection: Selection, task: Task) -> None:
    """Raise BadInput where a selection, with those that left the screen before, would tell about too few cases."""
    study = workspace.study
    guard_selection(study.frequencies(selection, task).n_cases, study.log.n_cases, workspace.k)
    days = {entry.selection: entry.at[:10] for entry in workspace.exported(task) if not entry.removed}
    everybody = np.ones(study.log.n_cases, np.bool_)

    def mask_of(one: Selection) -> NDArray[np.bool_]:
        mask = study.mask(one, task)
        return everybody if mask is None else mask

    if selection not in days:
        check_differences(mask_of(selection), [(mask_of(one), day) for one, day in days.items()], workspace.k, task)
