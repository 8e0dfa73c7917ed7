"""Values that are found once and kept: safe between threads, forgetting the oldest ones."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from engine.tasks import Task

Found = TypeVar("Found")
PATIENCE = 0.02
"""Seconds between two questions whether to go on waiting for another thread."""


class Cache:
    """At most `limit` values by key; a second thread that needs one in the making waits for it, and can be stopped."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def find(self, key: Hashable, make: Callable[[], Found], task: Task) -> Found:
        """The value of a key, made on first use. What `make` raises is raised, and nothing is kept."""
        making = self._lock_of(key)
        while not making.acquire(timeout=PATIENCE):
            task.check()
        try:
            with self._lock:
                if key in self._values:
                    self._values.move_to_end(key)
                    value: Found = self._values[key]
                    return value
            made = make()
            with self._lock:
                self._values[key] = made
                while len(self._values) > self._limit:
                    self._values.popitem(last=False)
            return made
        finally:
            making.release()

    def peek(self, key: Hashable) -> Any:
        """The value of a key where it is known, else None; never waits."""
        with self._lock:
            return self._values.get(key)

    def _lock_of(self, key: Hashable) -> threading.Lock:
        with self._lock:
            if len(self._making) > 4 * self._limit:
                self._making = {one: lock for one, lock in self._making.items() if lock.locked()}
            return self._making.setdefault(key, threading.Lock())
