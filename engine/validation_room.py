"""The validation of what stands open: the version of its data is found once, and what caseworkers say is kept in its project."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from engine.errors import N_, BadInput
from engine.log.event_log import EventLog
from engine.log.spells import Spells
from engine.log.variants import VariantIndex
from engine.service.validation_messages import DrawSample, Sample, SampledCase, ValidationRoom
from engine.sources import Source
from engine.tasks import Task
from engine.validation import records
from engine.validation.keeping import is_bound, keep, kept
from engine.validation.sampling import draw_cases, new_seed
from engine.validation.values import DataVersion, Draw, Standing, Validation
from engine.validation.versions import data_version
from engine.vault.audit_log import Fact, timestamp
from engine.vault.validation_part import data_checksum

NOT_KEPT = N_("Save the log as a project first: what caseworkers say is kept there, encrypted.")
READ_ONLY = N_("The project {name} can only be read. Save a copy in another folder.")
NO_LOG = N_("No log is open.")

Change = Callable[[Validation], Validation]
FindVersion = Callable[[EventLog, Task, Spells | None], str]


class Room:
    """The validation of one source. find_version: the version of a log and its spells; whoever keeps what was found before gives it."""

    def __init__(self, source: Source, find_version: FindVersion = data_version) -> None:
        self.source = source
        self._find_version = find_version

    @property
    def log(self) -> EventLog:
        """The log that stands open; BadInput without one."""
        if self.source.log is None:
            raise BadInput(NO_LOG)
        return self.source.log

    @property
    def can_keep(self) -> bool:
        """Whether what is said about the data is kept."""
        return self.source.project is not None and not self.source.read_only

    @property
    def _is_synthetic(self) -> bool:
        return self.source.facts is not None and self.source.facts.synthetic

    def validation(self, task: Task) -> Validation:
        """What is known; its last version is that of the data, found now where nobody has done so since they were written."""
        project = self.source.project
        held = self.source.validation if project is None else kept(project, task)
        if held.current is not None and (project is None or is_bound(held, project)):
            return held
        log = self.source.base or self.log
        version = DataVersion(self._find_version(log, task, self.source.spells), timestamp(), log.n_cases, log.n_events)
        return records.of_data(held, version, "" if project is None else data_checksum(project))

    def version(self, task: Task) -> str:
        """The version of the data."""
        return self.validation(task).versions[-1].sha256

    def standing(self, task: Task) -> Standing:
        """What every output of the data says; data that nobody ever signed need no version for that."""
        if self._is_synthetic or self.source.project is None or not kept(self.source.project, task).signatures:
            return Standing(synthetic=self._is_synthetic)
        return records.standing(self.validation(task))

    def change(self, what: Change, event: str, facts: dict[str, Fact], task: Task) -> Validation:
        """Change what the project holds, and tell the audit log. BadInput where there is none that can be written."""
        if self.source.project is None:
            raise BadInput(NOT_KEPT)
        if self.source.read_only:
            raise BadInput(READ_ONLY, name=self.source.name)
        now = self.validation(task)
        task.check()

        def changed(held: Validation) -> Validation:
            return what(held if held.data == now.data else msgspec.structs.replace(held, versions=now.versions, data=now.data))

        return keep(self.source.project, changed, [(event, facts)] if event else (), task)

    def view(self, validation: Validation) -> ValidationRoom:
        """How the validation stands, for the window."""
        now = validation.current
        if now is None:
            raise BadInput(NO_LOG)
        return ValidationRoom(
            version=now,
            standing=records.standing(validation, self._is_synthetic),
            can_keep=self.can_keep,
            is_project=self.source.project is not None,
            draw=next((draw for draw in reversed(validation.draws) if draw.version == now.sha256), None),
            comments=records.comments(validation),
            decisions=records.decisions(validation),
            rejected=records.rejected(validation),
            looked_at=records.looked_at(validation),
            versions=validation.versions,
            signatures=validation.signatures,
        )

    def sample(self, question: DrawSample, variants: VariantIndex, task: Task) -> Sample:
        """The cases that a seed draws, with a new seed where none is given."""
        seed, log = new_seed() if question.seed is None else question.seed, self.log
        draw = Draw(self.version(task), seed, question.n, question.method, timestamp())
        cases = []
        for case, stratum in draw_cases(draw, variants, task):
            n_events = int(log.offsets[case + 1] - log.offsets[case])
            cases.append(SampledCase(str(log.case_ids[case].as_py()), stratum, n_events, int(variants.counts[variants.case_variant[case]])))
        return Sample(draw, tuple(cases), log.n_cases)
