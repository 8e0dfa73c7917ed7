"""The commands that draw: `map`, `model`, `demo`, and the window itself. The rest of the command line is in engine.cli."""

from __future__ import annotations

import ctypes
import math
import os
import sys
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from engine import cli
from engine.demo import DEMO_PROJECT, PASSPHRASE
from engine.errors import N_, BadInput
from engine.layout.values import Orientation
from engine.process_map.values import Metric
from engine.service.messages import LogSummary, MapAnswer, MapQuery, Open, Opened, Prepare, RecordExport, Secret, UseRoles
from engine.texts import LANGUAGES, Texts
from gui import model_command

if TYPE_CHECKING:
    from engine.service.client import EngineClient
    from gui.map.document import MapDocument
    from gui.map.export import ExportKind

BASE_PACKAGES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
}
"""System libraries that Qt needs on Linux, with the Debian and Ubuntu package of each."""
WINDOW_PACKAGES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""What a window on X11 needs besides."""
APPEARANCES = ("light", "dark", "projector")
WINDOWLESS = ("offscreen", "minimal", "vnc")
MISSING = N_("Qt needs system libraries that are not installed. Install them with:  sudo apt-get install {packages}")
NO_DISPLAY = N_("No window: there is no display here (DISPLAY and WAYLAND_DISPLAY are not set), so the map was drawn into files.")
ASKED_OFFSCREEN = N_("No window, as asked: the map was drawn into files.")
DEMO_PNG_FACTOR, PNG_FACTOR = 2.0, 3.0


def main(arguments: list[str]) -> int:
    """Run `map`, `model`, `demo`, or open the window (with a file when one is named); returns the exit status."""
    texts = Texts(cli.system_language())
    if arguments[:1] == ["map"]:
        options = _map_parser().parse_args(arguments[1:])
        spoken = Texts(options.lang or texts.language)
        return cli.run(lambda: _draw(options, spoken), spoken, str(options.file))
    if arguments[:1] == ["model"]:
        wanted = model_command.model_parser().parse_args(arguments[1:])
        told = Texts(wanted.lang or texts.language)
        return cli.run(lambda: _model(wanted, told), told, str(wanted.file))
    if arguments[:1] == ["demo"]:
        demo = _demo_parser().parse_args(arguments[1:])
        return cli.run(lambda: _demo(demo, texts), texts, str(DEMO_PROJECT))
    path = arguments[0] if arguments else None
    return cli.run(lambda: _window(path, texts), texts, path or "")


def _map_parser() -> cli.Parser:
    parser = cli.Parser(prog=f"{cli.PROGRAM} map", description="Draw the process map to a file, with guarded numbers.")
    cli.add_source_arguments(parser)
    parser.add_argument("--out", required=True, metavar="FILE", help="file to write: .svg, .pdf or .png")
    parser.add_argument("--activities", type=_percent, metavar="P", help="per cent of the ranked steps (default: what can be read)")
    parser.add_argument("--paths", type=_percent, metavar="P", help="per cent of the ranked paths")
    parser.add_argument("--metric", choices=[metric.value for metric in Metric], default=Metric.MEDIAN.value, help="what the colours show")
    parser.add_argument("--exact", action="store_true", help="exact numbers, for your own file")
    parser.add_argument("--lang", choices=LANGUAGES, help="language of the texts")
    parser.add_argument("--appearance", choices=APPEARANCES, default="light", help="projector is larger, with more contrast")
    parser.add_argument("--landscape", action="store_true", help="let the flow run from left to right")
    return parser


def _demo_parser() -> cli.Parser:
    parser = cli.Parser(prog=f"{cli.PROGRAM} demo", description="Open the demo project, whose cases are made up.")
    parser.add_argument("--out", metavar="DIR", default=".", help="where pictures go when there is no window (default: here)")
    parser.add_argument("--offscreen", action="store_true", help="draw pictures instead of opening a window")
    return parser


def _percent(text: str) -> float:
    try:
        value = float(text.strip().rstrip("%").replace(",", "."))
    except ValueError:
        value = math.nan
    if not 0 <= value <= 100:
        raise ArgumentTypeError("a number from 0 to 100 is needed")
    return value


# ---- the window --------------------------------------------------------------------------------------------------------------


def _window(path: str | None, texts: Texts) -> int:
    if path is not None and not Path(path).exists():
        raise BadInput(N_("There is no command and no file named {name}."), name=path)
    check_libraries(window=True)
    from gui import app

    return app.run(path)


def has_display() -> bool:
    """Whether a window can be shown."""
    if os.environ.get("QT_QPA_PLATFORM", "").split(":")[0] in WINDOWLESS:
        return False
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def check_libraries(window: bool, load: Callable[[str], Any] = ctypes.CDLL) -> None:
    """Raise BadInput with the exact install line when system libraries that Qt needs on Linux are missing."""
    if not sys.platform.startswith("linux"):
        return
    wanted = BASE_PACKAGES | (WINDOW_PACKAGES if window and os.environ.get("DISPLAY") else {})
    missing = [package for library, package in wanted.items() if not _loads(library, load)]
    if missing:
        raise BadInput(MISSING, packages=" ".join(missing))


def _loads(library: str, load: Callable[[str], Any]) -> bool:
    try:
        load(library)
    except OSError:
        return False
    return True


# ---- drawing -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    """A map ready to be written: the page, the exact map beside it, and what was opened."""

    document: MapDocument
    exact: MapAnswer
    opened: Opened


@contextmanager
def _engine() -> Iterator[EngineClient]:
    from engine.service.client import EngineClient

    client = EngineClient()
    client.start()
    try:
        yield client
    finally:
        client.close()


def _draw(options: Namespace, texts: Texts) -> int:
    from gui.map.export import ExportKind

    check_libraries(window=False)
    path = Path(options.out)
    try:
        kind = ExportKind(path.suffix.lower().removeprefix("."))
    except ValueError:
        raise BadInput(N_("The name of the picture must end in .svg, .pdf or .png, not {name}."), name=path.name) from None
    task = cli.progress(texts)

    def report(fraction: float | None, message: str, values: dict[str, Any]) -> None:
        task.report(fraction, message, **values)

    with _qt(), _engine() as client:
        opened = _open(client, Open(options.file, cli.read_secret(options), cli.read_options(options)), report)
        query = _query(client, options, texts, report)
        drawn = _document(client, opened, query, texts, report, options.appearance)
        _write(client, drawn.document, path, kind, PNG_FACTOR)
    _clear_progress()
    for sentence in (texts("Wrote {file}.", file=path.name), *_what_is_left_out(drawn, texts), drawn.document.facts.standing):
        print(sentence)
    return 0


def _model(options: Namespace, texts: Texts) -> int:
    """Write a model; Qt is needed for pictures only."""
    draws = model_command.kind_of(Path(options.out)) in model_command.PICTURES
    if draws:
        check_libraries(window=False)
    task = cli.progress(texts)

    def report(fraction: float | None, message: str, values: dict[str, Any]) -> None:
        task.report(fraction, message, **values)

    with _qt() if draws else nullcontext(), _engine() as client:
        opened = _open(client, Open(options.file, cli.read_secret(options), cli.read_options(options)), report)
        sentences = model_command.write_model(client, opened, options, texts, report)
    _clear_progress()
    for sentence in sentences:
        print(sentence)
    return 0


def _clear_progress() -> None:
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _open(client: EngineClient, question: Open, report: Any) -> Opened:
    opened: Opened = client.call(question, report)
    if opened.summary is None:
        opened = client.call(UseRoles(question.options), report)
    client.call(Prepare(), report)
    return opened


def _query(client: EngineClient, options: Namespace, texts: Texts, report: Any) -> MapQuery:
    """The question for the map: per cents of the ranked steps and paths as numbers of them."""
    metric = Metric(options.metric)
    query = MapQuery(
        colour=metric,
        label=Metric.OCCURRENCES if metric.is_time else metric,
        second=metric if metric.is_time else Metric.MEDIAN,
        guarded=not options.exact,
        projector=options.appearance == "projector",
        language=texts.language,
        orientation=Orientation.LANDSCAPE if options.landscape else Orientation.PORTRAIT,
    )
    if options.activities is not None:
        most: MapAnswer = client.call(replace(query, guarded=False), report)
        query = replace(query, steps=_share_of(most.steps_max, options.activities))
    if options.paths is not None:
        most = client.call(replace(query, guarded=False), report)
        query = replace(query, paths=_share_of(most.paths_max, options.paths))
    return query


def _share_of(most: int, percent: float) -> int:
    return max(1, math.ceil(most * percent / 100 - 1e-9))


def _document(
    client: EngineClient, opened: Opened, query: MapQuery, texts: Texts, report: Any, appearance: str = APPEARANCES[0]
) -> Drawn:
    """The page with the map of a question."""
    from gui.map.document import MapDocument, facts_of
    from gui.map.style import map_style
    from gui.theme import Appearance

    exact: MapAnswer = client.call(replace(query, guarded=False), report)
    answer: MapAnswer = client.call(query, report) if query.guarded else exact
    facts = facts_of(opened, query, texts, opened.timezone)
    style = map_style(Appearance(appearance), figures=False)
    return Drawn(MapDocument(answer, facts, texts, style, exact=exact.map), exact, opened)


@contextmanager
def _qt() -> Iterator[None]:
    """Qt without a window, with the bundled fonts."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication

    from gui.theme import load_fonts

    application = QGuiApplication.instance() or QGuiApplication([cli.PROGRAM])
    load_fonts()
    yield
    del application


