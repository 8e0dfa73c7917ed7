"""The cards' widths and names: what fits, and a beginning that most names share is dropped."""

from __future__ import annotations

from engine.layout.network import Network
from engine.layout.text_widths import cut_to_width, text_width
from engine.layout.values import Sizes

INSET = 10.0
NARROWEST = 108.0
WIDEST_SHARE = 0.9
SHARED = 0.6
FEWEST_NAMES = 5
SHORTEST_PREFIX = 4


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


def card_widths(network: Network, names: list[str], spine: list[int], sizes: Sizes) -> list[float]:
    """Card widths in px by node, the two marks (24) last: one width on the spine, elsewhere what the texts need up to nine tenths of it."""
    scale = sizes.card_height / 38
    widths = []
    for step, name in zip(network.steps, names, strict=True):
        text = max(text_width(name, sizes.name_px, bold=True), text_width(step.second_line, sizes.number_px, bold=False))
        widths.append(round(min(max(text + 2 * INSET * scale, NARROWEST * scale), WIDEST_SHARE * sizes.spine_width), 2))
    for node in spine:
        widths[node] = sizes.spine_width
    return [*widths, 24.0, 24.0]


def fitting_names(names: list[str], widths: list[float], sizes: Sizes) -> list[str]:
    """Names cut to the room on their cards."""
    room = 2 * INSET * sizes.card_height / 38
    return [cut_to_width(name, sizes.name_px, True, width - room) for name, width in zip(names, widths, strict=False)]
