"""The model as a page to hand out: what the map's page has, with the model on it."""

from __future__ import annotations

from engine.models.words import about_sentences
from engine.service.messages import ModelAnswer
from engine.texts import Texts
from gui.map.document import Facts, MapDocument
from gui.map.legend import Legend
from gui.map.model_scene import as_map, build_model_scene, model_legend
from gui.map.model_words import MINER_NAMES, left_out_sentence
from gui.map.scene import MapScene
from gui.map.style import MapStyle


class ModelDocument(MapDocument):
    """The page for one model."""

    def __init__(self, model: ModelAnswer, facts: Facts, texts: Texts, style: MapStyle) -> None:
        self.model = model
        super().__init__(as_map(model), facts, texts, style)

    def _build_scene(self) -> MapScene:
        return build_model_scene(self.model, self._texts, self.style)

    def _make_legend(self) -> Legend:
        return model_legend(self.model, self._texts, self.style)

    def _cases(self) -> str:
        n, n_all = self.model.model.n_cases, self.model.model.n_cases_all
        share = self._texts.percent(n / n_all) if n_all else ""
        return self._texts("{n} cases.", n=n) if n == n_all else self._texts("{n} of {all} cases ({share}).", n=n, all=n_all, share=share)

    def _sentences(self) -> list[str]:
        texts, model = self._texts, self.model.model
        miner, noise = texts(MINER_NAMES[model.miner]), texts.percent(model.noise)
        found = texts("Found by: {miner}. Rare courses left out: {noise}.", miner=miner, noise=noise)
        return [*about_sentences(model, texts), left_out_sentence(model, texts), found]