def _write(client: EngineClient, document: MapDocument, path: Path, kind: ExportKind, factor: float) -> None:
    """Make the file, tell the audit log, and write."""
    from gui.map.export import export_bytes
    from gui.map.file_writing import sha256, write_whole

    content = export_bytes(document, kind, factor)
    client.call(RecordExport(kind.value, document.answer.map.k, sha256(content), document.answer.query.selection))
    write_whole(path, content)


def _what_is_left_out(drawn: Drawn, texts: Texts) -> list[str]:
    """Coverage, and what the guard changed."""
    from gui.map.words import coverage_sentence, guard_changes, left_out_sentence

    shown = drawn.document.answer.map
    sentences = [coverage_sentence(shown.coverage, texts), left_out_sentence(shown.coverage, texts)]
    sentences += guard_changes(drawn.exact.map, shown, texts) if shown.k else [drawn.document.guard_sentence()]
    return [sentence for sentence in sentences if sentence]


# ---- the demo ----------------------------------------------------------------------------------------------------------------


def _demo(options: Namespace, texts: Texts) -> int:
    if not options.offscreen and has_display():
        check_libraries(window=True)
        from gui import app

        return app.run(demo=True)
    return _demo_offscreen(Path(options.out), texts, ASKED_OFFSCREEN if options.offscreen else NO_DISPLAY)


