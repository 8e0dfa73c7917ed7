"""The first view fits the room that the window has: names can be read, before and after better places have been found."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from build_scripts.make_demo import demo_contents
from engine.importing.reading import read_log
from engine.layout.values import MovedStep, Orientation, sizes_for
from engine.log.columns import ReadOptions
from engine.process_map.abstraction import ways_from_start_to_end
from engine.process_map.default_view import LEAST_STEPS, Sheet, is_readable
from engine.process_map.drawing import draw_map, find_seed
from engine.process_map.study import Study
from engine.service.messages import MapAnswer, MapQuery
from engine.tasks import Task
from tests.real_logs import log_path

ROOMS = [(699, 608), (1063, 699), (1616, 925), (2458, 1063)]


def sheet(answer: MapAnswer) -> Sheet:
    return Sheet(sizes_for(projector=answer.query.projector, landscape=answer.layout.landscape), answer.query.room)


def study_of(name: str) -> Study:
    path = log_path(name)
    return Study(read_log(path.read_bytes(), path.name, ReadOptions(), Task()))


@pytest.mark.parametrize("name", ["receipt", "SEPSIS", "BPI_2020_DomesticDeclarations", "BPIC15_1"])
def test_names_are_readable_in_every_room_before_and_after_arranging(name: str) -> None:
    study = study_of(name)
    shown: dict[tuple[object, ...], tuple[int, int]] = {}
    for _ in range(2):
        for room in ROOMS:
            for projector in (False, True):
                answer = draw_map(study, MapQuery(room=room, projector=projector), Task())
                px = sheet(answer).scale(answer.layout) * sheet(answer).sizes.name_px
                assert px >= (14 if projector else 10.5) or len(answer.map.steps) == answer.steps_min
                amount = len(answer.map.steps), len(answer.map.paths)
                assert shown.setdefault((room, projector), amount) == amount
        find_seed(study, Task())


def test_a_wide_room_lets_the_flow_lie_down_where_that_shows_more_and_a_choice_by_hand_stands() -> None:
    study = study_of("BPI_2020_DomesticDeclarations")
    assert draw_map(study, MapQuery(room=(1616, 925)), Task()).layout.landscape
    assert not draw_map(study, MapQuery(room=(925, 925)), Task()).layout.landscape
    for room in ((1616, 925), (699, 925)):
        for wanted in (Orientation.PORTRAIT, Orientation.LANDSCAPE):
            layout = draw_map(study, MapQuery(room=room, orientation=wanted), Task()).layout
            assert layout.landscape is (wanted is Orientation.LANDSCAPE)


@pytest.mark.parametrize("projector", [False, True])
def test_a_map_that_is_turned_by_hand_shows_what_it_showed_or_as_many_steps_as_can_be_read(projector: bool) -> None:
    study = study_of("receipt")
    fewer = 0
    for room in ROOMS:
        query = MapQuery(room=room, projector=projector)
        before = len(draw_map(study, query, Task()).map.steps)
        for wanted in (Orientation.PORTRAIT, Orientation.LANDSCAPE):
            turned = replace(query, orientation=wanted)
            answer = draw_map(study, turned, Task())
            steps = len(answer.map.steps)
            assert steps <= before
            assert is_readable(answer.layout, sheet(answer)) or steps == LEAST_STEPS
            if steps < before:
                fewer += 1
                assert not is_readable(draw_map(study, replace(turned, steps=before), Task()).layout, sheet(answer))
    assert 0 < fewer < 2 * len(ROOMS)


def test_a_first_group_of_many_steps_is_thinned_where_the_window_is_small() -> None:
    study = Study(demo_contents()[0].log)
    shown = [draw_map(study, MapQuery(room=room), Task()) for room in ((2458, 1063), (1063, 699), (699, 608), (625, 476))]
    amounts = [len(answer.map.steps) for answer in shown]
    assert amounts == sorted(amounts, reverse=True) and amounts[-1] == shown[0].steps_min == 6
    for answer in shown:
        assert is_readable(answer.layout, sheet(answer))
        paths = [(path.source, path.target) for path in answer.map.paths if path.cases >= 5]
        assert ways_from_start_to_end(paths) == {step.step for step in answer.map.steps}


def test_a_moved_step_moves_no_other_before_the_map_is_arranged_either() -> None:
    study = study_of("receipt")
    before = draw_map(study, MapQuery(steps=20), Task())
    card = next(card for card in before.layout.cards if not card.spine)
    name = next(step.name for step in before.map.steps if step.step == card.step)
    away = MovedStep(name, card.row - card.rank, 7 if card.column > 0 else -7)
    after = draw_map(study, MapQuery(steps=20, moved=(away,)), Task())
    cells = {one.step: (one.row, one.column) for one in before.layout.cards}
    assert {one.step: (one.row, one.column) for one in after.layout.cards} == {**cells, card.step: (card.row, away.column)}
