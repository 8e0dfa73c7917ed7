"""Whether the system that the window runs on asks programs to keep still."""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

EFFECTS = (Qt.UIEffect.UI_General, Qt.UIEffect.UI_AnimateMenu)


def system_keeps_still(platform: str = sys.platform) -> bool:
    """Where Qt tells it: on Windows, with effects or animations switched off. Elsewhere Qt says nothing, and the setting decides."""
    return platform == "win32" and not all(QApplication.isEffectEnabled(effect) for effect in EFFECTS)