def _demo_offscreen(folder: Path, texts: Texts, reason: str) -> int:
    """Open, discover and draw the demo without a window; pictures and a summary."""
    from gui.map.export import ExportKind

    check_libraries(window=False)
    task = cli.progress(texts)

    def report(fraction: float | None, message: str, values: dict[str, Any]) -> None:
        task.report(fraction, message, **values)

    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    with _qt(), _engine() as client:
        opened = _open(client, Open(str(DEMO_PROJECT), Secret(passphrase=PASSPHRASE)), report)
        drawn = _document(client, opened, MapQuery(guarded=True, language=texts.language), texts, report)
        files = [(folder / "sagsflow-demo.png", ExportKind.PNG), (folder / "sagsflow-demo.svg", ExportKind.SVG)]
        for path, kind in files:
            _write(client, drawn.document, path, kind, DEMO_PNG_FACTOR)
    _clear_progress()
    for sentence in _summary(drawn, texts):
        print(sentence)
    print(texts("Wrote {png} and {svg}.", png=str(files[0][0]), svg=str(files[1][0])))
    print(texts(reason))
    return 0


def _summary(drawn: Drawn, texts: Texts) -> list[str]:
    """What was opened and found, in a few lines."""
    from gui.map.words import coverage_sentence, spine_sentence

    exact, log = drawn.exact, drawn.opened.summary
    coverage = exact.map.coverage
    shown = {"shown": coverage.steps_shown, "all": coverage.steps_all, "paths": coverage.paths_shown}
    return [
        texts("{name}: synthetic data, no real person or case.", name=drawn.document.facts.title),
        texts("{cases} cases, {events} events, {variants} variants.", **_counts(log)),
        texts("{shown} of {all} steps and {paths} paths on the map.", **shown),
        coverage_sentence(coverage, texts),
        spine_sentence(exact, texts),
        *_bottleneck(exact, texts),
    ]


def _counts(log: LogSummary | None) -> dict[str, int]:
    return {"cases": log.n_cases, "events": log.n_events, "variants": log.n_variants} if log else {"cases": 0, "events": 0, "variants": 0}


def _bottleneck(answer: MapAnswer, texts: Texts) -> list[str]:
    """The path where the cases wait longest in all."""
    from gui.map.words import step_name

    timed = [path for path in answer.map.paths if path.times is not None and path.source >= 0 and path.target >= 0]
    if not timed:
        return []
    worst = max(timed, key=lambda path: path.times.total if path.times else 0.0)
    times = worst.times
    if times is None:
        return []
    return [
        texts(
            "Most waiting: from “{source}” to “{target}”, {total} in all, median {median}.",
            source=step_name(answer, worst.source, texts),
            target=step_name(answer, worst.target, texts),
            total=texts.long_duration(times.total),
            median=texts.long_duration(times.median),
        )
    ]
