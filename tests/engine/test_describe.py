"""`describe` from a shell: what it prints, how it ends, and what it never says."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import os
import pty
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pyrage
import pytest

import main
from engine import cli, hardening
from engine.description import Description, describe, readable
from engine.importing.reading import read_log
from engine.log.columns import ReadOptions
from engine.tasks import Task
from engine.texts import Texts
from tests.age_writer import seal_with_passphrase
from tests.projects import PASSPHRASE, lock_quickly, make
from tests.real_logs import ROOT, log_path

TABLE = (
    "Sagsnr;Aktivitet;Tidspunkt;Start\n"
    "010190-1234;Modtaget;01-02-2024 08:00;01-02-2024 07:00\n"
    "010190-1234;Afgørelse;13-02-2024 12:30;13-02-2024 12:00\n"
    "020290-1234;Modtaget;02-02-2024 09:15;02-02-2024 09:00\n"
)
KEYS = [
    "cases", "events", "activities", "variants", "first_event", "last_event", "start_activities", "end_activities", "case_duration_seconds",
    "directly_follows", "top_variants", "columns", "warnings",
]
WITHOUT_QT = """
import sys
for name in ("PySide6", "shiboken6", "gui"):
    sys.modules[name] = None
import main
sys.exit(main.main(sys.argv[1:]))
"""


@dataclass(frozen=True)
class Ended:
    """What a command printed, and its exit status."""

    status: int
    output: bytes
    errors: str


Run = Callable[..., Ended]


def run_process(*arguments: object, stdin: bytes = b"") -> Ended:
    """The command in a process of its own, where the window's libraries cannot be imported."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", "-c", WITHOUT_QT, *map(str, arguments)]
    done = subprocess.run(command, input=stdin, capture_output=True, env=environment, check=False, timeout=120)
    return Ended(done.returncode, done.stdout, done.stderr.decode())


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command in this process, which stays as it is."""
    monkeypatch.setattr(hardening, "limit_process", lambda: None)

    def run_here(*arguments: object, stdin: bytes = b"", language: str = "C.UTF-8") -> Ended:
        monkeypatch.setenv("LANGUAGE", language)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        try:
            status = main.main([str(argument) for argument in arguments])
        except SystemExit as ended:
            status = int(ended.code or 0)
        printed = capfdbinary.readouterr()
        return Ended(status, printed.out, printed.err.decode())

    return run_here


def refused(ended: Ended, status: int) -> str:
    """The one line on standard error of a refusal."""
    lines = ended.errors.splitlines()
    assert ended.status == status, lines
    assert len(lines) == 1 and ended.output == b"", lines
    assert "Traceback" not in lines[0]
    return lines[0]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "udtræk med mellemrum.csv"
    file.write_text(TABLE, "utf-8")
    return file


def test_one_json_object_with_the_keys_in_order(run: Run, table: Path) -> None:
    result = run("describe", table, "--json", "--timezone", "Europe/Copenhagen")
    assert (result.status, result.errors) == (0, "")
    told = json.loads(result.output)
    assert list(told) == KEYS
    assert (told["cases"], told["events"], told["activities"], told["variants"]) == (2, 3, 2, 2)
    assert (told["first_event"], told["last_event"]) == ("2024-02-01T07:00:00+00:00", "2024-02-13T11:30:00+00:00")
    assert told["start_activities"] == {"Modtaget": 2}
    assert told["end_activities"] == {"Afgørelse": 1, "Modtaget": 1}
    seconds = 12 * 86400 + 4.5 * 3600
    assert told["case_duration_seconds"] == {"median": seconds / 2, "mean": seconds / 2, "p90": 0.9 * seconds, "min": 0.0, "max": seconds}
    assert told["directly_follows"] == [
        {"from": "Modtaget", "to": "Afgørelse", "count": 1, "median_seconds": seconds, "mean_seconds": seconds, "min_seconds": seconds,
         "max_seconds": seconds}
    ]
    assert told["top_variants"] == [{"count": 1, "activities": ["Modtaget", "Afgørelse"]}, {"count": 1, "activities": ["Modtaget"]}]
    assert told["columns"] == {"case": "Sagsnr", "activity": "Aktivitet", "timestamp": "Tidspunkt"}
    assert told["warnings"] == []


def test_a_start_column_makes_waiting_times(run: Run, table: Path) -> None:
    told = json.loads(run("describe", table, "--json", "--start", "Start").output)
    assert told["columns"]["start"] == "Start"
    assert told["directly_follows"][0]["median_seconds"] == 12 * 86400 + 4 * 3600


def test_a_short_table_in_the_language_of_the_system(run: Run, table: Path) -> None:
    english, danish = run("describe", table), run("describe", table, language="da_DK.UTF-8")
    assert english.status == danish.status == 0
    assert "Cases" in english.output.decode() and "Modtaget → Afgørelse" in english.output.decode()
    assert "010190" not in english.output.decode() + danish.output.decode()


def test_a_real_log_as_the_package_reads_it(run: Run) -> None:
    path = log_path("receipt.xes.gz")
    told = msgspec.json.decode(run("describe", path, "--json").output, type=Description)
    assert told == describe(read_log(path.read_bytes(), path.name, ReadOptions(), Task()), Texts("en"), Task())


def test_a_log_without_events_gives_zeros_and_a_warning(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "tom.xes"
    file.write_text("<log/>")
    told = json.loads(run("describe", file, "--json").output)
    assert [told[key] for key in KEYS[:4]] == [0, 0, 0, 0]
    assert told["first_event"] is None and told["last_event"] is None
    assert set(told["case_duration_seconds"].values()) == {None}
    assert told["directly_follows"] == told["top_variants"] == []
    assert told["start_activities"] == told["end_activities"] == {}
    assert len(told["warnings"]) == 1
    assert run("describe", file).status == 0


def test_a_log_without_times_gives_nulls_and_a_warning(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "uden tid.csv"
    file.write_text("Sagsnr;Aktivitet;Tidspunkt\n1;a;\n1;b;\n")
    told = json.loads(run("describe", file, "--json").output)
    assert told["first_event"] is None and told["case_duration_seconds"]["median"] is None
    assert told["directly_follows"] == [
        {"from": "a", "to": "b", "count": 1, "median_seconds": None, "mean_seconds": None, "min_seconds": None, "max_seconds": None}
    ]
    assert len(told["warnings"]) == 1


def test_arcs_beside_events_without_a_time_count_without_one(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "huller.csv"
    file.write_text("Sagsnr;Aktivitet;Tidspunkt\n1;a;2024-02-01\n1;b;\n1;c;2024-02-03\n2;a;2024-02-01\n2;b;2024-02-02\n")
    told = json.loads(run("describe", file, "--json").output)
    arcs = {(arc["from"], arc["to"]): (arc["count"], arc["median_seconds"]) for arc in told["directly_follows"]}
    assert arcs == {("a", "b"): (2, 86400.0), ("b", "c"): (1, None)}
    assert any("1" in warning for warning in told["warnings"])


def test_names_in_a_file_cannot_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("Sagsnr;Aktivitet;Tidspunkt\n1;\x1b[2Ja;2024-02-01\n1;b\x07;2024-02-02\n")
    assert not set(run("describe", file).output) & set(b"\x1b\x07")
    file.write_text("Sag\x1b[2J;x;y\n1;2;3\n")
    assert "\x1b" not in refused(run("describe", file), 2)


# ---- what is wrong ------------------------------------------------------------------------------------------------------------


def test_bad_input_ends_with_status_2_and_one_line(run: Run, tmp_path: Path, table: Path) -> None:
    broken = tmp_path / "brudt.xes"
    broken.write_text('<log><trace><event><string key="concept:name" value="Ane Hemmelig"/>')
    picture = tmp_path / "billede.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    ragged = tmp_path / "skæv.csv"
    ragged.write_text(TABLE + "030390-1234;Ane Hemmelig\n")
    undecided = tmp_path / "dato.csv"
    undecided.write_text("Sagsnr;Aktivitet;Tidspunkt\n010190-1234;a;01/02/2024\n")
    for arguments, said in (
        ([tmp_path / "findes ikke.csv"], "findes ikke.csv"),
        ([broken], "not well-formed"),
        ([picture], "not an event log"),
        ([ragged], "Row 5"),
        ([undecided], "%d/%m/%Y and %m/%d/%Y"),
        ([table, "--case", "Sag"], "no column Sag"),
        ([table, "--timezone", "Mars/Nord"], "Mars/Nord"),
        ([table, "--timestamp-format", "%Q"], "%Q"),
        ([table, "--encoding", "klingon"], "klingon"),
        ([table, "--delimiter", "||"], "one character"),
        ([table, "--timestamp", "Aktivitet", "--activity", "Start"], "does not hold times"),
    ):
        line = refused(run("describe", *arguments, "--json"), 2)
        assert said in line
        assert "Hemmelig" not in line and "90-1234" not in line and str(tmp_path) not in line


def test_an_undecided_date_is_decided_by_its_format(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "dato.csv"
    file.write_text("Sagsnr;Aktivitet;Tidspunkt\n1;a;01/02/2024\n")
    for text_format, first in (("%d/%m/%Y", "2024-02-01"), ("%m/%d/%Y", "2024-01-02")):
        assert json.loads(run("describe", file, "--json", "--timestamp-format", text_format).output)["first_event"].startswith(first)


def test_wrong_arguments_end_with_status_2_and_one_line(run: Run) -> None:
    refused(run("describe"), 2)
    refused(run("describe", "a", "--nonsense"), 2)
    refused(run("--nonsense"), 2)


def test_help_and_version_end_well(run: Run) -> None:
    version = run("--version")
    assert version.output.decode().split() == [cli.PROGRAM, cli.VERSION]
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"] == cli.VERSION
    assert b"describe" in run("--help").output and b"--timestamp-format" in run("describe", "--help").output


def test_it_works_where_the_window_cannot(table: Path) -> None:
    ended = run_process("describe", table, "--json")
    assert (ended.status, ended.errors) == (0, "")
    assert json.loads(ended.output)["events"] == 3
    assert run_process("--version").status == 0
    refused(run_process("describe", table.parent / "mangler.csv"), 2)


@pytest.mark.skipif(sys.platform != "linux", reason="core dumps are forbidden by a call of Linux")
def test_the_process_that_reads_a_foreign_file_leaves_no_core_dump_and_takes_not_all_memory(table: Path) -> None:
    code = """
