"""Walking the paths of a step by keyboard: those that leave it, or those that arrive, the strongest first."""

from __future__ import annotations

from gui.map.scene import MapScene
from gui.store import PathSelected


def paths_of(scene: MapScene, step: int, forward: bool) -> tuple[PathSelected, ...]:
    """The paths that leave a step, or that arrive at it, those of most transitions first."""
    lanes = [lane for lane in scene.lanes if (lane.source if forward else lane.target) == step]
    return tuple(PathSelected(*lane.key) for lane in sorted(lanes, key=lambda lane: (-lane.count, lane.key)))


def next_path(scene: MapScene, step: int, now: PathSelected | None, forward: bool) -> PathSelected | None:
    """The next path of a step after the one the keyboard is at, round and round; None for a step without any."""
    paths = paths_of(scene, step, forward)
    if not paths:
        return None
    return paths[(paths.index(now) + 1) % len(paths)] if now in paths else paths[0]
