"""The map as a page to hand out: title, selection, the map, legend and what one has to know to read it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from engine.errors import N_
from engine.process_map.values import Metric, ProcessMap
from engine.service.messages import MapAnswer, MapQuery, Opened
from engine.texts import Texts
from engine.validation.words import SYNTHETIC, standing_sentence
from gui.map.legend import Legend, LegendPainter, make_legend
from gui.map.lettering import draw_text
from gui.map.painter import paint_map
from gui.map.scene import MapScene, build_scene
from gui.map.style import TEXT_SCALE, MapStyle
from gui.map.words import (
    CLOCK,
    coarse_counts,
    coverage_sentence,
    left_out_sentence,
    metric_definition,
    metric_name,
    prefix_sentence,
    spine_sentence,
)
from gui.widgets.selection_words import selection_sentence

MARGIN, LEGEND_WIDTH, GAP = 32.0, 232.0, 40.0
LEAST_WIDTH = 780.0
GUARDED = N_("Numbers behind fewer than {k} cases are left out; counts are rounded to the nearest 5.")
COARSER = N_("Numbers behind fewer than {k} cases are left out; counts are rounded to the nearest 5, some of them to the nearest 10.")


@dataclass(frozen=True)
class Facts:
    """What is printed besides the map. made: the date of today in words; saved: when the data were saved, in words, "" when unknown.

    standing: whether the data are validated, or made up, in a sentence; assured: whether they are validated.
    """

    title: str
    selection: str
    made: str
    saved: str = ""
    synthetic: bool = False
    standing: str = ""
    assured: bool = False


def facts_of(opened: Opened, query: MapQuery, texts: Texts, timezone: str) -> Facts:
    """What is printed besides the map."""
    title = opened.facts.name if opened.facts else Path(opened.name).name.partition(".")[0] or opened.name
    saved = ""
    if opened.saved_at:
        moment = int(datetime.fromisoformat(opened.saved_at).timestamp() * 1_000_000)
        saved = texts("Data saved {moment}.", moment=texts.moment(moment, timezone))
    synthetic = bool(opened.facts and opened.facts.synthetic)
    return Facts(
        title=title,
        selection=selection_sentence(query.selection, texts, timezone),
        made=texts.date(int(time.time() * 1_000_000), timezone),
        saved=saved,
        synthetic=synthetic,
        standing=standing_sentence(replace(opened.standing, synthetic=synthetic), texts, timezone),
        assured=opened.standing.signed and not synthetic,
    )


@dataclass(frozen=True)
class _Line:
    text: str
    font: QFont
    colour: QColor
    height: float


class MapDocument:
    """The page for one answer: `size` in px at 100 %, and `paint`. exact: the map that a guarded one was made from."""

    def __init__(self, answer: MapAnswer, facts: Facts, texts: Texts, style: MapStyle, exact: ProcessMap | None = None) -> None:
        self.answer, self.facts, self.style = answer, facts, style
        self._coarse = exact is not None and coarse_counts(exact, answer.map) > 0
        self._texts = texts
        self.scene: MapScene = self._build_scene()
        unit = 1.0 if style.scale == 1 else 1.35
        self._unit = unit
        self._fonts = {"title": style.font(20 * unit, 600), "body": style.font(13 * unit), "small": style.font(12 * unit)}
        self._strong = style.font(12 * unit, 600)
        self.width = max(self.scene.bounds.width() + 2 * MARGIN, LEAST_WIDTH * unit)
        self._legend = LegendPainter(self._make_legend(), style, LEGEND_WIDTH * unit)
        self._head = self._head_lines()
        self._notes = self._note_lines()
        self._map_top = MARGIN + _height(self._head) + 24
        self._foot_top = self._map_top + self.scene.bounds.height() + 32
        foot = max(self._legend.height, _height(self._notes))
        self.height = self._foot_top + 17 + foot + MARGIN

    def _build_scene(self) -> MapScene:
        return build_scene(self.answer, self._texts, self.style)

    def _make_legend(self) -> Legend:
        return make_legend(self.answer, self._texts, self.style)

    @property
    def size(self) -> QSizeF:
        """Width and height of the page."""
        return QSizeF(self.width, self.height)

    @property
    def description(self) -> str:
        """The page in one line: selection, cases and guard."""
        return " ".join(part for part in (self.facts.selection, self._cases(), self._standing(), self.guard_sentence()) if part)

    def guard_sentence(self) -> str:
        """What was done to the numbers before they left the screen."""
        if self.answer.map.k == 0:
            return self._texts("Exact numbers: for your own use only.")
        return self._texts(COARSER if self._coarse else GUARDED, k=self.answer.map.k)

    def paint(self, painter: QPainter) -> None:
        """Paint the page with its upper left corner at the origin."""
        painter.fillRect(QRectF(0, 0, self.width, self.height), self.style.colour("canvas"))
        self._paint_lines(painter, self._head, MARGIN, MARGIN)
        painter.save()
        self.place(painter)
        paint_map(painter, self.scene, self.style)
        painter.restore()
        painter.setPen(QPen(self.style.colour("line"), 1))
        painter.drawLine(QPointF(MARGIN, self._foot_top), QPointF(self.width - MARGIN, self._foot_top))
        top = self._foot_top + 17
        self._legend.paint(painter, MARGIN, top)
        self._paint_lines(painter, self._notes, MARGIN + self._legend.width + GAP, top)

    def place(self, painter: QPainter) -> None:
        """Go from the page's coordinates to the map's own."""
        left = (self.width - self.scene.bounds.width()) / 2 - self.scene.bounds.left()
        painter.translate(left, self._map_top - self.scene.bounds.top())

    def _cases(self) -> str:
        shown = self.answer.map
        if shown.n_cases == shown.n_cases_all:
            return self._texts("{n} cases.", n=shown.n_cases)
        share = self._texts.percent(shown.n_cases / shown.n_cases_all) if shown.n_cases_all else ""
        return self._texts("{n} of {all} cases ({share}).", n=shown.n_cases, all=shown.n_cases_all, share=share)

    def _standing(self) -> str:
        return self._texts(SYNTHETIC) if self.facts.synthetic else self.facts.standing

    def _head_lines(self) -> list[_Line]:
        room = self.width - 2 * MARGIN
        ink, ink_2, caution = (self.style.colour(name) for name in ("ink", "ink_2", "caution"))
        lines = self._wrapped(self.facts.title, self._fonts["title"], ink, 28, room)
        lines += self._wrapped(f"{self.facts.selection} {self._cases()}", self._fonts["body"], ink_2, 20, room)
        lines += self._wrapped(self._standing(), self._strong, ink_2 if self.facts.assured else caution, 18, room)
        return lines

    def _note_lines(self) -> list[_Line]:
        room = self.width - 2 * MARGIN - self._legend.width - GAP
        ink, ink_2 = self.style.colour("ink"), self.style.colour("ink_2")
        lines = self._wrapped(self.guard_sentence(), self._strong, ink, 17, room)
        words = [*self._sentences(), *self._definitions()]
        dated = self._texts("Made {date} with Sagsflow.", date=self.facts.made)
        words.append(f"{self.facts.saved} {dated}".strip())
        for sentence in words:
            lines += self._wrapped(sentence, self._fonts["small"], ink_2, 17, room)
        return lines

    def _sentences(self) -> list[str]:
        """What is shown and what is left out."""
        texts, coverage = self._texts, self.answer.map.coverage
        shown = " ".join(part for part in (coverage_sentence(coverage, texts), left_out_sentence(coverage, texts)) if part)
        return [shown, spine_sentence(self.answer, texts), prefix_sentence(self.answer, texts)]

    def _definitions(self) -> list[str]:
        """What the metrics on the map mean, and the clock of the times."""
        texts, shown = self._texts, self.answer.map
        metrics = dict.fromkeys(metric for metric in (shown.label, shown.second, shown.colour) if metric and metric != Metric.OCCURRENCES)
        lines = [f"{metric_name(metric, shown, texts)}: {metric_definition(metric, shown, texts)}" for metric in metrics]
        return [*lines, texts(CLOCK)] if any(metric.is_time for metric in metrics) else lines

    def _wrapped(self, text: str, font: QFont, colour: QColor, height: float, room: float) -> list[_Line]:
        """A sentence as lines of at most `room` px."""
        metrics, lines, line = QFontMetricsF(font), [], ""
        for word in text.split(" "):
            longer = f"{line} {word}" if line else word
            if line and metrics.horizontalAdvance(longer) * TEXT_SCALE > room:
                lines.append(line)
                line = word
            else:
                line = longer
        return [_Line(one, font, colour, height * self._unit) for one in (*lines, line) if one]

    @staticmethod
    def _paint_lines(painter: QPainter, lines: list[_Line], x: float, y: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for line in lines:
            draw_text(painter, x, y + line.height * 0.72, line.text, line.font, line.colour)
            y += line.height


def _height(lines: list[_Line]) -> float:
    return sum(line.height for line in lines)
