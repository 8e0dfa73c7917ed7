"""The command `model`: a model of a log as a file, without a window; pictures need Qt, the other formats do not."""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine import cli
from engine.errors import N_, BadInput
from engine.models.values import Miner, Notation
from engine.models.words import about_sentences
from engine.service.messages import ModelAnswer, ModelFile, ModelFileQuery, ModelFormat, ModelQuery, Opened, RecordExport
from engine.texts import LANGUAGES, Texts
from engine.validation.words import standing_sentence

if TYPE_CHECKING:
    from engine.service.client import EngineClient

PICTURES = ("svg", "pdf", "png")
PNG_FACTOR = 3.0

Report = Callable[[float | None, str, dict[str, Any]], None]


def model_parser() -> cli.Parser:
    """The arguments of `model`."""
    parser = cli.Parser(prog=f"{cli.PROGRAM} model", description="Write a model of the log to a file, with guarded numbers.")
    cli.add_source_arguments(parser)
    parser.add_argument("--out", required=True, metavar="FILE", help="file to write: .bpmn, .pnml, .csv, .svg, .pdf or .png")
    kinds = [notation.value for notation in Notation]
    parser.add_argument("--kind", choices=kinds, default=Notation.BPMN.value, help="notation of pictures and tables")
    parser.add_argument("--miner", choices=[miner.value for miner in Miner], default=Miner.INDUCTIVE.value, help="how the model is found")
    parser.add_argument("--noise", type=_share, default=0.2, metavar="SHARE", help="0 to 1: what is rarer does not shape the model")
    parser.add_argument("--steps", type=_number, metavar="N", help="of the N first steps in the map's order (default: as many as it shows)")
    parser.add_argument("--exact", action="store_true", help="exact numbers, for your own file")
    parser.add_argument("--lang", choices=LANGUAGES, help="language of the texts")
    return parser


def _share(text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise ArgumentTypeError("a number from 0 to 1 is needed")
    return value


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise ArgumentTypeError("a number from 1 is needed")
    return int(text)


def model_query(options: Namespace, language: str) -> ModelQuery:
    """The question that the arguments ask."""
    return ModelQuery(
        notation=Notation(options.kind),
        miner=Miner(options.miner),
        noise=options.noise,
        steps=options.steps,
        guarded=not options.exact,
        language=language,
    )


def kind_of(path: Path) -> str:
    """What the name of the file asks for; raises BadInput for anything else."""
    kind = path.suffix.lower().removeprefix(".")
    if kind not in (*PICTURES, *(form.value for form in ModelFormat)):
        raise BadInput(N_("The name of the model's file must end in .bpmn, .pnml, .csv, .svg, .pdf or .png, not {name}."), name=path.name)
    return kind


def write_model(client: EngineClient, opened: Opened, options: Namespace, texts: Texts, report: Report) -> list[str]:
    """Write the file, tell the audit log; what there is to say about it."""
    from gui.map.file_writing import sha256, write_whole

    path, query = Path(options.out), model_query(options, texts.language)
    kind, title = kind_of(path), opened.facts.name if opened.facts else Path(opened.name).name.partition(".")[0] or opened.name
    if kind in PICTURES:
        answer: ModelAnswer = client.call(query, report)
        content = _picture(answer, opened, kind, texts)
    else:
        made: ModelFile = client.call(ModelFileQuery(query, ModelFormat(kind), title), report)
        content, answer = made.content, made.answer
    client.call(RecordExport(kind, answer.model.k, sha256(content), query.selection))
    write_whole(path, content)
    about = [texts("Wrote {file}.", file=path.name), *about_sentences(answer.model, texts)]
    return [*about, standing_sentence(opened.standing, texts, opened.timezone)]


def _picture(answer: ModelAnswer, opened: Opened, kind: str, texts: Texts) -> bytes:
    from gui.map.document import facts_of
    from gui.map.export import ExportKind, export_bytes
    from gui.map.model_document import ModelDocument
    from gui.map.model_scene import as_map
    from gui.map.style import map_style
    from gui.theme import Appearance

    facts = facts_of(opened, as_map(answer).query, texts, opened.timezone)
    document = ModelDocument(answer, facts, texts, map_style(Appearance.LIGHT, figures=False))
    return export_bytes(document, ExportKind(kind), PNG_FACTOR)
