"""What the engine can be asked: one row per question, and the answers about the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

import msgspec
import numpy as np
import pyarrow as pa
from msgspec import Struct

from engine import object_operations as objects
from engine import project_operations as project
from engine import source_operations, sources
from engine import validation_operations as validation
from engine import vault_operations as vault
from engine.disclosure.guard import guard_selection
from engine.disclosure.leaving import leave_screen
from engine.disclosure.model_guard import draw_guarded_model
from engine.errors import N_, BadInput
from engine.log.event_log import DAY, NO_TIME
from engine.log.selection import Selection
from engine.log.statistics import case_durations, events_per_case
from engine.models.drawing import draw_model
from engine.models.files import NOTATION_OF, write_file
from engine.performance.case_table import CaseTable, find_case, sort_cases, tabulate_cases
from engine.performance.durations import service_times, times_of_values
from engine.performance.histograms import count_histogram, duration_histogram
from engine.performance.over_time import count_over_time
from engine.performance.variant_table import coverage_curve, describe_variants, group_by_variant, rank_variants, variants_for
from engine.process_map.abstraction import rank_steps
from engine.process_map.details import Scene, describe_path, describe_step
from engine.process_map.drawing import draw_map, find_seed
from engine.process_map.playback import play
from engine.process_map.rework import path_rework, rework_of, step_rework
from engine.process_map.study import WHOLE, Study
from engine.process_map.values import END, START
from engine.quality_operations import check_registration, describe_finding
from engine.service import messages
from engine.tasks import Task
from engine.texts import Texts
from engine.workspace import Workspace

PAGE = 1000
"""Most rows of one page."""
NO_ZONE = N_("The time zone {timezone} is not known.")


# ---- the map -----------------------------------------------------------------------------------------------------------------


def map_of(workspace: Workspace, query: messages.MapQuery, task: Task) -> messages.MapAnswer:
    """The process map: exact for the analyst's screen, or its guarded twin with the same places."""
    study = workspace.study
    if not query.guarded:
        return draw_map(study, query, task, with_times=False)
    project.check_exports(workspace, query.selection, task)
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
    project.check_exports(workspace, query.selection, task)
    return draw_guarded_model(workspace.study, query, workspace.k, task)


def model_file(workspace: Workspace, question: messages.ModelFileQuery, task: Task) -> messages.ModelFile:
    """The model of a selection as the content of a file."""
    notation = NOTATION_OF.get(question.format, question.query.notation)
    answer = model_of(workspace, msgspec.structs.replace(question.query, notation=notation), task)
    texts = Texts(question.query.language)
    marked = validation.mark(workspace, texts, task)
    content = write_file(answer.model, answer.layout, question.format, question.title, texts, marked)
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
    days = np.zeros(end - begin, np.bool_) if log.precision is None else log.precision[begin:end] == DAY
    columns = (log.activity[begin:end].tolist(), log.timestamp[begin:end].tolist(), starts.tolist(), units, days.tolist())
    events = tuple(
        messages.CaseEvent(log.activities[code], _moment(time), _moment(start), None if unit is None else str(unit), day_only)
        for code, time, start, unit, day_only in zip(*columns, strict=True)
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
    messages.Open: Operation("open", project.open_source),
    messages.PlanImport: Operation("plan_import", project.plan_import),
    messages.PreviewFile: Operation("preview_file", project.preview_file),
    messages.TryWash: Operation("try_wash", project.try_wash),
    messages.SuggestSteps: Operation("suggest_steps", project.suggest_steps),
    messages.TakeIn: Operation("take_in", project.take_in),
    messages.WriteRecipe: Operation("write_recipe", project.write_recipe_file),
    messages.ReadCodes: Operation("read_codes", project.read_codes),
    messages.ScanProject: Operation("scan_project", project.scan_open_project),
    messages.PreviewTable: Operation("preview_table", project.preview_table),
    messages.UseRoles: Operation("use_roles", project.use_roles),
    messages.SaveProject: Operation("save_project", project.save_project),
    messages.SaveView: Operation("save_view", project.save_view),
    messages.SuggestPassphrase: Operation("suggest_passphrase", project.suggest_a_passphrase),
    messages.RecordExport: Operation("record_export", project.record_export),
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
    messages.FindingQuery: Operation("finding", describe_finding),
    messages.ValidationQuery: Operation("validation", validation.show_validation),
    messages.DrawSample: Operation("sample", validation.draw_sample),
    messages.LookAt: Operation("look_at", validation.look_at),
    messages.WriteComment: Operation("write_comment", validation.write_comment),
    messages.RemoveComment: Operation("remove_comment", validation.remove_comment),
    messages.DecideStep: Operation("decide_step", validation.decide_step),
    messages.SignData: Operation("sign_data", validation.sign_data),
    messages.WithdrawSignature: Operation("withdraw_signature", validation.withdraw_signature),
    messages.PlaybackQuery: Operation("playback", play_cases),
    messages.ObjectMapQuery: Operation("objects", objects.map_of),
    messages.ChooseNotion: Operation("choose_notion", project.choose_notion),
    messages.SourcesQuery: Operation("sources", source_operations.compare),
    messages.IdentityQuery: Operation("identity", vault.tell_identity),
    messages.CreateIdentity: Operation("create_identity", vault.create_identity),
    messages.UnlockIdentity: Operation("unlock_identity", vault.unlock_identity),
    messages.ChangeIdentityPassphrase: Operation("change_identity_passphrase", vault.change_identity_passphrase),
    messages.BackUpIdentity: Operation("back_up_identity", vault.back_up_identity),
    messages.GovernanceQuery: Operation("governance", vault.govern),
    messages.ChangePassphrase: Operation("change_passphrase", vault.change_passphrase),
    messages.SetRecovery: Operation("set_recovery", vault.set_recovery),
    messages.SetAnalyst: Operation("set_analyst", vault.set_analyst),
    messages.CheckRecovery: Operation("check_recovery", vault.check_recovery),
    messages.ChangeDeadline: Operation("change_deadline", vault.change_deadline),
    messages.KeepAudit: Operation("keep_audit", vault.keep_audit),
    messages.VerifyAudit: Operation("verify_audit", vault.verify_audit),
    messages.ExportAudit: Operation("export_audit", vault.export_audit),
    messages.DeleteProject: Operation("delete_project", vault.delete),
    messages.FindCitizen: Operation("find_citizen", vault.find_citizen),
    messages.ExportCitizen: Operation("export_citizen", vault.export_citizen),
    messages.ForgetCitizen: Operation("forget_citizen", vault.forget_citizen),
}


def answer(workspace: Workspace, question: Struct, task: Task) -> Struct:
    """Answer a question; raises BadInput, WrongKey or Cancelled."""
    return OPERATIONS[type(question)].function(workspace, question, task)
