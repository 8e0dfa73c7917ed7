"""Keys, the project's last day, its audit log, one citizen's data, and deleting: from an action to what the window shows afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from engine.errors import N_
from engine.service.messages import ExportAudit, Governance, GovernanceQuery, ProjectFacts, SealedFile
from gui.jobs import Jobs
from gui.project_flow import ProjectFlow, last_day
from gui.store import Store
from gui.widgets.file_dialog import ask_save

SEAL_NOTE = N_("The audit log leaves only encrypted, as lines of JSON. The checksum of the file stands in its record of this.")


class VaultFlow(QObject):
    """Shows the dialogs and passes on what they changed."""

    def __init__(self, store: Store, jobs: Jobs, flow: ProjectFlow, window: QWidget) -> None:
        super().__init__(window)
        self.store = store
        self.jobs = jobs
        self.flow = flow
        self.window = window

    @property
    def runs(self) -> dict[str, Callable[[], object]]:
        """What each action does."""
        return {
            "my_key": self.show_keys,
            "change_passphrase": self.change_passphrase,
            "recovery_key": self.show_recovery,
            "change_deadline": self.change_deadline,
            "find_citizen": self.find_citizen,
            "keep_audit": lambda: self._with_governance(self._keep_audit),
            "export_audit": self.export_audit,
            "delete_project": self.delete_project,
        }

    def show_keys(self) -> None:
        """The user's own key."""
        from gui.dialogs.keys_dialog import show_keys

        show_keys(self.store, self.jobs, self.window)

    def change_passphrase(self) -> None:
        """Another passphrase for the open project."""
        from gui.dialogs.passphrase_dialog import change_project_passphrase

        if change_project_passphrase(self.store, self.jobs, self.window):
            self._say(N_("The project has a new passphrase."))

    def show_recovery(self) -> None:
        """The recovery key of the open project."""
        from gui.dialogs.recovery_dialog import show_recovery

        show_recovery(self.store, self.jobs, self.window)
        self.store.saved_changed.emit()

    def change_deadline(self) -> None:
        """Another day of deletion."""
        from gui.dialogs.deadline_dialog import change_deadline

        kept = change_deadline(self.store, self.jobs, self.window)
        if kept is not None and kept.facts is not None:
            self._take_facts(kept.facts)
            self._say(N_("The day of deletion is changed."))

    def _take_facts(self, facts: ProjectFacts) -> None:
        opened, source = self.store.opened, self.store.source
        if opened is not None:
            self.store.set_saved(replace(opened, facts=facts))
        if source is not None:
            self.store.settings.add_recent(source.path, last_day(facts))

    def find_citizen(self) -> None:
        """One citizen's data; the pages show the log without them when they were removed."""
        from gui.dialogs.citizen_dialog import find_citizen

        forgotten = find_citizen(self.store, self.jobs, self.window)
        if forgotten is not None and self.store.opened is not None:
            self.store.set_opened(forgotten.opened, self.store.source, self.store.view)
        else:
            self.store.saved_changed.emit()

    def _with_governance(self, then: Callable[[Governance], None]) -> None:
        self.jobs.ask(GovernanceQuery(limit=0), then, keep=True)

    def _keep_audit(self, told: Governance) -> None:
        from gui.dialogs.audit_dialog import keep_audit

        if keep_audit(self.store, self.jobs, told.audit_months, self.window) is not None:
            self._say(N_("The keeping of the audit log is changed."))

    def export_audit(self) -> None:
        """The audit log as an encrypted file."""
        from gui.dialogs.seal_dialog import ask_seal

        title = N_("Write the audit log into a file")
        seal = ask_seal(self.store, self.jobs, title, SEAL_NOTE, self.window)
        name = self.store.texts("audit log") + ".jsonl.age"
        path = ask_save(self.store, self.window, title, name, "(*.age)") if seal is not None else ""
        if seal is not None and path:
            self.jobs.ask(ExportAudit(path, seal), self._on_exported, title=N_("Writing the audit log"))

    def _on_exported(self, written: SealedFile) -> None:
        sentence = self.store.texts("{n} records are written, encrypted, as {file}.", n=written.rows, file=Path(written.path).name)
        self.window_toast(sentence)

    def delete_project(self) -> None:
        """Delete the open project for good, and close it."""
        opened, source = self.store.opened, self.store.source
        if opened is None or opened.facts is None or source is None:
            return
        from gui.dialogs.delete_dialog import delete_project

        if delete_project(self.store, self.jobs, source.path, opened.facts.name, self.window, is_open=True) is not None:
            self.store.settings.drop_recent(source.path)
            self.flow.forget_log()

    def delete_closed(self, path: str) -> None:
        """Delete a project from the welcome page, where nothing is open."""
        from gui.dialogs.delete_dialog import delete_project

        if delete_project(self.store, self.jobs, path, Path(path).name, self.window, is_open=False) is not None:
            self.store.settings.drop_recent(path)

    def _say(self, sentence: str) -> None:
        self.store.saved_changed.emit()
        self.window_toast(self.store.texts(sentence))

    def window_toast(self, sentence: str) -> None:
        """Say a ready sentence for a moment."""
        self.flow.window.toast.say(sentence)
