"""What a process does before it touches data: nothing of it may reach the disk or the net."""

from __future__ import annotations

import os
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

SHARE_OF_MEMORY = 0.9
PR_SET_DUMPABLE = 4
NO_FOLDER = "/dev/null/none"
INTERNET = (socket.AF_INET, socket.AF_INET6)


def harden() -> None:
    """Leave nothing behind on disk and no way out: no core dumps, no temporary files, no internet sockets, capped memory."""
    os.environ["POLARS_OOC_DISK_BUDGET_MB"] = "0"
    for name in ("TMPDIR", "TEMP", "TMP"):
        os.environ[name] = NO_FOLDER
    tempfile.tempdir = NO_FOLDER
    os.chdir(Path(sys.executable).anchor)
    limit_process()
    sys.addaudithook(_refuse_internet)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def limit_process() -> None:
    """What a process does before it reads a file from outside: no core dumps, no look into its memory, and a cap on how much it takes."""
    _limit_resources()
    _forbid_dumps()


def _limit_resources() -> None:
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    memory = int(SHARE_OF_MEMORY * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    except (ValueError, OSError):  # macOS knows the limit but does not let it be set
        return


def _forbid_dumps() -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def _refuse_internet(event: str, arguments: tuple[Any, ...]) -> None:
    if not event.startswith("socket."):
        return
    if event == "socket.__new__":
        if arguments[1] in INTERNET:
            raise PermissionError("The engine opens no internet sockets.")
    elif event in ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        address = arguments[1] if len(arguments) > 1 else None
        if not isinstance(address, str | bytes) or event.startswith("socket.get"):
            raise PermissionError("The engine opens no internet sockets.")
