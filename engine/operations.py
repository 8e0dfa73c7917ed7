"""What the engine can be asked: one row per question, and the workspace that the answers come from."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

import msgspec
import numpy as np
import pyarrow as pa
from msgspec import Struct
from numpy.typing import NDArray

from engine import sources
from engine.disclosure.differences import check_differences
from engine.disclosure.guard import LEAST_K, guard_selection
from engine.disclosure.leaving import leave_screen
from engine.disclosure.model_guard import draw_guarded_model
from engine.errors import N_, BadInput
from engine.log.event_log import NO_TIME, EventLog
from engine.log.filtering import cases_of
from engine.log.selection import Selection
from engine.log.statistics import case_durations, events_per_case, period
from engine.models.drawing import draw_model
from engine.models.files import NOTATION_OF, write_file
from engine.performance.case_table import CaseTable, find_case, sort_cases, tabulate_cases
from engine.performance.durations import service_times, times_of_values
from engine.performance.histograms import count_histogram, duration_histogram
from engine.performance.over_time import count_over_time
from engine.performance.variant_table import coverage_curve, describe_variants, group_by_variant, rank_variants, variants_for
from engine.process_map.abstraction import rank_steps
from engine.process_map.details import Scene, describe_path, describe_step
from engine.process_map.drawing import arrangement_of, draw_map, find_seed, take_arrangement
from engine.process_map.playback import play
from engine.process_map.rework import path_rework, rework_of, step_rework
from engine.process_map.study import WHOLE, Study
from engine.process_map.values import END, START
from engine.service import messages
from engine.service.process_messages import Arrangement
from engine.tasks import Task
from engine.texts import Texts
from engine.vault.export_ledger import Exported
from engine.vault.keys import suggest_passphrase

if TYPE_CHECKING:
    from engine.import_session import ImportSession

PAGE = 1000
"""Most rows of one page."""
NO_ZONE = N_("The time zone {timezone} is not known.")


class Workspace:
    """What the engine process holds: the opened source, and the study of its log. k: cases behind every number that leaves."""

    def __init__(self, k: int = LEAST_K) -> None:
        self.k = k
        self._source: sources.Source | None = None
        self._study: Study | None = None
        self._importing: ImportSession | None = None

    @property
    def importing(self) -> ImportSession:
        """The import under way."""
        if self._importing is None:
            from engine.import_session import ImportSession

            self._importing = ImportSession()
        return self._importing

    @property
    def has_source(self) -> bool:
        """Whether the log comes from a file or project."""
        return self._source is not None

    @property
    def source(self) -> sources.Source:
        """What stands open; raises BadInput before anything was opened."""
        if self._source is None:
            raise BadInput(N_("No log is open."))
        return self._source

    def hold(self, source: sources.Source) -> None:
        """Hold a source; what was found about another log is forgotten."""
        if self._study is None or source.log is not self._study.log:
            self._study = None if source.log is None else Study(source.log)
            if self._study is not None and source.arrangement is not None:
                take_arrangement(self._study, source.arrangement, Task())
        self._source = source

    def turn_to(self, source: sources.Source) -> None:
        """Hold another source; the project that stood open is locked."""
        old = self._source
        self.hold(source)
        if old is not None and old.project is not None and old.project is not source.project:
            sources.close(old)

    def study_log(self, log: EventLog) -> None:
        """Hold a log that comes from no file."""
        self._source, self._study = None, Study(log)

    def exported(self, task: Task) -> tuple[Exported, ...]:
        """What has left the screen of the open log before."""
        return () if self._source is None else sources.exported(self._source, task)

    def note_case(self, pseudonym: str) -> None:
        """Note for the audit log that a case was looked at."""
        if self._source is not None:
            sources.note_case(self._source, pseudonym)

    @property
    def arrangement(self) -> Arrangement | None:
        """Where the steps of the open log's map stand; None while that has not been sought."""
        return None if self._study is None else arrangement_of(self._study)

    @property
    def study(self) -> Study:
        """The study of the open log; raises BadInput without one."""
        if self._study is None:
            raise BadInput(N_("No log is open."))
        return self._study


# ---- opening and saving ------------------------------------------------------------------------------------------------------


def open_source(workspace: Workspace, question: messages.Open, task: Task) -> messages.Opened:
    """Open a project or file; a table whose roles are not all given waits for them."""
    workspace.turn_to(sources.open_source(question.path, question.secret, question.options, task.part(0.0, 0.9)))
    return _opened(workspace, task.part(0.9, 1.0))


