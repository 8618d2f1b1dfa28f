"""ZIP archives as a stream: never a file in memory, whatever the size and the number of files."""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import msgspec

from mediaworks.kit.clock import now

PIECE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive; its bytes are asked for when its turn comes."""

    name: str
    content: AsyncIterator[bytes]


def json_list(name: str, rows: AsyncIterator[Any]) -> Entry:
    """A file with a JSON list of `rows`, one on each line."""
    return Entry(name, _json_lines(rows))


async def zipped(entries: AsyncIterator[Entry]) -> AsyncIterator[bytes]:
    """A ZIP archive (stored, zip64) in pieces of about 64 KiB and more."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        async for entry in entries:
            file = zipfile.ZipInfo(entry.name, now().timetuple()[:6])
            with archive.open(file, "w", force_zip64=True) as member:
                async for chunk in entry.content:
                    member.write(chunk)
                    if pipe.size >= PIECE_BYTES:
                        yield pipe.take()
    yield pipe.take()


class _Pipe:
    """What zipfile writes to: it cannot seek, and forgets what was taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size = 0

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        self.size += len(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing waits elsewhere."""

    def take(self) -> bytes:
        taken, self._pieces, self.size = b"".join(self._pieces), [], 0
        return taken


async def _json_lines(rows: AsyncIterator[Any]) -> AsyncIterator[bytes]:
    begin = b"[\n"
    async for row in rows:
        yield begin + msgspec.json.encode(row)
        begin = b",\n"
    yield b"\n]\n" if begin == b",\n" else b"[]\n"
