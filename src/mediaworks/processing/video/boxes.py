"""The boxes of a fragmented MP4 as they stream by (ISO/IEC 14496-12 section 4.2): its beginning, then fragment after fragment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mediaworks.errors import Unprocessable

LARGEST_BOX = 256 << 20


@dataclass(slots=True)
class Splitter:
    """Feed it bytes as they come; `init` is there once the description of its tracks (`moov`) is."""

    init: bytes = b""
    _held: bytearray = field(default_factory=bytearray)
    _head: bytearray = field(default_factory=bytearray)
    _fragment: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The fragments (`moof` and `mdat`, with what stands before them) that these bytes complete. Raises Unprocessable."""
        self._held += data
        while (box := self._box()) is not None:
            kind = bytes(box[4:8])
            if kind in {b"moof", b"styp", b"sidx", b"prft", b"emsg"} or self._fragment:
                self._fragment += box
                if kind == b"mdat":
                    yield bytes(self._fragment)
                    self._fragment.clear()
            elif kind not in {b"mfra", b"free"}:
                self._head += box
                self.init = bytes(self._head) if kind == b"moov" else self.init

    def _box(self) -> bytes | None:
        if len(self._held) < 8:
            return None
        size = int.from_bytes(self._held[:4])
        if size == 1 and len(self._held) >= 16:
            size = int.from_bytes(self._held[8:16])
        if size == 1:
            return None
        if not 8 <= size <= LARGEST_BOX:
            raise Unprocessable("The encoder wrote something that is no MP4", code="program_failed")
        if len(self._held) < size:
            return None
        box = bytes(self._held[:size])
        del self._held[:size]
        return box


def decode_time(fragment: bytes) -> int:
    """When the fragment begins, in units of its track (`tfdt`, section 8.8.12). Raises ValueError without one."""
    at = fragment.index(b"tfdt") + 4
    return (
        int.from_bytes(fragment[at + 4 : at + 12]) if fragment[at] == 1 else int.from_bytes(fragment[at + 4 : at + 8])
    )