def preview_table(workspace: Workspace, question: messages.PreviewTable, task: Task) -> messages.Opened:
    """Preview the waiting table under other options."""
    workspace.hold(sources.preview(workspace.source, question.options, task))
    return _opened(workspace, task)


def use_roles(workspace: Workspace, question: messages.UseRoles, task: Task) -> messages.Opened:
    """Build the log from the waiting table."""
    workspace.hold(sources.use_roles(workspace.source, question.options, task.part(0.0, 0.9)))
    return _opened(workspace, task.part(0.9, 1.0))


def _opened(workspace: Workspace, task: Task) -> messages.Opened:
    return sources.opened(workspace.source, None if workspace.source.log is None else summarise_log(workspace.study, task))


def summarise_log(study: Study, task: Task) -> messages.LogSummary:
    """Counts and period of a log."""
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
        notices=log.notices,
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
    files = tuple(messages.TakenFile(file.file, file.rows, file.events) for file in intake.files)
    return messages.TakenIn(_opened(workspace, task.part(0.9, 1.0)), files, warnings_of(intake))


def write_recipe_file(_workspace: Workspace, question: messages.WriteRecipe, _task: Task) -> messages.RecipeFile:
    """A recipe as TOML; refused where a step names what looks personal."""
    from engine.import_session import check_recipe
    from engine.washing.recipe_file import write_recipe

    check_recipe(question.recipe)
    return messages.RecipeFile(write_recipe(question.recipe))


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
    days = {entry.selection: entry.at[:10] for entry in workspace.exported(task)}
    everybody = np.ones(study.log.n_cases, np.bool_)

    def mask_of(one: Selection) -> NDArray[np.bool_]:
        mask = study.mask(one, task)
        return everybody if mask is None else mask

    if selection not in days:
        check_differences(mask_of(selection), [(mask_of(one), day) for one, day in days.items()], workspace.k, task)


# ---- the map -----------------------------------------------------------------------------------------------------------------


def map_of(workspace: Workspace, query: messages.MapQuery, task: Task) -> messages.MapAnswer:
    """The process map: exact for the analyst's screen, or its guarded twin with the same places."""
    study = workspace.study
    if not query.guarded:
        return draw_map(study, query, task, with_times=False)
    check_exports(workspace, query.selection, task)
    return leave_screen(study, query, workspace.k, task)


def describe_one_step(workspace: Workspace, query: messages.StepQuery, task: Task) -> messages.StepDetails:
    """The numbers of one step."""
    study = workspace.study
    _check_step(study, query.step)
    task.report(None, N_("Measuring the step …"))
    service = service_times(study.log, query.step, study.mask(query.selection, task), task)
    scene = _scene(study, query.selection, task)
    rework = step_rework(rework_of(study, task), study.log, study.variants(task), query.step, scene.mask)
    return describe_step(scene, query, service, rework)


def describe_one_path(workspace: Workspace, query: messages.PathQuery, task: Task) -> messages.PathDetails:
    """The numbers and waiting times of one path."""
    study = workspace.study
    if query.source != START:
        _check_step(study, query.source)
    if query.target != END:
        _check_step(study, query.target)
    task.report(None, N_("Measuring the path …"))
    scene = _scene(study, query.selection, task)
    rework = path_rework(rework_of(study, task), query.source, query.target, study.variants(task).count_cases(scene.mask))
    return describe_path(scene, query, rework)


def play_cases(workspace: Workspace, query: messages.PlaybackQuery, task: Task) -> messages.Playback:
    """How the cases of the selection travel over the map: for the screen only; grouped for a room that looks on."""
    study = workspace.study
    if query.timezone not in available_timezones():
        raise BadInput(NO_ZONE, timezone=query.timezone)
    mask = study.mask(query.selection, task)
    if query.grouped:
        n_cases = study.log.n_cases
        guard_selection(n_cases if mask is None else int(np.count_nonzero(mask)), n_cases, workspace.k)
    return play(study.log, mask, query, workspace.k if query.grouped else 1, task)


