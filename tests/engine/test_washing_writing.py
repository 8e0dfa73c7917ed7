"""What another system wrote in another way: encodings, decimal signs, tables of codes, and cases that are cut by a rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.demo.extracts import make_extract
from engine.errors import BadInput, WrongKey
from engine.service.messages import Secret
from engine.tasks import Task
from engine.washing.code_tables import read_code_table
from engine.washing.values import DropNearDuplicates, RepairEncoding, SplitAtActivity, SplitAtChange, UnifyDecimals
from engine.washing.wash import wash
from engine.washing.writing import mended_text
from tests.age_writer import seal_with_passphrase
from tests.engine.test_washing import table, washed


@pytest.mark.parametrize("text", ["Følges op", "Afgørelse – bevilget", "Ærø Å", "„citat“", "Žižek €5", "Größe"])
@pytest.mark.parametrize("read_as", ["cp1252", "latin-1"])
def test_a_text_that_was_read_in_the_wrong_encoding_is_mended(text: str, read_as: str) -> None:
    wrong = text.encode().decode(read_as, "strict" if read_as == "latin-1" else "ignore")
    if wrong.encode(read_as) != text.encode():
        return  # Windows-1252 has no sign for a byte of it, so nobody reads it so
    assert mended_text(wrong) == text
    assert mended_text(wrong.encode().decode("latin-1")) == text, "taken for another encoding twice"


@pytest.mark.parametrize("text", ["Følges op", "Ã", "ÃÃ", "Ãben", "SÃO PAULO", "“Å”", "fÂ", "Â x", "kaffe…", "", "€", "æ–ø", "naïve", "Æ"])
def test_a_text_that_is_right_stays(text: str) -> None:
    assert mended_text(text) == text


def test_only_cells_that_are_wrong_are_mended_and_told() -> None:
    rows = table("1;FÃ¸lges op;", "2;Følges op;", "3;Samtale;", "4;Min plan Ã¦ndret;")
    texts, (outcome,) = washed(rows, RepairEncoding())
    assert [text.split(";")[1] for text in texts] == ["Følges op", "Følges op", "Samtale", "Min plan ændret"]
    assert (outcome.changed, outcome.rows_out) == (2, 4)
    assert washed(rows, RepairEncoding(columns=("sag",)))[1][0].changed == 0


def test_decimal_numbers_get_one_sign_and_what_may_be_thousands_stays() -> None:
    cells = ["7,50", "7.50", "1.250", "0.250", "1.234,5", "1,234.5", "1.234.567", "12", "-3.5", "ca. 3", "", " 2.25 ", "1.2.3"]
    rows = table(*(f"1;A;;{cell}" for cell in cells), columns="sag;trin;tid;timer")
    comma = [text.split(";")[3] for text in washed(rows, UnifyDecimals(columns=("timer",)))[0]]
    assert comma == ["7,50", "7,50", "1.250", "0,250", "1234,5", "1234,5", "1234567", "12", "-3,5", "ca. 3", "", "2,25", "1.2.3"]
    point = [text.split(";")[3] for text in washed(rows, UnifyDecimals(columns=("timer",), sign="."))[0]]
    assert point == ["7.50", "7.50", "1.250", "0.250", "1234.5", "1234.5", "1234567", "12", "-3.5", "ca. 3", "", " 2.25 ", "1.2.3"]


def test_of_corrections_the_first_can_stay() -> None:
    rows = table("1;A;2025-03-01 10:00", "1;A;2025-03-01 10:03", "1;A;2025-03-01 10:07", "1;A;2025-03-01 11:00", "1;A;")
    first, _ = wash(rows, (DropNearDuplicates(minutes=5, keep="first"),), Task())
    last, _ = wash(rows, (DropNearDuplicates(minutes=5),), Task())
    assert (first.places.tolist(), last.places.tolist()) == ([0, 3, 4], [2, 3, 4])


def test_a_case_begins_anew_at_an_activity() -> None:
    rows = table("1;Ind;2025-01-01", "1;Ud;2025-02-01", "1;Ind;2025-06-01", "1;Ud;2025-07-01", "2;Ud;2025-01-01", "1;Ind;2025-08-01")
    after, (outcome,) = wash(rows, (SplitAtActivity(activities=("Ind",)),), Task())
    assert after.column("sag").texts().to_pylist() == ["1", "1", "1 (2)", "1 (2)", "2", "1 (3)"]
    assert outcome.changed == 3


def test_a_case_begins_anew_where_a_column_says_something_else() -> None:
    rows = table(
        "1;A;2025-01-01;dagpenge", "1;B;2025-03-01;", "1;C;2025-04-01;kontanthjælp", "1;D;2025-02-01;dagpenge", "2;A;2025-01-01;",
        "1;E;2025-05-01;kontanthjælp", "2;B;2025-01-02;dagpenge", columns="sag;trin;tid;ydelse",
    )  # fmt: skip
    after, _ = wash(rows, (SplitAtChange(column="ydelse"),), Task())
    assert after.column("sag").texts().to_pylist() == ["1", "1", "1 (2)", "1", "2", "1 (2)", "2"]


# ---- tables of codes ---------------------------------------------------------------------------------------------------------------


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "koder.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_table_of_codes_is_read_from_a_file(tmp_path: Path) -> None:
    text = "Aktivitetens kode;Gyldig fra;Aktivitet\nK04;;Opfølgning\n K07 ;2025-01-01; Jobsamtale \n;;Uden kode\nK09;;\n"
    path = write(tmp_path, text, "cp1252")
    found = read_code_table(path, Secret(), Task())
    assert found.table == {"K04": "Opfølgning", "K07": "Jobsamtale"}
    assert (found.code, found.name) == ("Aktivitetens kode", "Aktivitet")
    assert read_code_table(path, Secret(), Task(), name="Gyldig fra").table == {"K07": "2025-01-01"}
    assert read_code_table(write(tmp_path, "x,y,z\n1,en,a\n2,to,b\n"), Secret(), Task()).table == {"1": "en", "2": "to"}


@pytest.mark.parametrize(
    ("text", "said"),
    [("kode\nA\n", "two columns"), ("kode;navn\n;x\n", "no code"), ("kode;navn\nA;x\nB;y\nA;z\nB;y\n", "several names to one code: A")],
)
def test_a_table_of_codes_that_says_too_little_or_two_things_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadInput, match="codes") as refused:
        read_code_table(write(tmp_path, text), Secret(), Task())
    assert said in refused.value.message.format(**refused.value.values)


def test_a_table_of_codes_may_be_encrypted_and_its_columns_must_be_there(tmp_path: Path) -> None:
    path = tmp_path / "koder.csv.age"
    path.write_bytes(seal_with_passphrase(b"kode;navn\nA;x\n", "seks ord"))
    assert read_code_table(path, Secret("seks ord"), Task()).table == {"A": "x"}
    with pytest.raises(WrongKey):
        read_code_table(path, Secret(), Task())
    with pytest.raises(BadInput, match="no column"):
        read_code_table(path, Secret("seks ord"), Task(), code="nummer")


@pytest.mark.parametrize("letter", ["A", "B", "C"])
def test_the_demos_tables_of_codes_are_those_of_its_recipes(tmp_path: Path, letter: str) -> None:
    file = next(file for file in make_extract(letter, n_cases=60).files if file.form.holds == "codes")
    (tmp_path / "koder.csv").write_bytes(file.content)
    assert len(read_code_table(tmp_path / "koder.csv", Secret(), Task()).table) == file.form.rows
