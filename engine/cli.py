"""The commands that print: `describe`, `--version` and `--help`; and the arguments that they share with those that draw."""

from __future__ import annotations

import argparse
import codecs
import contextlib
import os
import stat
import sys
import time
from collections.abc import Callable
from getpass import getpass
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn

from engine import vault_commands
from engine.errors import N_, BadInput, Cancelled, SagsflowError, Value, WrongKey
from engine.log.columns import FURTHER, ColumnRoles, ReadOptions, with_role
from engine.service.messages import Secret
from engine.tasks import Task
from engine.texts import Texts

if TYPE_CHECKING:
    from msgspec import Struct

    from engine.log.event_log import EventLog
    from engine.ocel.object_log import ObjectLog
    from engine.sources import Source

VERSION = "0.1.0"
PROGRAM = "sagsflow"
JSON_LANGUAGE = "en"
"""What programs read is the same on every system."""
DEFECT, FOUND, INTERRUPTED = 1, 4, 130
"""FOUND: a scan found what looks like personal data."""
PRINTING = ("describe", "quality", "import", "demo-extract", "export-ocel", "scan", "validation", *vault_commands.COMMANDS)

NO_MEMORY = N_("There is not enough memory to read the file {file}.")
NO_SECRET = N_("The file {file} is encrypted. Give the passphrase on standard input, or an identity file with --identity.")
NO_ORDINARY_FILE = N_("{file} is a pipe or a device. Save what comes out of it as a file, encrypted, and open that.")
EXPORTED = N_("{file} is written, encrypted: {events} events and {objects} objects (SHA-256 {sha256}).")
BROKEN = N_("Sagsflow failed ({kind} in {place}). Nothing was changed.")
PASSPHRASE = N_("Passphrase for {file}: ")
MADE_UP = N_("The cases, people and companies in these files are made up, so they are not encrypted. What was planted: {file}")


class Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line and exits with status 2."""

    def error(self, message: str) -> NoReturn:
        """One line on standard error."""
        self.exit(2, f"{PROGRAM}: {message}\n")


def prints(arguments: list[str]) -> bool:
    """Whether the command is one of those that print; `map`, `model`, `demo`, a file, and no command at all belong to the window."""
    return bool(arguments) and (arguments[0] in PRINTING or arguments[0].startswith("-"))


def main(arguments: list[str]) -> int:
    """Run a command that prints; returns the exit status (0, 1 defect, 2 bad input, 3 wrong key, 4 persons found, 130 interrupted)."""
    texts = Texts(system_language())
    options = _parser().parse_args(arguments)
    if options.command in vault_commands.COMMANDS:
        shell = vault_commands.Shell(texts, progress(texts), read_secret, _passphrase_in, _print_found)
        return run(lambda: vault_commands.run(options, shell), texts, str(options.file))
    if options.command == "import":
        return run(lambda: _import(options, texts), texts, str(options.files[0]))
    if options.command == "export-ocel":
        return run(lambda: _export_ocel(options, texts), texts, str(options.file))
    if options.command == "scan":
        return run(lambda: _scan(options, texts), texts, str(options.file))
    if options.command == "validation":
        return run(lambda: _validation(options, texts), texts, str(options.project))
    if options.command == "quality":
        return run(lambda: _quality(options, texts), texts, str(options.file))
    if options.command == "demo-extract":
        return run(lambda: _demo_extract(options, texts), texts, str(options.out))
    return run(lambda: _describe(options, texts), texts, str(options.file))


def run(command: Callable[[], int], texts: Texts, file: str) -> int:
    """Run a command and turn every error into one line on standard error and its exit status."""
    name = Path(file).name
    try:
        return command()
    except SagsflowError as error:
        return fail(texts.error(error), error.exit_status)
    except (KeyboardInterrupt, Cancelled):
        return INTERRUPTED
    except MemoryError:
        return fail(texts(NO_MEMORY, file=name), BadInput.exit_status)
    except BrokenPipeError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # a defect: its message may quote data, so only its kind and place are said
        return fail(texts(BROKEN, kind=type(error).__name__, place=_place(error)), DEFECT)


def fail(sentence: str, status: int) -> int:
    """One line on standard error."""
    _clear_progress(sys.stderr)
    print(f"{PROGRAM}: {printable(' '.join(sentence.split()))}", file=sys.stderr)
    return status


def printable(text: str) -> str:
    """Text without control characters, so that no name in a file can steer the terminal; line ends stay."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "\N{REPLACEMENT CHARACTER}" for sign in text)


