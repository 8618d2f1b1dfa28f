"""Uploads straight to the storage: the service signs addresses, and looks at the object when it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from threading import Event
from typing import Any

import httpx

from mediaworks.cli.asking import ask
from mediaworks.cli.client import answer_of, problem_of
from mediaworks.cli.patience import Patience
from mediaworks.cli.pieces import FilePiece, Seen
from mediaworks.cli.sources import Source
from mediaworks.errors import MediaworksError

MULTIPART_BYTES = 64 << 20
CONFIRM_SECONDS = 3600
UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class ByPresign:
    """Files over MULTIPART_BYTES go in parts, `parts` of them at once. Implements `sending.Way` for sources that have a
    size."""

    client: httpx.Client
    fields: Mapping[str, str]
    parts: int
    patience_seconds: float
    met: Event = field(default_factory=Event)

    def send(self, source: Source, sent: Callable[[int], None], stopped: Event) -> dict[str, Any]:
        seen = Seen()
        patience = partial(Patience, self.patience_seconds, met=self.met, stopped=stopped)
        slot = patience().call(lambda: self._ask("POST", "media/presign", json=self._wish(source)))
        try:
            self._store(slot, source, Putting(self.met, patience, sent), seen)
            media: dict[str, Any] = patience().call(lambda: self._confirm(slot["id"]))
        except (MediaworksError, OSError):
            with suppress(MediaworksError):
                ask(self.client, self.met, "DELETE", f"/api/v1/uploads/{slot['id']}")
            raise
        seen.require_same(source.path, media)
        return media

    def _wish(self, source: Source) -> dict[str, Any]:
        import msgspec

        size = source.size or 0
        wish = {
            "filename": source.name,
            "fileType": _type_of(source),
            "sizeBytes": size,
            "multipart": size > MULTIPART_BYTES,
        }
        structured = {"tags", "metadata"}
        return wish | {
            name: msgspec.json.decode(value) if name in structured else value for name, value in self.fields.items()
        }

    def _store(self, slot: dict[str, Any], source: Source, putting: Putting, seen: Seen) -> None:
        size = source.size or 0
        if "partSize" not in slot:
            putting.put(lambda: (slot["uploadUrl"], slot["headers"]), FilePiece(source, 0, size, seen))
            return
        starts = range(0, size, slot["partSize"])
        pieces = [FilePiece(source, start, min(slot["partSize"], size - start), seen) for start in starts]
        with ThreadPoolExecutor(self.parts) as threads:
            addresses = [partial(self._part, slot["id"], number) for number in range(1, len(pieces) + 1)]
            list(threads.map(putting.put, addresses, pieces))

    def _part(self, slot_id: str, number: int) -> tuple[str, Mapping[str, str]]:
        """A fresh address for a part: those of a slow upload would expire before their turn comes."""
        wish = {"partNumbers": [number]}
        (part,) = self._ask("POST", f"media/presign/{slot_id}/parts", json=wish)["parts"]
        return part["url"], part["headers"]

    def _confirm(self, slot_id: str) -> dict[str, Any]:
        """The service reads the object from its beginning to its end before it answers."""
        media: dict[str, Any] = self._ask("POST", f"media/presign/{slot_id}/confirm", timeout=CONFIRM_SECONDS)
        return media

    def _ask(self, method: str, path: str, **request: Any) -> Any:
        return answer_of(ask(self.client, self.met, method, f"/api/v1/{path}", **request))


def _type_of(source: Source) -> str:
    """As the service will find it: by the content."""
    from mediaworks.processing import HEAD_BYTES, sniff

    head = next(source.chunks(), b"")
    found = sniff(head[:HEAD_BYTES])
    return found.mime if found else UNKNOWN_TYPE


@dataclass(frozen=True, slots=True)
class Putting:
    """Sends pieces to signed addresses, without the API key, which the storage is not to see."""

    met: Event
    patience: Callable[[], Patience]
    sent: Callable[[int], None]

    def put(self, address: Callable[[], tuple[str, Mapping[str, str]]], piece: FilePiece) -> None:
        """Raises Interrupted when patience is at its end, ServiceError with what the storage says."""
        self.patience().call(lambda: self._try(*address(), piece))

    def _try(self, url: str, headers: Mapping[str, str], piece: FilePiece) -> None:
        went = [0]
        storage = httpx.URL(url).copy_with(raw_path=b"/")
        complete = {**headers, "content-length": str(piece.size)}
        try:
            with httpx.Client(base_url=storage, trust_env=False, timeout=httpx.Timeout(120, connect=10)) as client:
                answer = ask(client, self.met, "PUT", url, headers=complete, content=self._body(piece, went))
        except MediaworksError:
            self.sent(-went[0])
            raise
        if not answer.is_success:
            raise problem_of(answer)

    def _body(self, piece: FilePiece, went: list[int]) -> Iterator[bytes]:
        for chunk in piece.chunks(0):
            yield chunk
            went[0] += len(chunk)
            self.sent(len(chunk))
