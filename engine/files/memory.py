"""How much memory there is, and the refusal of what does not fit into it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from engine.errors import N_, BadInput

SHARE_OF_MEMORY = 0.6
"""How much of the free memory the content of one file may take."""


def available_memory() -> int:
    """Bytes of RAM that can be had now (all of it where the system does not say)."""
    if sys.platform == "linux":
        for line in Path("/proc/meminfo").read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return total_memory()


def total_memory() -> int:
    """Bytes of RAM in this computer."""
    if sys.platform == "win32":
        return _windows_memory()
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _windows_memory() -> int:
    import ctypes

    kilobytes = ctypes.c_ulonglong(0)
    kernel: Any = vars(ctypes)["windll"].kernel32
    return int(kilobytes.value) * 1024 if kernel.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes)) else 8 << 30


def room() -> int:
    """Bytes that the content of one file may take now."""
    return int(SHARE_OF_MEMORY * available_memory())


def check_memory(file: str, n: int) -> None:
    """BadInput when n bytes of a file's content would take too much of the free memory."""
    if n > room():
        raise too_large(file, n)


def too_large(file: str, n: int) -> BadInput:
    """The error for content of n bytes, which the free memory does not hold."""
    return BadInput(N_("The file {file} is too large for the free memory of this computer ({size} MB)."), file=file, size=n >> 20)
