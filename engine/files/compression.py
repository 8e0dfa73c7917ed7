"""Gzip and zstd are unpacked in memory, under limits on what really comes out; archives inside archives are refused."""

from __future__ import annotations

import pyarrow as pa

from engine.errors import N_, BadInput
from engine.files.content import HEAD, Content, recognise
from engine.tasks import Task

MAX_BYTES = 8 << 30
"""Most bytes that a file may unpack to."""
MAX_RATIO = 200
"""Most bytes out per byte in, once RATIO_FLOOR bytes have come out; real logs reach about 30."""
RATIO_FLOOR = 64 << 20
STEP = 4 << 20

UNPACKING = N_("Unpacking")
TOO_LARGE = N_("The file {file} unpacks to more than {size} MB. Split it, or leave out columns.")
BOMB = N_("The file {file} unpacks to more than {ratio} times its size. No real log does; it was not opened.")
BROKEN = N_("The file {file} is compressed but damaged or cut off. Fetch it again.")
NESTED = N_("The file {file} is compressed more than once. Unpack the outer layer and open what is inside.")
NO_MEMORY = N_("There is not enough memory to read the file {file}.")


def unpack(data: pa.Buffer | bytes, file_name: str, task: Task, max_bytes: int = MAX_BYTES) -> tuple[Content, pa.Buffer]:
    """What the file holds and its bytes, decompressed in memory when they were compressed; BadInput when they cannot be read."""
    buffer = data if isinstance(data, pa.Buffer) else pa.py_buffer(data)
    content = recognise(head_of(buffer), file_name)
    if content not in {Content.GZIP, Content.ZSTD}:
        return content, buffer
    unpacked = _decompress(buffer, content.value, file_name, task, max_bytes)
    inner = recognise(head_of(unpacked), file_name)
    if inner in {Content.GZIP, Content.ZSTD}:
        raise BadInput(NESTED, file=file_name)
    return inner, unpacked


def head_of(buffer: pa.Buffer) -> bytes:
    """The first HEAD bytes."""
    return bytes(buffer.slice(0, min(HEAD, buffer.size)).to_pybytes())


def _decompress(buffer: pa.Buffer, codec: str, file_name: str, task: Task, max_bytes: int) -> pa.Buffer:
    output = pa.BufferOutputStream()
    total = 0
    try:
        source = pa.BufferReader(buffer)
        stream = pa.CompressedInputStream(source, codec)
        while chunk := stream.read(STEP):
            total += len(chunk)
            _check_size(total, buffer.size, file_name, max_bytes)
            output.write(chunk)
            task.report(min(1.0, source.tell() / buffer.size), UNPACKING)
    except MemoryError as error:
        raise BadInput(NO_MEMORY, file=file_name) from error
    except OSError as error:
        raise BadInput(BROKEN, file=file_name) from error
    return output.getvalue()


def _check_size(total: int, packed: int, file_name: str, max_bytes: int) -> None:
    if total > max_bytes:
        raise BadInput(TOO_LARGE, file=file_name, size=max_bytes >> 20)
    if total > RATIO_FLOOR and total > MAX_RATIO * packed:
        raise BadInput(BOMB, file=file_name, ratio=MAX_RATIO)
