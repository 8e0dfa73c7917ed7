"""Looks through everything that a project or a file holds for what tells of persons; says where and how much, never shows any of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import fields
from datetime import date
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from engine.errors import N_
from engine.files.content import Content
from engine.files.table import as_text
from engine.files.xes import attribute_values
from engine.importing.personal import listed
from engine.log.columns import ReadOptions, is_keyed
from engine.log.event_log import EventLog
from engine.ocel.object_log import Attributes, ObjectLog
from engine.personal import signs
from engine.personal.cpr import holds_number, numbers_among
from engine.personal.names import holds_name
from engine.service.messages import Secret
from engine.sources import open_file, open_waiting_table
from engine.tasks import Task
from engine.texts import Texts
from engine.validation.keeping import kept as kept_validation
from engine.vault.manifest import MANIFEST
from engine.vault.project_folder import Project
from engine.vault.safe_write import Unwritable
from engine.vault.unlocking import open_project

LOOKING = N_("Looking for personal data")
CLEAN = N_("{name}: nothing was found that looks like personal data. Places: {places}, different texts: {texts}.")
FOUND = N_("{name} holds what looks like personal data. Places: {places}, different texts: {texts}.")
HIT = N_("  {place}: {kind} ({count})")
KINDS = {
    signs.CPR: N_("civil registration numbers"),
    signs.CPR_IN_TEXT: N_("civil registration numbers in texts"),
    signs.EMAIL: N_("e-mail addresses"),
    signs.PHONE: N_("telephone numbers"),
    signs.NAME: N_("names of persons"),
    signs.NAME_IN_TEXT: N_("names of persons in texts"),
    signs.ADDRESS: N_("addresses"),
    signs.BIRTH_DATE: N_("birth dates"),
    signs.FREE_TEXT: N_("free text"),
}
ACTIVITIES, CASES, STATE, AUDIT = N_("names of activities"), N_("case ids"), N_("facts and view of the project"), N_("audit log")
STATES = N_("names of states")
EXPORTS, HEAD = N_("ledger of exports"), N_("manifest of the project")
SAID = N_("comments and signatures")
PSEUDONYM = r"^S-[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}$"
CHECKSUM = re.compile(r"[0-9a-f]{32,}|age1[0-9a-z]{50,}")


class Hit(Struct, frozen=True):
    """One kind of personal data in one place: how many different texts show it."""

    place: str
    kind: str
    count: int


class Scan(Struct, frozen=True):
    """What a scan found. places, texts: how many were looked through."""

    name: str
    clean: bool
    places: int
    texts: int
    hits: tuple[Hit, ...]

    def readable(self, spoken: Texts) -> str:
        """The scan in lines."""
        head = spoken(CLEAN if self.clean else FOUND, name=self.name, places=spoken.number(self.places), texts=spoken.number(self.texts))
        lines = [spoken(HIT, place=spoken(hit.place), kind=spoken(KINDS[hit.kind]), count=spoken.number(hit.count)) for hit in self.hits]
        return "\n".join([head, *lines])


Place = tuple[str, pa.Array]


def scan(path: Path | str, secret: Secret, task: Task) -> Scan:
    """What a project folder or a file holds. BadInput, WrongKey as for opening it."""
    path = Path(path)
    if path.name == MANIFEST or path.is_dir():
        folder = path.parent if path.name == MANIFEST else path
        return scan_project(open_project(folder, secret, task.part(0.0, 0.3)), task.part(0.3, 1.0))
    return _scan_file(path, secret, task)


def scan_project(project: Project, task: Task) -> Scan:
    """What everything holds that a project keeps; that it was looked through is noted in its audit log, where that can be written."""
    found = scanned(project.state.facts.name, project_places(project, task.part(0.0, 0.5)), task.part(0.5, 1.0))
    with suppress(Unwritable):
        if not project.read_only:
            project.record("scan", {"hits": sum(hit.count for hit in found.hits)}, task)
    return found


def project_places(project: Project, task: Task) -> Iterator[Place]:
    """Every place of a project that holds text, with its different texts; checksums and pseudonyms are none."""
    contents = project.read_contents(task)
    yield from log_places(contents.log)
    if contents.spells is not None:
        yield STATES, pa.array(contents.spells.states, pa.string())
    kept = {
        STATE: msgspec.to_builtins(project.state),
        AUDIT: [record.facts for record in project.read_audit(task)],
        EXPORTS: msgspec.to_builtins(project.read_exports(task)),
        SAID: msgspec.to_builtins(kept_validation(project, task)),
        HEAD: msgspec.to_builtins(project.manifest),
    }
    for place, content in kept.items():
        yield place, pa.array(sorted(set(_texts_in(content))), pa.string())


def log_places(log: EventLog) -> Iterator[Place]:
    """The places of a log that hold text."""
    yield ACTIVITIES, pa.array(log.activities, pa.string())
    yield CASES, _without_pseudonyms(signs.filled(log.case_ids))
    for name, column in (*log.event_columns.items(), *log.case_columns.items()):
        texts = signs.filled(as_text(column))
        yield listed([name]), _without_pseudonyms(texts) if is_keyed(name) else texts


def _without_pseudonyms(texts: pa.Array) -> pa.Array:
    return texts.filter(pc.invert(pc.match_substring_regex(texts, PSEUDONYM)))


def _texts_in(content: object) -> Iterator[str]:
    if isinstance(content, str):
        if not CHECKSUM.fullmatch(content):
            yield content
    elif isinstance(content, dict):
        for key, value in content.items():
            yield from (*_texts_in(key), *_texts_in(value))
    elif isinstance(content, list | tuple):
        for value in content:
            yield from _texts_in(value)


def scanned(name: str, places: Iterable[Place], task: Task) -> Scan:
    """What texts hold, place by place."""
    hits: list[Hit] = []
    n_places = n_texts = 0
    for place, texts in places:
        task.report(None, LOOKING)
        n_places, n_texts = n_places + 1, n_texts + len(texts)
        hits += [Hit(place, kind, count) for kind, count in _counted(texts).items() if count]
    return Scan(name, not hits, n_places, n_texts, tuple(hits))


def _counted(texts: pa.Array) -> dict[str, int]:
    """Different texts by kind; numbers that are spread like other ids than those of people are none."""
    numbers = 0 if numbers_among(texts).other_ids else int(holds_number(texts).sum())
    return {
        signs.CPR: numbers,
        signs.EMAIL: int(signs.matching(texts, signs.EMAIL_PATTERN).sum()),
        signs.PHONE: int(signs.matching(texts, signs.PHONE_PATTERN).sum()),
        signs.NAME: int(holds_name(texts).sum()),
    }


# ---- files from outside ----------------------------------------------------------------------------------------------------------


def _scan_file(path: Path, secret: Secret, task: Task) -> Scan:
    source = open_file(path, secret, ReadOptions(), task.part(0.0, 0.4))
    if source.objects is not None:
        return scanned(path.name, object_places(source.objects), task.part(0.4, 1.0))
    if source.content is Content.XES and source.table is not None:
        held = attribute_values(source.table, path.name, task.part(0.4, 0.7))
        places = ((listed([key]), pa.array(sorted(values), pa.string())) for key, values in held.items())
        return scanned(path.name, places, task.part(0.7, 1.0))
    table = open_waiting_table(source, ReadOptions(), task.part(0.4, 0.5), take_first=True)[1]
    hits: list[Hit] = []
    n_texts = 0
    for name in table.columns:
        task.report(None, LOOKING)
        column = as_text(table.read([name], task).column(0))
        n_texts += len(signs.filled(column))
        hits += [Hit(listed([name]), one.kind, one.cells) for one in signs.findings(name, column, date.today())]
    return Scan(path.name, not hits, len(table.columns), n_texts, tuple(hits))


def object_places(log: ObjectLog) -> Iterator[Place]:
    """The places of an object-centric log that hold text."""
    for one in fields(log):
        value = getattr(log, one.name)
        if isinstance(value, Attributes):
            for name in dict.fromkeys(value.name):
                held = {text for own, text in zip(value.name, value.value, strict=True) if own == name and isinstance(text, str)}
                yield listed([name]), pa.array(sorted(held), pa.string())
        elif not isinstance(value, str) and (held := set(_texts_in(value))):
            yield one.name, pa.array(sorted(held), pa.string())