import ctypes, resource, sys
import main
main.main(sys.argv[1:])
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), *resource.getrlimit(resource.RLIMIT_CORE), resource.getrlimit(resource.RLIMIT_AS)[0])
"""
    done = subprocess.run([sys.executable, "-c", code, "describe", str(table)], capture_output=True, cwd=ROOT, check=True, timeout=60)
    dumpable, soft, hard, memory = map(int, done.stdout.splitlines()[-1].split())
    assert (dumpable, soft, hard) == (0, 0, 0) and 0 < memory < os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def test_a_reader_that_stops_reading_is_no_error() -> None:
    path = log_path("BPIC15_1")
    command = [sys.executable, "-W", "error", "main.py", "describe", str(path), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.read(100)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 0


def test_a_defect_says_its_kind_and_place_but_no_data(capsys: pytest.CaptureFixture[str]) -> None:
    def fails() -> int:
        raise RuntimeError("Ane Hemmelig 010190-1234")

    assert cli.run(fails, Texts("en"), "x") == 1
    said = capsys.readouterr().err
    assert "RuntimeError" in said and "Hemmelig" not in said


def test_an_interrupt_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    assert cli.run(interrupted, Texts("en"), "x") == 130
    assert capsys.readouterr() == ("", "")


# ---- encrypted files ----------------------------------------------------------------------------------------------------------


def test_an_identity_file_opens_it_and_standard_input_is_left_alone(run: Run, tmp_path: Path) -> None:
    identity, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    key, wrong, file = tmp_path / "nøgle.txt", tmp_path / "forkert.txt", tmp_path / "log.age"
    key.write_text(f"# created\n{identity}\n")
    wrong.write_text(str(other))
    file.write_bytes(pyrage.encrypt(gzip.compress(TABLE.encode()), [identity.to_public()]))
    assert json.loads(run("describe", file, "--json", "--identity", key).output)["events"] == 3
    refused(run("describe", file, "--identity", wrong), 3)
    refused(run("describe", file), 3)
    refused(run("describe", file, "--identity", tmp_path / "mangler.txt"), 2)


def test_a_passphrase_is_the_first_line_of_standard_input(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "log.age"
    file.write_bytes(seal_with_passphrase(TABLE.encode(), "rødgrød med fløde "))
    told = run("describe", file, "--json", stdin="rødgrød med fløde \nmere\n".encode())
    assert json.loads(told.output)["events"] == 3
    assert "rødgrød" not in refused(run("describe", file, stdin="rødgrød\n".encode()), 3)
    assert "standard input" in refused(run("describe", file), 3)


@pytest.mark.parametrize("typed", ["rødgrød\n".encode("cp1252"), codecs.BOM_UTF8 + "rødgrød\r\n".encode(), "rødgrød".encode()])
def test_a_passphrase_in_the_bytes_that_windows_shells_send(run: Run, tmp_path: Path, typed: bytes) -> None:
    file = tmp_path / "log.age"
    file.write_bytes(seal_with_passphrase(TABLE.encode(), "rødgrød"))
    assert json.loads(run("describe", file, "--json", stdin=typed).output)["events"] == 3


@pytest.mark.parametrize("typed", [b"\xff\xfe\n", b"r\x81\x8d\n", b"\xed\xa0\x80\n", b"\x00\n", b"\n"])
def test_a_passphrase_that_is_no_text_is_a_wrong_one(run: Run, tmp_path: Path, typed: bytes) -> None:
    file = tmp_path / "log.age"
    file.write_bytes(seal_with_passphrase(TABLE.encode(), "rødgrød"))
    assert "passphrase does not open" in refused(run("describe", file, stdin=typed), 3)


def test_a_project_is_opened_by_its_folder_or_its_manifest(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock_quickly(monkeypatch)
    folder = tmp_path / "Mit projekt"
    n_events = make(folder).read_contents(Task()).log.n_events
    secret = f"{PASSPHRASE}\n".encode()
    for path in (folder, folder / "manifest.json"):
        assert json.loads(run("describe", path, "--json", stdin=secret).output)["events"] == n_events
        assert "Mit projekt" in refused(run("describe", path), 3)
        refused(run("describe", path, stdin=b"forkert\n"), 3)
    monkeypatch.chdir(folder)
    assert run("describe", "manifest.json", "--json", stdin=secret).status == run("describe", ".", "--json", stdin=secret).status == 0


def test_a_folder_that_is_no_project_is_refused_before_a_passphrase_is_asked_for(run: Run, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "manifest.json"):
        assert "is not a Sagsflow project" in refused(run("describe", path), 2)
    (tmp_path / "manifest.json").write_text("{}")
    refused(run("describe", tmp_path), 2)
    refused(run("describe", tmp_path / "findes ikke" / "manifest.json"), 2)


def test_pipes_and_devices_are_refused_by_name_and_never_waited_for(run: Run, tmp_path: Path, table: Path) -> None:
    pipe = tmp_path / "rør"
    os.mkfifo(pipe)
    for arguments in ([pipe], [table, "--identity", pipe], [os.devnull]):
        assert "is a pipe or a device" in refused(run("describe", *arguments), 2)


def test_tampered_and_truncated_files_are_refused(run: Run, tmp_path: Path) -> None:
    identity = pyrage.x25519.Identity.generate()
    key, file = tmp_path / "key.txt", tmp_path / "log.age"
    key.write_text(str(identity))
    content = bytearray(pyrage.encrypt(TABLE.encode(), [identity.to_public()]))
    file.write_bytes(content[:-5])
    refused(run("describe", file, "--identity", key), 2)
    content[-20] ^= 1
    file.write_bytes(content)
    refused(run("describe", file, "--identity", key), 2)


def test_progress_shows_at_a_terminal_and_nowhere_else(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(TABLE)
    ours, theirs = pty.openpty()
    try:
        command = [sys.executable, "main.py", "describe", str(file), "--json"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, stdin=subprocess.DEVNULL, cwd=ROOT, check=False, timeout=60)
        os.close(theirs)
        shown = os.read(ours, 65536).decode()
    finally:
        os.close(ours)
    assert json.loads(done.stdout)["events"] == 3
    assert "…" in shown and shown.endswith("\x1b[K") and "\n" not in shown


def test_the_readable_table_has_every_sentence_in_danish() -> None:
    content = TABLE + "030390-1234;;;\n;x;01-02-2024 08:00;\n"
    texts = Texts("da")
    log = read_log(content.encode(), "t.csv", ReadOptions(), Task())
    table = readable(describe(log, texts, Task()), "t.csv", texts)
    assert "Sager" in table and "Bemærk: " in table
    assert "Cases" not in table and "Events" not in table and "Note" not in table