def prepare(workspace: Workspace, _question: messages.Prepare, task: Task) -> messages.Prepared:
    """Build what makes later answers instant: the index of transitions, the case table, the seed of the layout."""
    study = workspace.study
    task.report(0.0, N_("Measuring waiting times …"))
    study.index(task)
    study.times(WHOLE, task)
    _case_table(study, task)

    def keep() -> None:
        if workspace.has_source and study is workspace.study and (found := workspace.arrangement) is not None:
            sources.keep_arrangement(workspace.source, found, task)

    find_seed(study, task, keep)
    keep()
    return messages.Prepared()


def _scene(study: Study, selection: Selection, task: Task) -> Scene:
    mask = study.mask(selection, task)
    return Scene(study.frequencies(selection, task), study.index(task), mask, study.log.activities)


def _check_step(study: Study, step: int) -> None:
    if not 0 <= step < len(study.log.activities):
        raise BadInput(N_("The log has no step number {step}."), step=step)


# ---- models ------------------------------------------------------------------------------------------------------------------


def model_of(workspace: Workspace, query: messages.ModelQuery, task: Task) -> messages.ModelAnswer:
    """The model of a selection: exact for the analyst's screen, or its guarded twin with the same places."""
    if not query.guarded:
        return draw_model(workspace.study, query, task)
    check_exports(workspace, query.selection, task)
    return draw_guarded_model(workspace.study, query, workspace.k, task)


def model_file(workspace: Workspace, question: messages.ModelFileQuery, task: Task) -> messages.ModelFile:
    """The model of a selection as the content of a file."""
    notation = NOTATION_OF.get(question.format, question.query.notation)
    answer = model_of(workspace, msgspec.structs.replace(question.query, notation=notation), task)
    content = write_file(answer.model, answer.layout, question.format, question.title, Texts(question.query.language))
    return messages.ModelFile(question.format, content, answer)


# ---- variants and cases ------------------------------------------------------------------------------------------------------


def list_variants(workspace: Workspace, query: messages.VariantsQuery, task: Task) -> messages.Variants:
    """A page of variants, most frequent first."""
    study = workspace.study
    task.report(None, N_("Counting variants …"))
    variants, mask = study.variants(task), study.mask(query.selection, task)
    order, counts = study.recent.find(("ranked variants", query.selection), lambda: rank_variants(variants, mask), task)
    groups = study.whole.find("variant cases", lambda: group_by_variant(study.log, variants), task)
    page = _page(query.offset, query.limit)
    return messages.Variants(
        query=query,
        n_variants=len(order),
        n_cases=int(counts.sum()),
        variants=describe_variants(variants, groups, mask, order[page], counts[page]),
        coverage=coverage_curve(counts),
        half=variants_for(counts, 0.5),
        most=variants_for(counts, 0.8),
    )


def list_cases(workspace: Workspace, query: messages.CasesQuery, task: Task) -> messages.Cases:
    """A page of the case table under a sort order; orders are found once per column."""
    study = workspace.study
    task.report(None, N_("Sorting cases …"))
    table, mask = _case_table(study, task), study.mask(query.selection, task)
    order = study.whole.find(("sorted cases", query.sort), lambda: sort_cases(table, query.sort, task), task)
    key = ("cases", query.selection, query.sort, query.descending)
    cases = study.pages.find(key, lambda: order.within(mask, query.descending), task)
    return messages.Cases(query, len(cases), table.rows(cases[_page(query.offset, query.limit)]))


def show_case(workspace: Workspace, query: messages.CaseQuery, task: Task) -> messages.CaseDetails:
    """All events of one case; raises BadInput for a case that the log does not have."""
    log = workspace.study.log
    task.check()
    case = find_case(log, query.case)
    if case is None:
        raise BadInput(N_("The log has no such case."))
    workspace.note_case(query.case)
    begin, end = int(log.offsets[case]), int(log.offsets[case + 1])
    units = log.event_columns.get("unit", pa.nulls(log.n_events)).slice(begin, end - begin).to_pylist()
    starts = np.full(end - begin, NO_TIME) if log.start is None else log.start[begin:end]
    columns = (log.activity[begin:end].tolist(), log.timestamp[begin:end].tolist(), starts.tolist(), units)
    events = tuple(
        messages.CaseEvent(log.activities[code], _moment(time), _moment(start), None if unit is None else str(unit))
        for code, time, start, unit in zip(*columns, strict=True)
    )
    return messages.CaseDetails(query, events)


def _case_table(study: Study, task: Task) -> CaseTable:
    return study.whole.find("case table", lambda: tabulate_cases(study.log, study.variants(task)), task)


