"""A model as a file's content, in one of three formats."""

from __future__ import annotations

from engine.layout.values import MapLayout
from engine.models.bpmn_file import Wording, write_bpmn
from engine.models.pnml_file import write_pnml
from engine.models.tables import write_table
from engine.models.values import Model, Notation
from engine.models.words import KINDS, about_sentences, describe_part
from engine.service.model_messages import ModelFormat
from engine.texts import Texts

NOTATION_OF = {ModelFormat.BPMN: Notation.BPMN, ModelFormat.PNML: Notation.PETRI}
"""Formats that hold one notation only."""


def write_file(model: Model, layout: MapLayout, form: ModelFormat, title: str, texts: Texts, marked: str = "") -> bytes:
    """The content of a file that holds the model. marked: a sentence about its data, such as that they are not validated."""
    if form is ModelFormat.CSV:
        return write_table(model, KINDS, texts, marked)
    if form is ModelFormat.PNML:
        return write_pnml(model, layout, f"{title} – {marked}" if marked else title)
    about = " ".join(sentence for sentence in (*about_sentences(model, texts), marked) if sentence)
    words = Wording(texts("Start"), texts("End"), texts("Choice"), about, lambda part: describe_part(part, model, texts))
    return write_bpmn(model, layout, title, words)
