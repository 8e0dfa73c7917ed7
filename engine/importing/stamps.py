"""How the times of a column are written: how many of its first cells can be read, and how finely most of them are told."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from engine.files.table import as_text
from engine.importing.cells import cells_of
from engine.importing.timestamps import is_time_type, read_times, read_typed_times, readings_of
from engine.log.event_log import NO_TIME, UNTIMED


def readable(column: pa.ChunkedArray, text_format: str | None = None) -> tuple[float, int]:
    """Share (0..1) of the filled cells that can be read as times, and the precision that most of these have (UNTIMED without any).

    text_format: the strptime pattern in which times are said to be written.
    """
    if is_time_type(column.type):
        read, n_filled = read_typed_times(column, "", "UTC", 0), len(column) - column.null_count
    else:
        cells = cells_of(as_text(column))
        read = read_times(cells, readings_of(cells, text_format, "UTC")[:1], "", "", "UTC", 0, tolerant=True)
        n_filled = len(cells.rows(~cells.blank))
    known = read.precision[read.times != NO_TIME]
    if not len(known):
        return 0.0, UNTIMED
    return len(known) / max(1, n_filled), int(np.argmax(np.bincount(known)))
