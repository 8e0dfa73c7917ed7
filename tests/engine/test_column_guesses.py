"""Before anything is read, every column is said what it may be, how sure that is and why; only a few are filled in."""

from __future__ import annotations

from engine.demo.extracts import make_extract
from engine.importing.reading import preview_table
from engine.log.columns import ColumnRoles, ReadOptions
from engine.service.messages import TablePreview
from engine.service.opening_messages import ColumnGuess
from engine.tasks import Task
from engine.texts import Texts

HEADER = "Sagsnr;Aktivitet;Tidspunkt;Registreret;Sagsbehandler;Enhed;Aktør type;Udfald;Ydelse;CPR;Brev nr;Kanal;Sprog;Tema-id;Bemærkning"


def table(n: int = 40) -> bytes:
    rows = [
        f"{case};{'AB'[case % 2]};{case % 28 + 1:02}-03-2025 10:00;{case % 28 + 1:02}-04-2025 08:00;KLM{case % 3};Team {case % 4};borger;"
        f"{('ja', 'nej')[case % 2]};kontanthjælp;{case % 28 + 1:02}0380-{4000 + case};{9000 + row};{('web', 'brev')[row % 2]};"
        f"{('da', 'en')[case % 2]};{row % 3};"
        f"Borgeren ringede om sin sag og bad om at få et brev nummer {row}"
        for row, case in enumerate(n // 2 + place // 2 for place in range(n))
    ]
    return "\n".join([HEADER, *rows, ""]).encode()


def previewed(content: bytes, roles: ColumnRoles | None = None) -> TablePreview:
    shown = preview_table(content, "t.csv", ReadOptions(roles or ColumnRoles()), Task())
    assert shown is not None
    return shown


def guesses(shown: TablePreview) -> dict[str, ColumnGuess]:
    return {one.column: one for one in shown.guesses}


def test_what_a_column_may_be_is_told_with_how_sure_and_why() -> None:
    told = guesses(previewed(table()))
    assert {name: one.role for name, one in told.items()} == {
        "Sagsnr": "case",
        "Aktivitet": "activity",
        "Tidspunkt": "timestamp",
        "Registreret": "registered",
        "Sagsbehandler": "employee",
        "Enhed": "unit",
        "Aktør type": "actor",
        "Udfald": "outcome",
        "Ydelse": "case_attributes",
        "CPR": "objects",
        "Brev nr": "objects",
        "Kanal": "attributes",
        "Sprog": "case_attributes",
        "Tema-id": "attributes",
    }
    assert all(0.5 <= one.confidence <= 1 for one in told.values())
    danish = {name: Texts("da")(one.why.message, **one.why.values) for name, one in told.items()}
    assert danish["Kanal"] == "Den har få forskellige værdier: 2."
    assert "pseudonymer" in danish["Sagsbehandler"]


def test_who_did_it_and_attributes_are_never_filled_in() -> None:
    roles = previewed(table()).options.roles
    assert (roles.registered, roles.actor) == ("Registreret", "Aktør type")
    assert roles.employee is roles.outcome is None
    assert roles.attributes == roles.case_attributes == roles.objects == ()


def test_a_column_that_was_given_a_role_is_guessed_no_more_and_keeps_it() -> None:
    chosen = ColumnRoles(employee="Sagsbehandler", attributes=("Kanal",), case_attributes=("borte",))
    shown = previewed(table(), chosen)
    assert not {"Sagsbehandler", "Kanal"} & set(guesses(shown))
    assert (shown.options.roles.employee, shown.options.roles.attributes) == ("Sagsbehandler", ("Kanal",))
    assert shown.options.roles.case_attributes == ()


def test_the_columns_of_an_extract_are_told_apart() -> None:
    extract = make_extract("B", n_cases=300)
    shown = previewed(extract.files[0].content)
    assert shown.options.roles == ColumnRoles("sag_id", "aktivitet", "tid", unit="enhed", registered="registreret", actor="aktør_type")
    told = guesses(shown)
    assert told["sagsbehandler"].role == "employee"
    assert told["cpr"].role == "objects"


def test_what_a_log_calls_its_cases_and_who_is_responsible_are_told_apart() -> None:
    header = "case:concept:name;concept:name;time:timestamp;case:channel;case:responsible;responsible_section"
    rows = "\n".join(f"{n // 2};A;2025-03-{n % 28 + 1:02};{'xy'[n % 2]};Resource{n % 4};Section {n % 3}" for n in range(40))
    told = guesses(previewed(f"{header}\n{rows}\n".encode()))
    assert told["case:channel"].role == "case_attributes"
    assert told["case:responsible"].role == "employee"
    assert told["responsible_section"].role == "attributes"


def test_birth_dates_are_masked_even_where_they_stand_in_for_the_time() -> None:
    rows = "\n".join(f"{n // 2};{'AB'[n % 2]};{n % 28 + 1:02}-06-{1950 + n}" for n in range(40))
    shown = previewed(f"Sagsnr;Aktivitet;Fødselsdato\n{rows}\n".encode(), ColumnRoles("Sagsnr", "Aktivitet", "Fødselsdato"))
    assert {row[2] for row in shown.rows} == {"•••"}
    assert shown.preview_cases == ()
    events = previewed(f"Sagsnr;Aktivitet;Tidspunkt\n{rows.replace('-19', '-20')}\n".encode())
    assert events.rows[0][2] == "01-06-2050"