def _page(offset: int, limit: int) -> slice:
    first = max(offset, 0)
    return slice(first, first + min(max(limit, 0), PAGE))


def _moment(microseconds: int) -> int | None:
    return None if microseconds == NO_TIME else microseconds


# ---- numbers -----------------------------------------------------------------------------------------------------------------


def check_registration(workspace: Workspace, query: messages.QualityQuery, task: Task) -> messages.Quality:
    """What the checks of registration practice find among the cases of the selection."""
    from engine.quality.report import check_quality

    study = workspace.study
    if query.timezone not in available_timezones():
        raise BadInput(NO_ZONE, timezone=query.timezone)
    log = cases_of(study.log, study.mask(query.selection, task))
    report = check_quality(log, query.timezone, time.time_ns() // 1000, task)
    examples = tuple(str(log.case_ids[finding.case].as_py()) if finding.case >= 0 else "" for finding in report.findings)
    return messages.Quality(query, report, examples)


def measure_numbers(workspace: Workspace, query: messages.NumbersQuery, task: Task) -> messages.Numbers:
    """Durations, events per case, and what happens over time in the selection."""
    study = workspace.study
    if query.timezone not in available_timezones():
        raise BadInput(N_("The time zone {timezone} is not known."), timezone=query.timezone)
    log, mask = study.log, study.mask(query.selection, task)
    task.report(None, N_("Counting cases over time …"))
    frequencies = study.frequencies(query.selection, task)
    durations = study.whole.find("durations", lambda: case_durations(log), task)
    selected = durations if mask is None else durations[mask]
    sizes = events_per_case(log)
    return messages.Numbers(
        query=query,
        n_cases=frequencies.n_cases,
        n_events=frequencies.n_events,
        n_variants=int(np.count_nonzero(study.variants(task).count_cases(mask))),
        durations=times_of_values(selected),
        duration_histogram=duration_histogram(selected),
        events_per_case=count_histogram(sizes if mask is None else sizes[mask]),
        over_time=count_over_time(log, mask, query.timezone, task),
        activities=tuple(
            messages.ActivityCount(step, log.activities[step], int(frequencies.step_occurrences[step]), int(frequencies.step_cases[step]))
            for step in rank_steps(frequencies)
        ),
    )


# ---- the table of questions --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Operation:
    """One kind of question: a name for logs and tests, and the function that answers it."""

    name: str
    function: Callable[[Workspace, Any, Task], Struct]


OPERATIONS: dict[type[Struct], Operation] = {
    messages.Open: Operation("open", open_source),
    messages.PlanImport: Operation("plan_import", plan_import),
    messages.PreviewFile: Operation("preview_file", preview_file),
    messages.TryWash: Operation("try_wash", try_wash),
    messages.SuggestSteps: Operation("suggest_steps", suggest_steps),
    messages.TakeIn: Operation("take_in", take_in),
    messages.WriteRecipe: Operation("write_recipe", write_recipe_file),
    messages.PreviewTable: Operation("preview_table", preview_table),
    messages.UseRoles: Operation("use_roles", use_roles),
    messages.SaveProject: Operation("save_project", save_project),
    messages.SaveView: Operation("save_view", save_view),
    messages.SuggestPassphrase: Operation("suggest_passphrase", suggest_a_passphrase),
    messages.RecordExport: Operation("record_export", record_export),
    messages.MapQuery: Operation("map", map_of),
    messages.StepQuery: Operation("step", describe_one_step),
    messages.PathQuery: Operation("path", describe_one_path),
    messages.VariantsQuery: Operation("variants", list_variants),
    messages.CasesQuery: Operation("cases", list_cases),
    messages.CaseQuery: Operation("case", show_case),
    messages.NumbersQuery: Operation("numbers", measure_numbers),
    messages.Prepare: Operation("prepare", prepare),
    messages.ModelQuery: Operation("model", model_of),
    messages.ModelFileQuery: Operation("model_file", model_file),
    messages.QualityQuery: Operation("quality", check_registration),
    messages.PlaybackQuery: Operation("playback", play_cases),
}


def answer(workspace: Workspace, question: Struct, task: Task) -> Struct:
    """Answer a question; raises BadInput, WrongKey or Cancelled."""
    return OPERATIONS[type(question)].function(workspace, question, task)
