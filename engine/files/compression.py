"""Gzip, zstd and ZIP are unpacked in memory, under limits on what really comes out; archives inside archives are refused."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import pyarrow as pa

from engine.errors import N_, BadInput
from engine.files.content import HEAD, Content, recognise
from engine.files.memory import room, too_large
from engine.tasks import Task

MAX_BYTES = 8 << 30
"""Most bytes that a file may unpack to, however much memory there is."""
MAX_RATIO = 200
"""Most bytes out per byte in, once RATIO_FLOOR bytes have come out; real logs reach about 30."""
RATIO_FLOOR = 64 << 20
STEP = 4 << 20
PIECE = 256 << 10

UNPACKING = N_("Unpacking")
TOO_LARGE = N_("The file {file} unpacks to more than {size} MB. Split it, or leave out columns.")
BOMB = N_("The file {file} unpacks to more than {ratio} times its size. No real log does; it was not opened.")
BROKEN = N_("The file {file} is compressed but damaged or cut off. Fetch it again.")
NESTED = N_("The file {file} is compressed more than once. Unpack the outer layer and open what is inside.")
NO_MEMORY = N_("There is not enough memory to read the file {file}.")


def unpack(
    data: pa.Buffer | bytes, file_name: str, task: Task, max_bytes: int = MAX_BYTES, passphrase: str | None = None
) -> tuple[Content, pa.Buffer]:
    """What the file holds and its bytes, unpacked in memory when they were packed; BadInput when they cannot be read.

    WrongKey when they are an archive that the passphrase does not open.
    """
    buffer = data if isinstance(data, pa.Buffer) else pa.py_buffer(data)
    content = _kind(buffer, file_name)
    if content is Content.ZIP:
        from engine.files.zip_archive import open_archive

        unpacked = open_archive(buffer, file_name, passphrase, task, max_bytes)
    elif content in {Content.GZIP, Content.ZSTD}:
        unpacked = _decompress(buffer, content, file_name, task, max_bytes)
    else:
        return content, buffer
    inner = _kind(unpacked, file_name)
    if inner in {Content.GZIP, Content.ZSTD, Content.ZIP}:
        raise BadInput(NESTED, file=file_name)
    return inner, unpacked


def _kind(buffer: pa.Buffer, file_name: str) -> Content:
    content = recognise(head_of(buffer), file_name)
    if content is Content.ZIP:
        from engine.files.zip_archive import is_workbook

        return Content.WORKBOOK if is_workbook(buffer) else content
    if content is Content.XES:
        from engine.files.xes import is_object_centric

        return Content.OCEL_XML if is_object_centric(buffer) else content
    return content


def head_of(buffer: pa.Buffer) -> bytes:
    """The first HEAD bytes."""
    return bytes(buffer.slice(0, min(HEAD, buffer.size)).to_pybytes())


def _decompress(buffer: pa.Buffer, content: Content, file_name: str, task: Task, max_bytes: int) -> pa.Buffer:
    output = pa.BufferOutputStream()
    total, free = 0, room()
    try:
        for chunk, done in _gunzip(memoryview(buffer)) if content is Content.GZIP else _unpack_zstd(buffer):
            total += len(chunk)
            check_ratio(total, buffer.size, file_name)
            check_unpacked(total, file_name, max_bytes, free)
            output.write(chunk)
            task.report(min(1.0, done / buffer.size), UNPACKING)
    except MemoryError as error:
        raise BadInput(NO_MEMORY, file=file_name) from error
    except (OSError, zlib.error) as error:
        raise BadInput(BROKEN, file=file_name) from error
    return output.getvalue()


def _unpack_zstd(buffer: pa.Buffer) -> Iterator[tuple[bytes, int]]:
    """The content piece by piece, and how many packed bytes it took so far."""
    source = pa.BufferReader(buffer)
    stream = pa.CompressedInputStream(source, "zstd")
    while chunk := stream.read(STEP):
        yield chunk, source.tell()


def _gunzip(packed: memoryview) -> Iterator[tuple[bytes, int]]:
    """The content of all members piece by piece, and how many packed bytes it took; zeros behind the last one only fill a tape's block."""
    place = 0
    while place < len(packed) and not _only_zeros(packed[place:]):
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        while not member.eof:
            piece = packed[place : place + PIECE]
            if not piece:
                raise OSError("cut off")
            place += len(piece)
            yield member.decompress(piece, STEP), place
            while member.unconsumed_tail:
                yield member.decompress(member.unconsumed_tail, STEP), place
        place -= len(member.unused_data)


def _only_zeros(rest: memoryview) -> bool:
    return rest[0] == 0 and not any(bytes(rest[begin : begin + STEP]).strip(b"\0") for begin in range(0, len(rest), STEP))


def check_unpacked(total: int, file_name: str, max_bytes: int, free: int) -> None:
    """BadInput when what a file unpacks to passes the limit, or the memory that was free for it."""
    if total > max_bytes:
        raise BadInput(TOO_LARGE, file=file_name, size=max_bytes >> 20)
    if total > free:
        raise too_large(file_name, total)


def check_ratio(total: int, packed: int, file_name: str) -> None:
    """BadInput when a file unpacks to far more than any real log does."""
    if total > RATIO_FLOOR and total > MAX_RATIO * packed:
        raise BadInput(BOMB, file=file_name, ratio=MAX_RATIO)
