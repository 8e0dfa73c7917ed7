"""Spells as an Arrow IPC stream (LZ4), the part of a project beside its cases; and back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from engine.log.spells import Spells
from engine.tasks import Task
from engine.vault.log_parts import STAMP, int_column, stream, unfit, whole_column

CASE, STATE, BEGIN, UNTIL = "case", "state", "from", "to"


def spell_chunks(spells: Spells, task: Task) -> Iterator[bytes]:
    """The spells as an Arrow stream, in chunks: number of the case, state (dictionary), from, to."""
    columns = {
        CASE: pa.array(spells.case),
        STATE: pa.DictionaryArray.from_arrays(pa.array(spells.state), pa.array(spells.states, pa.string())),
        BEGIN: pa.array(spells.begin).view(STAMP),
        UNTIL: pa.array(spells.until).view(STAMP),
    }
    return stream(columns, task)


def read_spells(content: pa.Buffer, n_cases: int) -> Spells:
    """The spells of a stream, beside a log of so many cases; BadInput when they do not fit together."""
    try:
        table = pa.ipc.open_stream(content).read_all()
        states = whole_column(table[STATE])
        case, codes = int_column(table[CASE]), states.indices.to_numpy().astype(np.int32)
        names = tuple(states.dictionary.to_pylist())
        spells = Spells(names, case, codes, int_column(table[BEGIN]), int_column(table[UNTIL]))
    except (pa.ArrowException, AttributeError, KeyError, TypeError, ValueError) as error:
        raise unfit() from error
    if len(spells) and not (case.min() >= 0 and case.max() < n_cases and codes.min() >= 0 and codes.max() < len(names)):
        raise unfit()
    return spells
