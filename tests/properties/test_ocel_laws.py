"""Laws of object-centric logs: what is written in any form of OCEL 2.0 reads as it was."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.files.compression import unpack
from engine.ocel.object_log import Collector, ObjectLog
from engine.ocel.reading import read_objects, times_of
from engine.ocel.writing import WRITERS, as_text, write_log
from engine.tasks import Task
from tests.object_logs import FORMATS

NAMES = st.text("abcÆØÅæøå 1.'\"<>&;,%[]{}", min_size=1, max_size=8).map(str.strip).filter(bool)
VALUES = st.one_of(NAMES, st.integers(-(2**70), 2**70), st.floats(allow_nan=False), st.booleans())
STAMPS = st.one_of(
    st.none(),
    st.datetimes().filter(lambda moment: 2 < moment.year < 9998).map(lambda moment: moment.isoformat() + "Z"),
    st.just("engang"),
)


@st.composite
def logs(draw: st.DrawFn) -> ObjectLog:
    """A small log with every oddity that a form must carry."""
    collector = Collector("log", "2.0")
    objects = draw(st.lists(NAMES, min_size=1, max_size=5, unique=True))
    for name in objects:
        index = collector.add_object(name, draw(NAMES))
        assert index is not None
        for key in draw(st.lists(NAMES, max_size=2, unique_by=str.lower)):
            collector.object_attributes.add(index, key, draw(VALUES), draw(st.sampled_from((None, "2024-01-01T00:00:00Z"))))
    for source in range(len(objects)):
        if draw(st.booleans()):
            collector.link(source, draw(st.sampled_from(objects)), draw(NAMES))
    for name in draw(st.lists(NAMES, min_size=1, max_size=5, unique=True)):
        event = collector.add_event(name, draw(NAMES), draw(STAMPS))
        for target in draw(st.lists(st.sampled_from([*objects, "ukendt!"]), max_size=3)):
            collector.relate(event, target, draw(NAMES))
        for key in draw(st.lists(NAMES, max_size=2, unique_by=str.lower)):
            collector.event_attributes.add(event, key, draw(VALUES))
    return collector.finish()


def canonical(log: ObjectLog) -> dict[str, Any]:
    """What a log says, whatever its form: values as text, values of objects with the time from which they hold."""
    always = "1970-01-01T00:00:00Z"
    return {
        "events": list(zip(log.event_ids, [log.activities[code] for code in log.activity], strict=True)),
        "times": times_of(log, "Europe/Copenhagen").times.tolist(),
        "objects": list(zip(log.object_ids, [log.object_types[code] for code in log.object_type], strict=True)),
        "relations": sorted((log.event_ids[one], log.object_ids[other], log.qualifiers[role]) for one, other, role in log.relations),
        "links": sorted((log.object_ids[one], log.object_ids[other], log.qualifiers[role]) for one, other, role in log.links),
        "of events": sorted(_told(log.event_attributes, log.event_ids)),
        "of objects": sorted((*told, time or always) for told, time in zip(
            _told(log.object_attributes, log.object_ids), log.object_attributes.time, strict=True
        )),
    }  # fmt: skip


def _told(attributes: Any, names: tuple[str, ...]) -> list[tuple[str, str, str]]:
    triples = zip(attributes.owner, attributes.name, attributes.value, strict=True)
    return [(names[owner], key, as_text(value)) for owner, key, value in triples]


def read(content: bytes) -> ObjectLog:
    kind, buffer = unpack(content, "log", Task())
    return read_objects(kind, buffer, "log", Task())


@pytest.mark.parametrize("form", WRITERS)
@given(log=logs())
def test_what_is_written_reads_as_it_was(form: str, log: ObjectLog) -> None:
    again = read(write_log(log, form, "Europe/Copenhagen", Task()))
    assert canonical(again) == canonical(log)
    assert canonical(read(write_log(again, form, "Europe/Copenhagen", Task()))) == canonical(log)


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("name", FORMATS)
def test_every_form_turns_into_every_other(name: str, form: str) -> None:
    log = read(FORMATS[name]())
    assert canonical(read(write_log(log, form, "Europe/Copenhagen", Task()))) == canonical(log)
