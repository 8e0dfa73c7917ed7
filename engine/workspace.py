"""What the engine process holds: the opened source, the study of its log, and the import under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import sources
from engine.disclosure.guard import LEAST_K
from engine.errors import N_, BadInput
from engine.log.event_log import EventLog
from engine.process_map.drawing import arrangement_of, take_arrangement
from engine.process_map.study import Study
from engine.service.process_messages import Arrangement
from engine.tasks import Task
from engine.vault.export_ledger import Exported

if TYPE_CHECKING:
    from engine.import_session import ImportSession
    from engine.object_map.study import ObjectStudy


class Workspace:
    """What the engine process holds: the opened source, and the study of its log. k: cases behind every number that leaves."""

    def __init__(self, k: int = LEAST_K) -> None:
        self.k = k
        self._source: sources.Source | None = None
        self._study: Study | None = None
        self._importing: ImportSession | None = None
        self._objects: tuple[sources.Source, ObjectStudy | None] | None = None

    def object_study(self, task: Task) -> ObjectStudy | None:
        """The study of the objects of what stands open; None where there are none."""
        from engine.notions import objects_of
        from engine.object_map.study import ObjectStudy
        from engine.ocel.keeping import case_name

        source = self.source
        kept = self._objects
        if kept is not None and kept[0].log is source.log and kept[0].objects is source.objects:
            return kept[1]
        objects = objects_of(source)
        task.check()
        found = None
        if objects is not None and source.log is not None:
            found = ObjectStudy(objects, source.options.timezone, source.log, case_name(source.log))
        self._objects = source, found
        return found

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
            if self._study is not None and source.arrangement is not None and source.base is None:
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
        """What has left the screen of the open log, with these cases, before."""
        if self._source is None:
            return ()
        return tuple(one for one in sources.exported(self._source, task) if one.removed or one.notion == self._source.notion)

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