def system_language() -> str:
    """"da" where the system speaks Danish, else "en"."""
    names = [os.environ.get(name, "") for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    spoken = next((name for name in names if name), "")
    if not spoken and sys.platform == "win32":
        import locale

        spoken = locale.getlocale()[0] or ""
    return "da" if spoken.lower().startswith("da") else "en"


# ---- arguments ----------------------------------------------------------------------------------------------------------------


def add_source_arguments(parser: argparse.ArgumentParser) -> None:
    """The log or project, what opens it, and how a table is to be read."""
    kinds = "event log (CSV, Excel, XES, Parquet, Arrow, OCEL; .gz, .zst, .zip; encrypted as .age or .zip) or project folder"
    parser.add_argument("file", metavar="FILE", help=kinds)
    parser.add_argument("--identity", metavar="KEYFILE", help="age identity file; without it the passphrase is read from standard input")
    for role, what in (("case", "case id"), ("activity", "activity"), ("timestamp", "time"), ("start", "start time")):
        parser.add_argument(f"--{role}", metavar="COLUMN", help=f"column with the {what}")
    further = f"another column and what it is, as often as needed: {', '.join(FURTHER)}"
    parser.add_argument("--role", metavar="ROLE=COLUMN", action="append", default=[], help=further)
    parser.add_argument("--timestamp-format", metavar="FORMAT", help="pattern of the times, for example %%d-%%m-%%Y %%H:%%M")
    parser.add_argument("--delimiter", metavar="SIGN", help="what stands between the cells: , ; | or tab")
    parser.add_argument("--encoding", metavar="NAME", help="encoding of the text, for example utf-8 or latin-1")
    parser.add_argument("--object-type", metavar="TYPE", help="objects that are the cases of an object-centric log")
    parser.add_argument("--sheet", metavar="NAME", help="sheet of a workbook, where several hold something")
    parser.add_argument(
        "--timezone", metavar="ZONE", default="UTC", help="zone of times that name none, such as Europe/Copenhagen (default UTC)"
    )


def read_options(arguments: argparse.Namespace) -> ReadOptions:
    """How the table is to be read, from parsed arguments."""
    roles = ColumnRoles(arguments.case, arguments.activity, arguments.timestamp, arguments.start)
    for text in arguments.role:
        roles = with_role(roles, text)
    return ReadOptions(
        roles=roles,
        timestamp_format=arguments.timestamp_format,
        delimiter=arguments.delimiter,
        encoding=arguments.encoding,
        sheet=arguments.sheet,
        object_type=arguments.object_type,
        timezone=arguments.timezone,
    )


def read_secret(arguments: argparse.Namespace) -> Secret:
    """The identity file, and the passphrase where one is needed: asked for at a terminal, else the first line of standard input."""
    path = _opened_path(Path(arguments.file))
    for file in (path, arguments.identity):
        if file is not None and _is_special(Path(file)):
            raise BadInput(NO_ORDINARY_FILE, file=Path(file).name)
    if not _needs_passphrase(path, arguments.identity):
        return Secret(identity_path=arguments.identity)
    return Secret(passphrase=_read_passphrase(path.name), identity_path=arguments.identity)


def _opened_path(path: Path) -> Path:
    """The file, or the folder of a project also where its manifest is given; BadInput when a folder is no project."""
    from engine.vault.manifest import MANIFEST, read_manifest

    folder = path.absolute().parent if path.name == MANIFEST else path.absolute()
    if not folder.is_dir():
        return path
    read_manifest(folder)
    return folder


def _is_special(path: Path) -> bool:
    """Whether a path leads to a pipe, a device or the like, which cannot be read twice."""
    with contextlib.suppress(OSError, ValueError):
        mode = path.stat().st_mode
        return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
    return False


def _needs_passphrase(path: Path, identity: str | None) -> bool:
    from engine.files.age import inspect_file, is_age

    if identity is not None:
        return is_age(_head(Path(identity)))
    if path.is_dir():
        return True
    head = _head(path)
    return _is_locked_archive(path, head) or (is_age(head) and "scrypt" in inspect_file(path)[0].kinds)


def _is_locked_archive(path: Path, head: bytes) -> bool:
    if not head.startswith(b"PK"):
        return False
    from engine.files.zip_archive import is_locked

    return is_locked(path)


def _read_passphrase(file: str) -> str:
    if sys.stdin is not None and sys.stdin.isatty():
        return _passphrase_in(os.fsencode(getpass(Texts(system_language())(PASSPHRASE, file=file))))
    line = sys.stdin.buffer.readline() if sys.stdin is not None else b""
    if not line:
        raise WrongKey(NO_SECRET, file=file)
    return _passphrase_in(line)


def _passphrase_in(line: bytes) -> str:
    """A passphrase as it was typed: Windows shells put a mark before UTF-8 and write lines in its own code page."""
    line = line.removeprefix(codecs.BOM_UTF8).rstrip(b"\r\n")
    for encoding in ("utf-8", "cp1252"):
        with contextlib.suppress(UnicodeDecodeError):
            return line.decode(encoding)
    return line.decode("latin-1")


def _head(path: Path) -> bytes:
    from engine.files.age import unreadable

    try:
        with path.open("rb") as file:
            return file.read(64)
    except OSError as error:
        raise unreadable(path, error) from error


def progress(texts: Texts) -> Task:
    """A task that shows its progress in one line on standard error when that is a terminal."""
    stream = sys.stderr
    if not stream.isatty():
        return Task()
    last = 0.0

    def report(fraction: float | None, message: str, values: dict[str, Value]) -> None:
        nonlocal last
        if time.monotonic() - last >= 0.1:
            last = time.monotonic()
            share = "" if fraction is None else f" {texts.percent(fraction)}"
            _clear_progress(stream)
            print(f"{texts(message, **values)}{share} …"[:79], end="", file=stream, flush=True)

    return Task(report)


def _clear_progress(stream: IO[str]) -> None:
    if stream.isatty():
        print("\r\x1b[K", end="", file=stream, flush=True)


# ---- commands -----------------------------------------------------------------------------------------------------------------


def _parser() -> Parser:
    about = "See how cases really flow: local, encrypted process mining. Without a command the window opens."
    parser = Parser(prog=PROGRAM, description=about)
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {VERSION}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    describing = commands.add_parser("describe", help="print the numbers of a log")
    add_source_arguments(describing)
    describing.add_argument("--json", action="store_true", help="print one JSON object")
    judging = commands.add_parser("quality", help="print what cannot be as it is told in a log, and what its data can answer")
    add_source_arguments(judging)
    judging.add_argument("--json", action="store_true", help="print one JSON object")
    _add_import(commands.add_parser("import", help="make an encrypted project of extracts, by a recipe"))
    _add_demo_extract(commands.add_parser("demo-extract", help="write a synthetic raw extract with planted defects and their truth"))
    scanning = commands.add_parser("scan", help="look through a project or file for personal data; status 4 where there is any")
    scanning.add_argument("file", metavar="PROJECT|FILE", help="project folder, or any file that can be opened")
    scanning.add_argument("--identity", metavar="KEYFILE", help="age identity file; without it the passphrase is read from standard input")
    scanning.add_argument("--json", action="store_true", help="print one JSON object")
    _add_validation(commands.add_parser("validation", help="tell how the validation of a project stands, and draw a sample of its cases"))
    exporting = commands.add_parser("export-ocel", help="write an object-centric log, or the objects of a project, as OCEL 2.0, encrypted")
    add_source_arguments(exporting)
    exporting.add_argument("--out", metavar="OUT", required=True, help="new file; its name ends with .json.age, .xml.age or .sqlite.age")
    exporting.add_argument("--to", metavar="RECIPIENT", required=True, help="public key (age1...) of the one who may open it")
    vault_commands.add_arguments(commands.add_parser)
    commands.add_parser("map", help="draw the process map to a file (see map --help)")
    commands.add_parser("model", help="write a BPMN or Petri-net model to a file (see model --help)")
    commands.add_parser("demo", help="open the demo project (see demo --help)")
    return parser


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE", nargs="+", help="tables of the extract: CSV, Excel, Parquet, Arrow, plain or encrypted")
    parser.add_argument("--recipe", metavar="RECIPE", required=True, help="recipe (TOML): roles of the columns and steps of the wash")
    parser.add_argument("--out", metavar="PROJECT", required=True, help="new project folder")
    parser.add_argument("--identity", metavar="KEYFILE", help="age identity file that opens the extracts")
    parser.add_argument("--name", default="", help="name of the project (default: its folder)")
    parser.add_argument("--purpose", required=True, help="what the data are used for")
    parser.add_argument("--legal-basis", required=True, help="legal basis for using them")
    parser.add_argument("--delete-by", metavar="DATE", required=True, help="day by which the project is to be deleted (2027-12-31)")
    parser.add_argument("--recovery", metavar="RECIPIENT", help="public key (age1...) that can open the project too")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.epilog = "Standard input: a line with the passphrase of each encrypted file, in their order, then one with the project's."


def _print_found(found: Struct, readable: Callable[[], str], *, as_json: bool) -> None:
    """What a command found, on standard output: as one JSON object, or in lines for people."""
    import msgspec

    _clear_progress(sys.stderr)
    text = msgspec.json.format(msgspec.json.encode(found), indent=2) if as_json else printable(readable()).encode("utf-8", "replace")
    sys.stdout.buffer.write(text + b"\n")
    sys.stdout.flush()


def _import(arguments: argparse.Namespace, texts: Texts) -> int:
    from engine.hardening import limit_process
    from engine.intake import report_of, take_in
    from engine.service.messages import ProjectFacts, SaveProject
    from engine.sources import save_project
    from engine.vault.facts import check_facts
    from engine.vault.keys import Locking
    from engine.washing.recipe_file import open_recipe

    limit_process()
    recipe = open_recipe(Path(arguments.recipe))
    files = [(Path(file), read_secret(argparse.Namespace(file=file, identity=arguments.identity))) for file in arguments.files]
    folder = Path(arguments.out)
    facts = ProjectFacts(arguments.name or folder.name, arguments.purpose, arguments.legal_basis, arguments.delete_by)
    check_facts(facts)
    question = SaveProject(str(folder), facts, _read_passphrase(folder.name), arguments.recovery)
    task = progress(texts)
    locking = Locking(question.passphrase) if question.passphrase else None
    intake, source = take_in(files, recipe, task.part(0.0, 0.8))
    save_project(source, question, task.part(0.8, 1.0), locking=locking)
    spoken = Texts(JSON_LANGUAGE) if arguments.json else texts
    report = report_of(intake, folder, spoken)
    _print_found(report, lambda: report.readable(texts), as_json=arguments.json)
    return 0


def _scan(arguments: argparse.Namespace, texts: Texts) -> int:
    from engine.hardening import limit_process
    from engine.personal_scan import scan

    limit_process()
    found = scan(_opened_path(Path(arguments.file)), read_secret(arguments), progress(texts))
    _print_found(found, lambda: found.readable(texts), as_json=arguments.json)
    return 0 if found.clean else FOUND


def _add_validation(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", metavar="PROJECT", help="project folder")
    parser.add_argument("--identity", metavar="KEYFILE", help="age identity file; without it the passphrase is read from standard input")
    parser.add_argument("--seed", metavar="N", type=_seed, help="draw the sample of this seed (default: the last that was drawn)")
    parser.add_argument("--cases", metavar="N", type=int, default=12, help="cases of the sample (default 12)")
    parser.add_argument("--method", choices=("by_variant", "random"), default="by_variant", help="how the sample is drawn")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _validation(arguments: argparse.Namespace, texts: Texts) -> int:
    from engine.hardening import limit_process
    from engine.service.messages import DrawSample
    from engine.validation.values import Method
    from engine.validation_report import report_on

    limit_process()
    folder = _opened_path(Path(arguments.project))
    arguments.file = folder
    wanted = None if arguments.seed is None else DrawSample(arguments.cases, Method(arguments.method), arguments.seed)
    spoken = Texts(JSON_LANGUAGE) if arguments.json else texts
    found = report_on(folder, read_secret(arguments), wanted, spoken, progress(texts))
    _print_found(found, lambda: found.readable(texts), as_json=arguments.json)
    return 0


def _add_demo_extract(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("log", choices=("A", "B", "C"), help="A: academics' contact courses, B: placements, C: recruitment requests")
    parser.add_argument("--out", metavar="FOLDER", required=True, help="folder for the files; it is made where it is missing")
    parser.add_argument("--clean", action="store_true", help="without any defect")
    parser.add_argument("--seed", metavar="N", type=_seed, help="another whole number gives other cases (default: the documented log)")


def _seed(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise argparse.ArgumentTypeError("a whole number of at most 18 digits is needed")
    return int(text)


def _demo_extract(arguments: argparse.Namespace, texts: Texts) -> int:
    from engine.demo.extracts import check_folder, make_extract, write_extract

    folder = Path(arguments.out)
    check_folder(arguments.log, folder)
    extract = make_extract(arguments.log, arguments.clean, arguments.seed, task=progress(texts))
    paths = write_extract(extract, folder)
    _clear_progress(sys.stderr)
    lines = [f"{form.name}: {texts.plural('{n} row', '{n} rows', form.rows)}" for form in extract.truth.files]
    lines.append(texts(MADE_UP, file=paths[-1].name))
    sys.stdout.buffer.write(printable("\n".join(lines)).encode("utf-8", "replace") + b"\n")
    sys.stdout.flush()
    return 0


def _describe(arguments: argparse.Namespace, texts: Texts) -> int:
    from engine.hardening import limit_process
    from engine.sources import read_kept

    limit_process()
    spoken = Texts(JSON_LANGUAGE) if arguments.json else texts
    task = progress(texts)
    found, project = read_kept(arguments.file, read_secret(arguments), read_options(arguments), task)
    if project is not None and arguments.object_type:
        found = _of_notion(project, arguments.object_type, task)
    description, shown = _described(found, project, arguments, (spoken, texts), task)
    _print_found(description, shown, as_json=arguments.json)
    return 0


def _of_notion(project: Source, notion: str, task: Task) -> EventLog:
    """The log of a project with the objects of a type as its cases."""
    from engine.notions import choose_notion

    log = choose_notion(project, notion, task).log
    if log is None:
        raise BadInput(N_("No log is open."))
    return log


def _quality(arguments: argparse.Namespace, texts: Texts) -> int:
    from engine.hardening import limit_process
    from engine.quality_command import describe_quality
    from engine.sources import read_any

    limit_process()
    spoken, task = Texts(JSON_LANGUAGE) if arguments.json else texts, progress(texts)
    log = read_any(arguments.file, read_secret(arguments), read_options(arguments), task.part(0.0, 0.5))
    told, lines = describe_quality(log, arguments.file, arguments.timezone, spoken, task.part(0.5, 1.0))
    _print_found(told, lambda: lines, as_json=arguments.json)
    return 0


def _described(
    found: EventLog | ObjectLog, project: Source | None, arguments: argparse.Namespace, languages: tuple[Texts, Texts], task: Task
) -> tuple[Struct, Callable[[], str]]:
    """The numbers of a log, of a project with whether they are signed, and how they are written for people."""
    from engine.description import describe, readable
    from engine.log.event_log import EventLog
    from engine.ocel.description import describe_objects, readable_objects
    from engine.validation_report import mark_of, marked

    (spoken, texts), name = languages, Path(arguments.file).name
    if isinstance(found, EventLog):
        described = describe(found, spoken, task, None if project is None else project.spells)
        if project is None:
            return described, lambda: readable(described, name, texts)
        description, sentence = marked(described, project, task), mark_of(project, texts, task)
        return description, lambda: f"{readable(description, name, texts)}\n\n{sentence}"
    objects = describe_objects(found, arguments.timezone, spoken, task)
    return objects, lambda: readable_objects(objects, name, texts)


def _export_ocel(arguments: argparse.Namespace, texts: Texts) -> int:
    from engine.hardening import limit_process
    from engine.notions import objects_to_export
    from engine.ocel.exporting import NOT_OBJECTS, export_log, form_of
    from engine.ocel.object_log import ObjectLog
    from engine.sources import read_kept, record

    limit_process()
    target, task = Path(arguments.out), progress(texts)
    form = form_of(target)
    arguments.object_type = None
    log, project = read_kept(arguments.file, read_secret(arguments), read_options(arguments), task.part(0.0, 0.6))
    if project is not None:
        log = objects_to_export(project)
    if not isinstance(log, ObjectLog):
        raise BadInput(NOT_OBJECTS, file=Path(arguments.file).name)
    stored = export_log(log, target, arguments.to, arguments.timezone, task.part(0.6, 1.0))
    if project is not None:
        record(project, "export", {"kind": f"ocel-{form}", "k": 0, "sha256": stored.sha256}, task)
    _clear_progress(sys.stderr)
    print(printable(texts(EXPORTED, file=target.name, events=log.n_events, objects=log.n_objects, sha256=stored.sha256)))
    return 0


def _place(error: BaseException) -> str:
    """Module and line of our code where the error arose."""
    trace, place = error.__traceback__, "?"
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__", ""))
        if name.split(".", maxsplit=1)[0] in {"engine", "gui"}:
            place = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
