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


def example_layout(projector: bool = False, texts: str = "da") -> MapLayout:
    """The places: the spine at x 300 to 512, pitch 66 (light) or 90 (projector)."""
    sizes = PROJECTOR if projector else LIGHT
    unit, pitch, top = sizes.card_height / 38, sizes.card_height + sizes.row_gap, 60.0
    w, h, left = sizes.spine_width, sizes.card_height, 300 * sizes.card_height / 38
    mid, right = left + w / 2, left + w

    def y(row: float) -> float:
        return top + row * pitch

    cards = [Card(i, left, y(i), w, h, name, True, float(i), 0) for i, name in enumerate(NAMES)]
    side_x, far_x = left - 245 * unit, right + 150 * unit
    cards.append(Card(RETURNED, side_x, y(3), 172 * unit, h, "Returneret til virksomhed", False, 3.0, -1))
    cards.append(Card(REFUSED, far_x, y(3), 108 * unit, h, "Afslag", False, 3.0, 1))

    def label(text: str, x: float, at: float) -> Label:
        return Label(text, x, at, len(text) * 6.6 * unit + 4, 12.5 * unit)

    def lane(source: int, target: int, count: int, points: tuple[float, ...], kind: LaneKind, at: tuple[float, float]) -> Lane:
        drawn = 2.0 if kind in (LaneKind.START, LaneKind.END) else width(count)
        return Lane(source, target, points, drawn, kind, -1, label(number(count), *at))

    lanes = [lane(START, 0, 5879, (mid, 32, mid, y(0) - 1.2), LaneKind.START, (mid + 28 * unit, y(0) - 12 * unit))]
    for i, (count, days) in enumerate(zip(SPINE_COUNTS, SPINE_DAYS, strict=True)):
        bottom, tip = y(i) + h, y(i + 1) - 1.2
        text = f"{number(count)} · {days:.1f}\u00a0d".replace(f"{days:.1f}", f"{days:.1f}".replace(".", ","))
        made = lane(i, i + 1, count, (mid, bottom, mid, tip), LaneKind.SPINE, (mid + 48 * unit, (bottom + tip) / 2))
        lanes.append(replace(made, label=label(text, mid + 48 * unit, (bottom + tip) / 2)))
    lx, rx, far = left - 40 * unit, right + 28 * unit, far_x + 54 * unit
    back_x = side_x + 86 * unit
    end_y = y(8) + 10
    lanes += [
        lane(2, RETURNED, 1812, (left, y(2) + 12, back_x, y(2) + 12, back_x, y(3) - 1.2), LaneKind.SIDE, (left - 100 * unit, y(2) + 12)),
        lane(
            RETURNED, 2, 1508, (side_x + 172 * unit, y(3) + 20, lx, y(3) + 20, lx, y(2) + 26, left - 1.2, y(2) + 26),
            LaneKind.SIDE, (lx, y(3) - 4),
        ),
        lane(2, REFUSED, 586, (right, y(2) + 20, far, y(2) + 20, far, y(3) - 1.2), LaneKind.SIDE, (right + 110 * unit, y(2) + 20)),
        lane(1, 3, 492, (right, y(1) + 24, rx, y(1) + 24, rx, y(3) + 12, right + 1.2, y(3) + 12), LaneKind.FORWARD, (rx, y(2) - 8)),
        lane(
            3, 6, 1203, (right, y(3) + 24, rx + 32, y(3) + 24, rx + 32, y(6) + 14, right + 1.2, y(6) + 14),
            LaneKind.FORWARD, (rx + 32, y(5)),
        ),
        lane(6, 4, 1089, (left, y(6) + 24, lx, y(6) + 24, lx, y(4) + 14, left - 1.2, y(4) + 14), LaneKind.RETURN, (lx, y(5) + 20)),
        lane(REFUSED, END, 492, (far, y(3) + h, far, end_y, mid + 13.2, end_y), LaneKind.END, (far, y(6))),
        lane(7, END, 7233, (mid, y(7) + h, mid, end_y - 13.2), LaneKind.END, (mid + 28 * unit, end_y - 24)),
        lane(START, 1, 2533, (mid + 12, 20, rx + 64, 20, rx + 64, y(1) + 10, right + 1.2, y(1) + 10), LaneKind.START, (rx + 64, y(0) + 10)),
    ]  # fmt: skip
    return MapLayout(
        cards=tuple(cards), lanes=tuple(lanes), start=(mid, 20.0), end=(mid, end_y), width=far_x + 160 * unit, height=end_y + 14,
        spine=tuple(range(8)), spine_reason=SpineReason.MAIN_VARIANT,
    )  # fmt: skip


def example_answer(query: MapQuery | None = None, **changes: object) -> MapAnswer:
    """The engine's answer to a question about the example."""
    query = query or MapQuery()
    made = replace(example_map(**changes), colour=query.colour, label=query.label, second=query.second)
    return MapAnswer(query=query, map=made, layout=example_layout(query.projector), steps_max=13, paths_max=49)
