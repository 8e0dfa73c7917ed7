"""Right of the map of objects: the numbers of the selected step or path by type, or all types with their numbers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from engine.object_map.values import ObjectMap, ObjectStep, TypeCount
from engine.service.messages import ObjectMapAnswer
from gui.map.inspector import show_names
from gui.map.object_controls import SignView
from gui.map.object_scene import signs_of
from gui.map.object_words import counting_sentence, found_on, path_name, type_name
from gui.map.style import map_style
from gui.store import Selected, Store
from gui.widgets.definition import explain
from gui.widgets.parts import clear_layout, column, hairline, label, row
from gui.widgets.side_panel import SidePanel


class ObjectPanel(SidePanel):
    """Follows what is selected on the page of the objects."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.answer: ObjectMapAnswer | None = None
        self.selected: Selected = None
        self.tag, self.title, self.line = label("tag"), label("card_title", wrap=True), label("small", wrap=True)
        show_names(self.title)
        self.title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.rows = column(0)
        self.note = label("small", wrap=True)
        for gap, part in ((0, self.tag), (8, self.title), (4, self.line)):
            self.body.addSpacing(gap)
            self.body.addWidget(part, 0, Qt.AlignmentFlag.AlignLeft if part is self.tag else Qt.AlignmentFlag(0))
        self.body.addSpacing(12)
        self.body.addLayout(self.rows)
        self.body.addSpacing(12)
        self.body.addWidget(self.note)
        self.body.addStretch()
        self.ready()

    def show_selected(self, answer: ObjectMapAnswer | None, selected: Selected) -> None:
        """Show the numbers of a step or path of a map; those of the types where nothing is selected."""
        self.answer, self.selected = answer, selected
        self.retranslate()

    def retranslate(self) -> None:
        """Write everything in the language in force."""
        clear_layout(self.rows)
        texts, answer = self.store.texts, self.answer
        self.note.setText(counting_sentence(texts) if answer is not None else "")
        found = found_on(answer, self.selected) if answer is not None else None
        if answer is None:
            for part in (self.tag, self.title, self.line):
                part.setText("")
        elif found is None:
            self._write_types(answer.map)
        elif isinstance(found, ObjectStep):
            self._write_head(texts("Step"), found.name, texts.plural("{n} event", "{n} events", found.events))
            self._write_counts(answer.map, found.counts, texts("Events"))
            self._write_loops(answer.map, found.step)
        else:
            n = sum(count.times for count in found.counts)
            self._write_head(texts("Path"), path_name(found, answer.map, texts).replace(" → ", " →\n"), self._transitions(n))
            self._write_counts(answer.map, found.counts, texts("Transitions"))
        self.tag.setVisible(answer is not None)

    def restyle(self) -> None:
        """Signs take their colours."""
        self.retranslate()
        self.setMinimumWidth(min(self.sizes.inspector, 320))

    def _transitions(self, n: int) -> str:
        return self.store.texts.plural("{n} transition", "{n} transitions", n)

    def _write_head(self, tag: str, title: str, line: str) -> None:
        self.tag.setText(tag)
        self.title.setText(title)
        self.line.setText(line)
        self.line.setVisible(bool(line))

    def _write_types(self, shown: ObjectMap) -> None:
        texts = self.store.texts
        n = len(shown.types)
        self._write_head(texts("Types of objects"), texts.plural("{n} type of object", "{n} types of objects", n), "")
        self.line.setText(texts.plural("{n} event among the selected cases.", "{n} events among the selected cases.", shown.n_events))
        self.line.show()
        for one in shown.types:
            n_objects = texts.number(one.objects) if one.objects is not None else "–"
            self._row(shown, one.number, ((texts("Objects"), n_objects),))

    def _write_counts(self, shown: ObjectMap, counts: tuple[TypeCount, ...], times: str) -> None:
        texts = self.store.texts
        for count in counts:
            self._row(shown, count.type, ((texts("Objects"), texts.number(count.objects)), (times, texts.number(count.times))))

    def _write_loops(self, shown: ObjectMap, step: int) -> None:
        texts = self.store.texts
        loops = next((one.counts for one in shown.self_loops if one.source == step), ())
        if loops:
            self.rows.addSpacing(10)
            self.rows.addWidget(label("small_label", texts("Directly again")))
            self._write_counts(shown, loops, texts("Transitions"))

    def _row(self, shown: ObjectMap, kind: int, numbers: tuple[tuple[str, str], ...]) -> None:
        """A type with its numbers, their names below."""
        found = next(one for one in shown.types if one.number == kind)
        holder, line = QWidget(), row(8, (0, 6, 0, 6))
        line.addWidget(SignView(signs_of(shown.types)[kind], map_style(self.store.appearance)), 0, Qt.AlignmentFlag.AlignVCenter)
        shown_name = type_name(found.name, self.store.texts)
        name = label("body", shown_name, wrap=True)
        line.addWidget(name, 1)
        for words, number in numbers:
            pair = column(0)
            for role, text in (("body_strong", number), ("axis", words)):
                part = label(role, text)
                part.setAlignment(Qt.AlignmentFlag.AlignRight)
                pair.addWidget(part)
            line.addLayout(pair)
        holder.setLayout(line)
        holder.setAccessibleName(f"{shown_name}: " + ", ".join(f"{words} {number}" for words, number in numbers))
        explain(holder, shown_name, [f"{words}: {number}" for words, number in numbers])
        self.rows.addWidget(holder)
        self.rows.addWidget(hairline())
