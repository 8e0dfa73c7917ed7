"""What the window remembers between two runs: plain JSON in the platform's settings folder, nothing else about the person."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

FILE_NAME = "settings.json"
MIN_IDLE, MAX_IDLE, DEFAULT_IDLE = 1, 30, 10
MAX_RECENT = 8


class Remembered(Struct, frozen=True):
    """The settings. window is (x, y, width, height) in px; recent holds paths, the latest first; idle_minutes is 1 to 30.

    deadlines: of recent projects, the day (ISO) by which each is to be deleted. identity: the user's own key file, "" for the usual one.
    """

    language: str = "da"
    appearance: str = "light"
    window: tuple[int, int, int, int] | None = None
    maximised: bool = False
    remember_recent: bool = True
    recent: tuple[str, ...] = ()
    idle_minutes: int = DEFAULT_IDLE
    reduce_motion: bool = False
    deadlines: dict[str, str] = {}
    identity: str = ""


def settings_folder() -> Path:
    """Where the settings lie: SAGSFLOW_SETTINGS_DIR, or the platform's folder for settings."""
    given = os.environ.get("SAGSFLOW_SETTINGS_DIR")
    if given:
        return Path(given)
    from platformdirs import user_config_path

    return user_config_path("sagsflow", appauthor=False)


class Settings:
    """The settings in use; each change is written at once, whole or not at all."""

    def __init__(self, folder: Path | None = None) -> None:
        self._path = (folder or settings_folder()) / FILE_NAME
        self.values = self._read()

    def change(self, **changes: Any) -> None:
        """Change and keep settings; a folder that cannot be written leaves them in force for this run only."""
        changed = _within_limits(replace(self.values, **changes))
        if changed != self.values:
            self.values = changed
            self._write()

    def add_recent(self, path: str, delete_by: str = "") -> None:
        """Put a project's path first in the list of recent ones, with its last day, unless the user switched that off."""
        if self.values.remember_recent:
            others = tuple(other for other in self.values.recent if other != path)
            days = {**self.values.deadlines, path: delete_by}
            self.change(recent=(path, *others)[:MAX_RECENT], deadlines=days)

    def drop_recent(self, path: str) -> None:
        """Take a path out of the list: the project is gone."""
        self.change(recent=tuple(other for other in self.values.recent if other != path))

    @property
    def identity_path(self) -> str:
        """The user's own key file, whether or not it is there."""
        return self.values.identity or str(self._path.parent / "keys" / "identity.age")

    @property
    def own_identity(self) -> str | None:
        """The user's own key file where there is one."""
        return self.identity_path if Path(self.identity_path).is_file() else None

    def forget_recent(self) -> None:
        """Empty the list of recent projects."""
        self.change(recent=())

    def _read(self) -> Remembered:
        try:
            return _within_limits(msgspec.json.decode(self._path.read_bytes(), type=Remembered))
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return Remembered()

    def _write(self) -> None:
        part = self._path.with_suffix(".part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(self.values), indent=2))
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._path)
        except OSError:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def _within_limits(values: Remembered) -> Remembered:
    recent = values.recent[:MAX_RECENT] if values.remember_recent else ()
    return replace(
        values,
        language=values.language if values.language in ("da", "en") else "da",
        appearance=values.appearance if values.appearance in ("light", "dark", "projector") else "light",
        idle_minutes=min(MAX_IDLE, max(MIN_IDLE, values.idle_minutes)),
        recent=recent,
        deadlines={path: day for path, day in values.deadlines.items() if path in recent and day},
    )
