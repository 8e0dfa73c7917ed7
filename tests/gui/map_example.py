"""A small map with known numbers and places: a straight spine, a side branch, a skip, a return, and the two marks."""

from __future__ import annotations

from math import sqrt

from msgspec.structs import replace

from engine.layout.values import LIGHT, PROJECTOR, Card, Label, Lane, LaneKind, MapLayout, SpineReason
from engine.process_map.values import END, START, Coverage, Metric, Path, ProcessMap, Step, Times
from engine.service.messages import MapAnswer, MapQuery

DAY = 86400.0
NAMES = (
    "Virksomhed fundet af borger", "VITAS-ansøgning oprettet", "Rimelighed kontrolleret", "Godkendt i VITAS",
    "Placering oprettet i Fasit", "Min Plan opdateret", "Tilbud påbegyndt", "Afslutning registreret",
)  # fmt: skip
RETURNED, REFUSED = 8, 9
CASES = (5879, 8412, 7920, 7920, 7806, 7236, 7920, 7233)
SPINE_COUNTS = (5879, 8318, 7428, 6383, 6238, 5851, 7088)
SPINE_DAYS = (6.1, 1.4, 3.1, 2.9, 0.7, 1.2, 5.5)
BREAKS = (1 * DAY, 3 * DAY, 6 * DAY, 12 * DAY)
MOST = 8412


def times(days: float, n: int) -> Times:
    """Waiting times around a median of some days."""
    median = days * DAY
    return Times(n=n, median=median, mean=1.4 * median, p90=2.8 * median, min=0.0, max=18 * median, total=1.4 * n * median)


