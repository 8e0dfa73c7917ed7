"""XES from memory: what belongs to the standard is read, what is out of place is counted, and what is dangerous is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadInput, Cancelled
from engine.importing.reading import preview_table, read_log
from engine.log.columns import ColumnRoles, ReadOptions
from engine.log.event_log import NO_TIME, EventLog
from engine.tasks import Task

AS_IT_IS = ReadOptions()
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def attribute(kind: str, key: str, value: str, inside: str = "") -> str:
    return f'<{kind} key="{key}" value="{value}">{inside}</{kind}>'


def event(name: str | None, time: str | None = None, more: str = "") -> str:
    named = attribute("string", "concept:name", name) if name is not None else ""
    timed = attribute("date", "time:timestamp", time) if time is not None else ""
    return f"<event>{named}{timed}{more}</event>"


def trace(name: str | None, *events: str, more: str = "") -> str:
    named = attribute("string", "concept:name", name) if name is not None else ""
    return f"<trace>{named}{more}{''.join(events)}</trace>"


def log(*parts: str, namespace: str = "", prolog: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    return f'{prolog}<log xes.version="1.0"{namespace}>{"".join(parts)}</log>'


def read(content: str | bytes, options: ReadOptions = AS_IT_IS) -> EventLog:
    return read_log(content.encode() if isinstance(content, str) else content, "log.xes", options, Task())


def steps(found: EventLog) -> dict[str, list[str]]:
    return {
        str(found.case_ids[case]): [found.activities[code] for code in found.activity[found.offsets[case] : found.offsets[case + 1]]]
        for case in range(found.n_cases)
    }


def sentences(found: EventLog) -> list[str]:
    return [one.message.format(**one.values) for one in found.notices]


def refusal(content: str | bytes, options: ReadOptions = AS_IT_IS) -> str:
    with pytest.raises(BadInput) as refused:
        read(content, options)
    return str(refused.value)


ORDINARY = log(
    trace("S1", event("b", "2024-02-01T07:30:00Z"), event("a", "2024-02-01T08:00:00+01:00")), trace("S2", event("a", "2024-02-02T00:00Z"))
)


def test_events_stand_by_time_whatever_their_offset() -> None:
    found = read(ORDINARY)
    assert steps(found) == {"S1": ["a", "b"], "S2": ["a"]}
    assert EPOCH + timedelta(microseconds=int(found.timestamp[1])) == datetime(2024, 2, 1, 7, 30, tzinfo=UTC)
    assert found.notices == ()
    assert found.roles == ColumnRoles("case:concept:name", "concept:name", "time:timestamp")


@pytest.mark.parametrize("namespace", ["", ' xmlns="http://www.xes-standard.org/"', ' xmlns="urn:whatever"'])
def test_any_namespace_will_do(namespace: str) -> None:
    inner = ORDINARY.split(">", 2)[2].removesuffix("</log>")
    assert steps(read(log(inner, namespace=namespace))) == steps(read(ORDINARY))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_the_encoding_is_the_one_declared(encoding: str) -> None:
    content = log(trace("S1", event("Ansøgning på plads")), prolog=f'<?xml version="1.0" encoding="{encoding}"?>')
    assert read(content.encode(encoding)).activities == ("Ansøgning på plads",)


def test_names_come_from_the_event_itself_not_from_what_is_nested_global_or_declared() -> None:
    nested = attribute("string", "other", "x", inside=attribute("string", "concept:name", "wrong"))
    children = '<list key="l"><values>' + attribute("string", "concept:name", "wrong") + "</values></list>"
    defaults = '<global scope="event">' + attribute("string", "concept:name", "DEFAULT") + "</global>"
    classifier = '<classifier name="Activity" keys="other"/>'
    found = read(log(defaults, classifier, trace("S1", event("right", "2024-02-01", nested + children), more=nested)))
    assert steps(found) == {"S1": ["right"]}


def test_unit_is_the_group_and_people_are_not_loaded() -> None:
    more = attribute("string", "org:group", "Ydelse") + attribute("string", "org:resource", "Ane Jensen")
    found = read(log(trace("S1", event("a", None, more), event("b"))))
    assert found.event_columns["unit"].to_pylist() == ["Ydelse", None]
    assert set(found.event_columns) == {"unit"} and not found.case_columns
    assert found.roles.unit == "org:group"


def test_every_lifecycle_counts() -> None:
    stages = [event("a", "2024-02-01", attribute("string", "lifecycle:transition", stage)) for stage in ("schedule", "start", "complete")]
    assert read(log(trace("S1", *stages))).n_events == 3


def test_attributes_can_be_chosen_for_roles() -> None:
    more = attribute("string", "navn", "Afgørelse") + attribute("date", "begyndt", "2024-01-31") + attribute("int", "nr", "7")
    content = log(trace("S1", event("A1", "2024-02-01", more), more=attribute("string", "sag", "X9")))
    found = read(content, ReadOptions(roles=ColumnRoles("case:sag", "navn", None, "begyndt", "nr")))
    assert steps(found) == {"X9": ["Afgørelse"]}
    assert found.start is not None and int(found.timestamp[0] - found.start[0]) == 86_400_000_000
    assert found.event_columns["unit"].to_pylist() == ["7"]
    for roles in (ColumnRoles(activity="nix"), ColumnRoles(timestamp="nix"), ColumnRoles(start="nix"), ColumnRoles(unit="nix")):
        assert "nix" in refusal(content, ReadOptions(roles=roles))


def test_attributes_that_are_not_there_are_named_with_those_that_are() -> None:
    more = attribute("string", "sag", "X9") + attribute("string", "010190-1234", "x")
    content = log(trace("S1", event("a", "2024-02-01", attribute("string", "trin", "1")), more=more), trace("S2"))
    said = refusal(content, ReadOptions(roles=ColumnRoles(case="nope")))
    assert said == "No case in log.xes has the attribute nope. The cases have: concept:name, sag, •••."
    said = refusal(content, ReadOptions(roles=ColumnRoles(case="sag", activity="nope")))
    assert said == "No event in log.xes has the attribute nope. The events have: concept:name, time:timestamp, trin."
    assert read(log(), ReadOptions(roles=ColumnRoles(case="nope", activity="nope"))).n_events == 0


def test_options_that_only_tables_know_are_said_to_be_unused() -> None:
    found = read(ORDINARY, ReadOptions(timestamp_format="%Q", delimiter=";"))
    assert sentences(found) == ["XES says itself how it is written; these options were not used: --timestamp-format, --delimiter."]
    assert "--encoding" in sentences(read(ORDINARY, ReadOptions(encoding="latin-1")))[0]


def test_a_log_without_times_keeps_the_order_of_the_file() -> None:
    found = read(log(trace("S1", event("b"), event("a"))))
    assert steps(found) == {"S1": ["b", "a"]}
    assert (found.timestamp == NO_TIME).all()
    assert sentences(found) == ["No event has a time, so there are no durations."]


def test_dates_that_are_none_are_counted() -> None:
    found = read(log(trace("S1", event("a", "2024-02-01"), event("b", "yesterday"), event("c", ""), event("d"))))
    assert steps(found) == {"S1": ["a", "b", "c", "d"]}
    assert [part for part in sentences(found) if "time:timestamp that could not be read as a time: 1" in part]
    assert [part for part in sentences(found) if "Events without a time: 3" in part]


def test_times_without_an_offset_are_clock_times_of_the_zone() -> None:
    found = read(log(trace("S1", event("a", "2024-07-01T12:00:00.000"))), ReadOptions(timezone="Europe/Copenhagen"))
    assert EPOCH + timedelta(microseconds=int(found.timestamp[0])) == datetime(2024, 7, 1, 10, tzinfo=UTC)


def test_what_lacks_something_is_counted() -> None:
    content = log(trace("S1", event(None), event(" ")), trace("S2"), trace(None, event("a")), trace("S1", event("b")), event("lost"))
    found = read(content)
    assert steps(found) == {"S1": ["(no activity)", "(no activity)", "b"], "trace 3": ["a"]}
    said = "\n".join(sentences(found))
    for expected in (
        "Events without an activity: 2", "Cases without events are not counted: 1", "without a name were given a number: 1",
        "read as the same case: 1", "outside their place in the file were left out: 1",
    ):
        assert expected in said


def test_events_and_traces_inside_the_wrong_element() -> None:
    inner = trace("inner", event("x"))
    found = read(log(trace("S1", f"<event>{attribute('string', 'concept:name', 'a')}{event('nested')}{inner}</event>")))
    assert steps(found) == {"S1": ["a"]}
    assert [part for part in sentences(found) if "left out: 3" in part]


@pytest.mark.parametrize("content", ["<log/>", log(), log(trace("S1")), log(attribute("string", "concept:name", "x"))])
def test_well_formed_without_events_is_a_log_of_zeros(content: str) -> None:
    found = read(content)
    assert (found.n_cases, found.n_events) == (0, 0)
    assert "The log holds no events." in sentences(found)


def test_a_self_describing_log_has_no_preview() -> None:
    assert preview_table(ORDINARY.encode(), "log.xes", AS_IT_IS, Task()) is None


@pytest.mark.parametrize("cut", range(0, len(ORDINARY) - 8, 23))
def test_a_file_that_breaks_off_says_so(cut: int) -> None:
    assert "log.xes" in refusal(ORDINARY[:cut])


def test_other_xml_is_told_from_a_log() -> None:
    assert "not an event log" in refusal('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>')
    assert "not an event log" in refusal("<html><body>x</body></html>")
    assert "object-centric" in refusal("<log><events><event/></events><objects/></log>")


BILLION = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE log>",
        '<!DOCTYPE log SYSTEM "http://127.0.0.1:9/log.dtd">',
        '<!DOCTYPE log [<!ENTITY secret SYSTEM "file:///etc/passwd">]>',
        f'<!DOCTYPE log [<!ENTITY l0 "ha">{BILLION}]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_are_refused(doctype: str, encoding: str) -> None:
    body = log(trace("S1", event("&l9;" if "l9" in doctype else "&secret;" if "secret" in doctype else "a")), prolog="")
    content = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}{body}'.encode(encoding)
    assert "document type" in refusal(content)


def test_deep_nesting_is_refused() -> None:
    depth = 200_000
    nested = '<string key="x" value="y">' * depth + "</string>" * depth
    assert refusal(log(trace("S1", event("a", None, nested))))


def test_huge_values_are_refused() -> None:
    assert "longer than" in refusal(log(trace("S1", event("x" * 1_100_000))))
    assert "longer than" in refusal(log(trace("x" * 1_100_000, event("a"))))
    assert refusal(log(trace("S1", event("x" * 60_000_000))))


def test_stopping_is_heard_while_reading() -> None:
    content = log(trace("S1", *[event("a")] * 20_000))
    asked = iter(range(10))
    with pytest.raises(Cancelled):
        read_log(content.encode(), "log.xes", AS_IT_IS, Task(is_cancelled=lambda: next(asked, 99) > 4))


text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=8).filter(str.strip)


@settings(max_examples=60)
@given(st.dictionaries(text, st.lists(st.tuples(text, st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1))), max_size=6), max_size=8))
def test_what_is_written_is_read_back(cases: dict[str, list[tuple[str, datetime]]]) -> None:
    from xml.sax.saxutils import quoteattr

    def written(name: str) -> str:
        return quoteattr(name)[1:-1].replace('"', "&quot;")

    content = log(*(trace(written(case), *(event(written(name), time.isoformat()) for name, time in rows)) for case, rows in cases.items()))
    expected = {case: [name for name, _ in sorted(rows, key=lambda row: row[1])] for case, rows in cases.items() if rows}
    assert steps(read(content)) == expected
