"""The inspector's rows about rework: name, number, and the lines that explain it."""

from __future__ import annotations

from engine.service.messages import PathDetails, StepDetails
from engine.texts import Texts
from gui.map.words import CLOCK, REWORK

Row = tuple[str, str, tuple[str, ...]]


def step_rework_rows(details: StepDetails, texts: Texts) -> list[Row]:
    """How often a step comes back, and what its loops cost; nothing for a step that no case repeats."""
    rework = details.rework
    if rework is None or details.occurrences == details.cases:
        return []
    rows: list[Row] = []
    if rework.returns:
        cases = texts.plural("n = {n} case.", "n = {n} cases.", rework.return_cases)
        rows.append((texts("Back after other steps"), texts.number(rework.returns), (texts(REWORK["returns"]), cases)))
    if rework.loop_events:
        cases = texts.plural("n = {n} case.", "n = {n} cases.", rework.loop_cases)
        rows.append((texts("Events in its loops"), texts.number(rework.loop_events), _net("loop_events", cases, texts)))
    times = rework.loop_times
    if times is not None:
        loops = texts.plural("n = {n} timed loop.", "n = {n} timed loops.", times.n)
        lines = (*_net("loop_times", loops, texts), texts(CLOCK))
        rows.append((texts("Time in its loops"), texts.long_duration(times.total), lines))
        rows.append((texts("Time in a loop, median"), texts.long_duration(times.median), lines))
    return rows


def path_rework_rows(details: PathDetails, texts: Texts) -> list[Row]:
    """How often a path leads back, and how often its two steps take turns."""
    rework = details.rework
    if rework is None:
        return []
    rows: list[Row] = []
    if rework.back:
        cases = texts.plural("n = {n} case.", "n = {n} cases.", rework.back_cases)
        rows.append((texts("Leads back"), texts.number(rework.back), (texts(REWORK["back"]), cases)))
    if rework.turns:
        cases = texts.plural("n = {n} case.", "n = {n} cases.", rework.turn_cases)
        rows.append((texts("Back and forth"), texts.number(rework.turns), (texts(REWORK["turns"]), cases)))
    return rows


def _net(name: str, n: str, texts: Texts) -> tuple[str, ...]:
    return texts(REWORK[name]), texts(REWORK["net"]), n