def path(source: int, target: int, count: int, days: float | None) -> Path:
    """A path whose cases are nine tenths of its transitions."""
    return Path(source, target, count * 9 // 10, count, 3, None if days is None else times(days, count))


def width(count: int) -> float:
    """The line width of tokens.md."""
    return 1.5 + 5.5 * sqrt(count / MOST)


def number(count: int) -> str:
    """A count with Danish thousands."""
    return f"{count:,}".replace(",", ".")


def example_map(**changes: object) -> ProcessMap:
    """The numbers."""
    steps = [Step(i, name, CASES[i], CASES[i] + 40, 3, (0, 398, 1906, 0, 2, 0, 0, 0)[i], 0, 0) for i, name in enumerate(NAMES)]
    steps.append(Step(RETURNED, "Returneret til virksomhed", 1444, 1812, 4, 368, 0, 0))
    steps.append(Step(REFUSED, "Afslag", 586, 586, 1, 0, 0, 586))
    paths = [path(START, 0, 5879, None), path(START, 1, 2533, None)]
    paths += [path(i, i + 1, count, days) for i, (count, days) in enumerate(zip(SPINE_COUNTS, SPINE_DAYS, strict=True))]
    paths += [
        path(2, RETURNED, 1812, 0.8), path(RETURNED, 2, 1508, 7.0), path(2, REFUSED, 586, 4.0), path(1, 3, 492, 2.0),
        path(6, 4, 1089, 9.0), path(3, 6, 1203, 20.0), path(REFUSED, END, 492, None), path(7, END, 7233, None),
    ]  # fmt: skip
    made = ProcessMap(
        steps=tuple(steps), paths=tuple(paths), n_cases=8412, n_events=106112, n_cases_all=9000,
        colour=Metric.MEDIAN, label=Metric.OCCURRENCES, second=Metric.MEDIAN,
        colour_breaks=BREAKS, coverage=Coverage(10, 13, 17, 49, 100000, 101018, 105000, 106112),
    )  # fmt: skip
    return replace(made, **changes)


class Places:
    """Where things stand: the spine at x 300 to 512, pitch 66 (light) or 90 (projector)."""

    def __init__(self, projector: bool) -> None:
        sizes = PROJECTOR if projector else LIGHT
        self.unit, self.pitch = sizes.card_height / 38, sizes.card_height + sizes.row_gap
        self.w, self.h, self.left = sizes.spine_width, sizes.card_height, 300 * self.unit
        self.mid, self.right = self.left + self.w / 2, self.left + self.w
        self.side_x, self.far_x = self.left - 245 * self.unit, self.right + 150 * self.unit
        self.end_y = self.y(8) + 10

    def y(self, row: float) -> float:
        """Top of a row."""
        return 60.0 + row * self.pitch

    def label(self, text: str, x: float, at: float) -> Label:
        return Label(text, x, at, len(text) * 6.6 * self.unit + 4, 12.5 * self.unit)

    def lane(self, source: int, target: int, count: int, points: tuple[float, ...], kind: LaneKind, at: tuple[float, float]) -> Lane:
        drawn = 2.0 if kind in (LaneKind.START, LaneKind.END) else width(count)
        return Lane(source, target, points, drawn, kind, -1, self.label(number(count), *at))


def example_layout(projector: bool = False) -> MapLayout:
    """The places of cards, lanes and marks."""
    p = Places(projector)
    cards = [Card(i, p.left, p.y(i), p.w, p.h, name, True, float(i), 0) for i, name in enumerate(NAMES)]
    cards.append(Card(RETURNED, p.side_x, p.y(3), 172 * p.unit, p.h, "Returneret til virksomhed", False, 3.0, -1))
    cards.append(Card(REFUSED, p.far_x, p.y(3), 108 * p.unit, p.h, "Afslag", False, 3.0, 1))
    return MapLayout(
        cards=tuple(cards), lanes=(*spine_lanes(p), *side_lanes(p)), start=(p.mid, 20.0), end=(p.mid, p.end_y),
        width=p.far_x + 160 * p.unit, height=p.end_y + 14, spine=tuple(range(8)), spine_reason=SpineReason.MAIN_VARIANT,
    )  # fmt: skip


def spine_lanes(p: Places) -> list[Lane]:
    """Straight down, from the start mark to the end mark."""
    aside = p.mid + 28 * p.unit
    lanes = [p.lane(START, 0, 5879, (p.mid, 32, p.mid, p.y(0) - 1.2), LaneKind.START, (aside, p.y(0) - 12 * p.unit))]
    for i, (count, days) in enumerate(zip(SPINE_COUNTS, SPINE_DAYS, strict=True)):
        bottom, tip = p.y(i) + p.h, p.y(i + 1) - 1.2
        made = p.lane(i, i + 1, count, (p.mid, bottom, p.mid, tip), LaneKind.SPINE, (0, 0))
        text = f"{number(count)} · " + f"{days:.1f}\u00a0d".replace(".", ",")
        lanes.append(replace(made, label=p.label(text, p.mid + 48 * p.unit, (bottom + tip) / 2)))
    return [*lanes, p.lane(7, END, 7233, (p.mid, p.y(7) + p.h, p.mid, p.end_y - 13.2), LaneKind.END, (aside, p.end_y - 24))]


def side_lanes(p: Places) -> list[Lane]:
    """A side branch there and back, a refusal, two skips, a return, and the dotted ones beside the spine."""
    y, left, right = p.y, p.left, p.right
    lx, rx, far, back = left - 40 * p.unit, right + 28 * p.unit, p.far_x + 54 * p.unit, p.side_x + 86 * p.unit
    returned = (p.side_x + 172 * p.unit, y(3) + 20, lx, y(3) + 20, lx, y(2) + 26, left - 1.2, y(2) + 26)
    skipped = (right, y(3) + 24, rx + 32, y(3) + 24, rx + 32, y(6) + 14, right + 1.2, y(6) + 14)
    begun = (p.mid + 12, 20, rx + 64, 20, rx + 64, y(1) + 10, right + 1.2, y(1) + 10)
    return [
        p.lane(2, RETURNED, 1812, (left, y(2) + 12, back, y(2) + 12, back, y(3) - 1.2), LaneKind.SIDE, (left - 100 * p.unit, y(2) + 12)),
        p.lane(RETURNED, 2, 1508, returned, LaneKind.SIDE, (lx, y(3) - 4)),
        p.lane(2, REFUSED, 586, (right, y(2) + 20, far, y(2) + 20, far, y(3) - 1.2), LaneKind.SIDE, (right + 110 * p.unit, y(2) + 20)),
        p.lane(1, 3, 492, (right, y(1) + 24, rx, y(1) + 24, rx, y(3) + 12, right + 1.2, y(3) + 12), LaneKind.FORWARD, (rx, y(2) - 8)),
        p.lane(3, 6, 1203, skipped, LaneKind.FORWARD, (rx + 32, y(5))),
        p.lane(6, 4, 1089, (left, y(6) + 24, lx, y(6) + 24, lx, y(4) + 14, left - 1.2, y(4) + 14), LaneKind.RETURN, (lx, y(5) + 20)),
        p.lane(REFUSED, END, 492, (far, y(3) + p.h, far, p.end_y, p.mid + 13.2, p.end_y), LaneKind.END, (far, y(6))),
        p.lane(START, 1, 2533, begun, LaneKind.START, (rx + 64, y(0) + 10)),
    ]


def example_answer(query: MapQuery | None = None, **changes: object) -> MapAnswer:
    """The engine's answer to a question about the example."""
    query = query or MapQuery()
    made = replace(example_map(**changes), colour=query.colour, label=query.label, second=query.second)
    return MapAnswer(query=query, map=made, layout=example_layout(query.projector), steps_max=13, paths_max=49)
