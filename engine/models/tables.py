"""A model as a table: one row for each node and each flow, with its numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from engine.errors import N_
from engine.models.values import Model, ModelNode, NodeKind
from engine.process_map.values import END, START, Metric, Path
from engine.texts import HOUR, Texts

HEAD = (
    N_("Kind"), N_("Name"), N_("From"), N_("To"), N_("Cases"), N_("Times passed"),
    N_("Waiting time, median (h)"), N_("Waiting time, mean (h)"), N_("Waiting time, 90% within (h)"),
)  # fmt: skip
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so could be read as a formula."""


def write_table(model: Model, kinds: Mapping[NodeKind, str], texts: Texts, note: str = "") -> bytes:
    """CSV as a Danish or English spreadsheet opens it: semicolons and decimal commas, or commas and decimal points. Times in hours.

    kinds: what nodes are called. note: what the reader must know about the data, in a last row of its own.
    """
    danish = texts.language == "da"
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";" if danish else ",", lineterminator="\r\n")
    writer.writerow([texts(word) for word in HEAD])
    names = {START: texts("Start"), END: texts("End")} | {node.node: _name(node, kinds, texts) for node in model.nodes}
    rows = [_node_row(node, names, kinds, texts) for node in model.nodes] + [_flow_row(flow, names, texts) for flow in model.flows]
    if note:
        rows.append([texts("Note"), note, *([None] * (len(HEAD) - 2))])
    for row in rows:
        writer.writerow([_cell(value, danish) for value in row])
    return ("\ufeff" + stream.getvalue()).encode("utf-8")


def _name(node: ModelNode, kinds: Mapping[NodeKind, str], texts: Texts) -> str:
    return node.name or f"{texts(kinds[node.kind])} {node.node}"


def _node_row(node: ModelNode, names: Mapping[int, str], kinds: Mapping[NodeKind, str], texts: Texts) -> list[str | int | float | None]:
    return [texts(kinds[node.kind]), names[node.node], None, None, node.cases, node.occurrences, None, None, None]


def _flow_row(flow: Path, names: Mapping[int, str], texts: Texts) -> list[str | int | float | None]:
    times = flow.times
    hours: list[float | None] = [None] * 3
    if times is not None:
        hours = [times.median / HOUR, times.mean / HOUR, None if Metric.P90 in times.hidden else times.p90 / HOUR]
    return [texts("Flow"), None, names[flow.source], names[flow.target], flow.cases, flow.occurrences, *hours]


def _cell(value: str | float | None, danish: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}".replace(".", ",") if danish else f"{value:.2f}"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(DANGEROUS) else text
