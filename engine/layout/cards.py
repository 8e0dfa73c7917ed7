"""The cards' widths and names: what fits, cut in the middle where it must be, and without a beginning that most names share."""

from __future__ import annotations

from engine.layout.network import Network
from engine.layout.text_widths import HEAD, cut_to_width, text_width
from engine.layout.values import LINE_BREAK, Sizes

INSET = 10.0
NARROWEST = 108.0
NARROW_SHARE, WIDEST_SHARE = 0.9, 1.35
SCREEN_WIDTH, WINDOW_WIDTH = 1920.0, 1480.0
READABLE_PX = 14.0
CHANNEL = 118.0
"""What lies between two columns of most maps, px."""
HEADS = (0.8, 0.35, 0.95, 0.05)
"""Other shares of the room for the beginning of a cut name, tried in turn where two names would look the same."""
SHARED = 0.6
FEWEST_NAMES = 5
SHORTEST_PREFIX = 4
NARROWEST_OF_TWO_LINES = 92.0
LINE_ENDS = " _-/"
"""Signs after which a name may go on in a second line."""


def shared_prefix(names: list[str]) -> str:
    """A beginning, up to a space, of at least four characters that at least 60 % of five or more names share; else empty."""
    if len(names) < FEWEST_NAMES:
        return ""
    counts: dict[str, int] = {}
    for name in names:
        for place, sign in enumerate(name.rstrip()):
            if sign == " " and place + 1 >= SHORTEST_PREFIX and name[place + 1 :].strip():
                counts[name[: place + 1]] = counts.get(name[: place + 1], 0) + 1
    shared = [prefix for prefix, count in counts.items() if count >= SHARED * len(names)]
    return max(shared, key=lambda prefix: (len(prefix), prefix), default="")


def short_names(network: Network, prefix: str) -> list[str]:
    """Names without the dropped beginning, by node."""
    return [step.name[len(prefix) :] if prefix and step.name.startswith(prefix) else step.name for step in network.steps]


def card_widths(network: Network, names: list[str], spine: list[int], column: list[int], sizes: Sizes) -> list[float]:
    """Card widths in px by node, the two marks (24) last: what the texts need up to what all columns have room for, one on the spine.

    In landscape every card has its own width: rows stand beside each other, and a wide one costs length.
    """
    if sizes.name_lines > 1:
        return [*_narrow_widths(network, names, set(spine), sizes), 24.0, 24.0]
    scale = sizes.scale
    needs = []
    for step, name in zip(network.steps, names, strict=True):
        if step.width:
            needs.append(step.width)
            continue
        text = max(text_width(name, sizes.name_px, bold=True), text_width(step.second_line, sizes.number_px, bold=False))
        needs.append(max(text + 2 * INSET * scale, NARROWEST * scale))
    on_spine = [node for node in spine if not network.steps[node].width]
    middle = max([sizes.spine_width, *(needs[node] for node in on_spine)])
    for node in on_spine:
        needs[node] = middle
    widest = _widest(needs, column, sizes)
    widths = [round(min(need, widest), 2) for need in needs]
    for node in on_spine:
        widths[node] = round(max(min(middle, widest), sizes.spine_width), 2)
    return [*widths, 24.0, 24.0]


def _narrow_widths(network: Network, names: list[str], spine: set[int], sizes: Sizes) -> list[float]:
    """Widths of cards whose names may take two lines."""
    widths = []
    for node, (step, name) in enumerate(zip(network.steps, names, strict=True)):
        if step.width:
            widths.append(step.width)
            continue
        least = sizes.spine_width if node in spine else NARROWEST_OF_TWO_LINES * sizes.scale
        lines = max(text_width(line, sizes.name_px, bold=True) for line in _halves(name, sizes))
        text = max(lines, text_width(step.second_line, sizes.number_px, bold=False))
        widths.append(round(min(max(text + 2 * INSET * sizes.scale, least), sizes.widest_card), 2))
    return widths


def _splits(name: str) -> list[tuple[str, str]]:
    """All ways to put a name on two lines."""
    places = [place for place in range(1, len(name)) if name[place - 1] in LINE_ENDS]
    pairs = [(name[:place].rstrip(), name[place:].lstrip()) for place in places]
    return [(first, second) for first, second in pairs if first and second]


def _halves(name: str, sizes: Sizes) -> tuple[str, ...]:
    """The name on two lines that are as narrow as can be, or on one where it has no place to break."""

    def width(pair: tuple[str, ...]) -> float:
        return max(text_width(line, sizes.name_px, bold=True) for line in pair)

    return min(_splits(name), key=width, default=(name,))


def _fitting(name: str, room: float, sizes: Sizes, head: float = HEAD) -> str:
    """The name in `room` px: whole on one line or, where lines allow, on two; else cut."""
    whole = cut_to_width(name, sizes.name_px, True, room, head)
    if whole == name or sizes.name_lines < 2:
        return whole
    fitting = [pair for pair in _splits(name) if cut_to_width(pair[0], sizes.name_px, True, room) == pair[0]]
    if not fitting:
        return whole
    halves = [pair for pair in fitting if cut_to_width(pair[1], sizes.name_px, True, room) == pair[1]]
    first, second = min(halves, key=lambda pair: abs(len(pair[0]) - len(pair[1]))) if halves else fitting[-1]
    return first + LINE_BREAK + cut_to_width(second, sizes.name_px, True, room, head)


def _widest(needs: list[float], column: list[int], sizes: Sizes) -> float:
    """How wide a card may be so that all columns probably fit a screen with readable names; within 0.9 and 1.35 of the spine's width."""
    by_column: dict[int, float] = {}
    for need, here in zip(needs, column, strict=True):
        by_column[here] = max(by_column.get(here, 0.0), need)
    most = WIDEST_SHARE * sizes.spine_width
    screen = (WINDOW_WIDTH if sizes.is_large else SCREEN_WIDTH) * sizes.name_px / READABLE_PX
    left = screen - CHANNEL * sizes.scale * (len(by_column) + 1)
    for place, need in enumerate(sorted(by_column.values())):
        share = left / (len(by_column) - place)
        if need > share:
            most = min(most, share)
            break
        left -= need
    return max(most, NARROW_SHARE * sizes.spine_width)


def fitting_names(names: list[str], widths: list[float], sizes: Sizes) -> list[str]:
    """Names cut in the middle to the room on their cards; different names stay different wherever their ends tell them apart."""
    room = 2 * INSET * sizes.scale
    rooms = [width - room for width in widths[: len(names)]]
    shown = [_fitting(name, wide, sizes) for name, wide in zip(names, rooms, strict=True)]
    for head in HEADS:
        owners: dict[str, set[str]] = {}
        for name, text in zip(names, shown, strict=True):
            owners.setdefault(text, set()).add(name)
        for node, (name, wide) in enumerate(zip(names, rooms, strict=True)):
            if len(owners[shown[node]]) > 1:
                shown[node] = _fitting(name, wide, sizes, head)
    return shown
