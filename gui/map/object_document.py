"""The map of objects as a page to hand out: what the process map's page has, with the objects' map and its types on it."""

from __future__ import annotations

from engine.service.messages import ObjectMapAnswer
from engine.texts import Texts
from gui.map.document import Facts, MapDocument
from gui.map.legend import Legend
from gui.map.object_scene import as_map, build_object_scene, object_legend
from gui.map.object_words import counting_sentence, type_name
from gui.map.scene import MapScene
from gui.map.style import MapStyle


class ObjectDocument(MapDocument):
    """The page for one map of objects."""

    def __init__(self, objects: ObjectMapAnswer, facts: Facts, texts: Texts, style: MapStyle) -> None:
        self.objects = objects
        super().__init__(as_map(objects), facts, texts, style)

    def _build_scene(self) -> MapScene:
        return build_object_scene(self.objects, self._texts, self.style)

    def _make_legend(self) -> Legend:
        return object_legend(self.objects, self._texts)

    def _sentences(self) -> list[str]:
        texts, shown = self._texts, self.objects.map
        silent = [type_name(one.name, texts) for one in shown.types if one.number not in shown.shown]
        lines = [counting_sentence(texts)]
        if shown.k:
            lines.append(texts("Numbers of fewer than {k} objects, or of fewer than {k} cases, are left out.", k=shown.k))
        if silent:
            lines.append(texts("Types of objects that are not on the map: {types}.", types=", ".join(silent)))
        return lines

    def _definitions(self) -> list[str]:
        return []
