"""A source on its way to the service by tus, in one piece or several at once; the next call goes on with what is noted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from secrets import token_hex
from threading import Event
from typing import cast

from mediaworks.cli.asking import Interrupted
from mediaworks.cli.carrying import Carrier
from mediaworks.cli.client import ServiceError
from mediaworks.cli.notes import Note
from mediaworks.cli.patience import Patience
from mediaworks.cli.pieces import Piece
from mediaworks.cli.tus import Gone, Standing, Tus
from mediaworks.errors import ClientGone, MediaworksError, Unavailable

LEAST_PLANNED = 5 << 20
UNFINISHED = "The service has every byte and has not finished yet"


class ResumableUpload:
    """`pieces` make up one file; `patience` makes what each of them has. A pipe (`replayable` False) leaves nothing
    behind when it cannot go on; of a file the service keeps what it has, and `note` says where."""

    def __init__(
        self, tus: Tus, pieces: list[Piece], metadata: Mapping[str, str], *, note: Note, replayable: bool,
        patience: Callable[[], Patience], sent: Callable[[int], None],
    ) -> None:  # fmt: skip
        self._tus = tus
        self._metadata = metadata
        self._note = note
        self._replayable = replayable
        self._patience = patience
        self._sent = sent
        self._halted = Event()
        self._lengths = [piece.size for piece in pieces]
        self._carriers = [Carrier(tus, piece, patience(), self._hear) for piece in pieces]

    def run(self) -> str:
        """The id of the media object. Raises Interrupted, ClientGone, Changed, OSError, ServiceError."""
        try:
            return self._again_when_gone()
        except (Interrupted, ClientGone):
            if not self._replayable:
                self._drop()
            raise
        except (MediaworksError, OSError):
            self._drop()
            raise

    def _again_when_gone(self) -> str:
        """An upload that the service forgot is begun again, once."""
        try:
            return self._go_on()
        except Gone:
            if not self._replayable:
                raise
        self._note.write([])
        for carrier in self._carriers:
            carrier.put_back()
        return self._go_on()

    def _go_on(self) -> str:
        known = self._note.read()
        return self._whole(known) if len(self._carriers) == 1 else self._joined(known)

    def _whole(self, known: list[str]) -> str:
        standing = None
        if not known:
            address, standing = self._begin(self._metadata, self._lengths[0])
            known = self._noted([address])
        try:
            media_id = self._carriers[0].carry(known[0], standing).media_id
        except Gone:
            media_id = self._outcome(known[0])
        return media_id or self._finished(known[0])

    def _joined(self, known: list[str]) -> str:
        """By partial uploads and a final one, whose address is noted after theirs."""
        count = len(self._carriers)
        if len(known) < count:
            parts = zip(self._plan(), self._lengths, strict=True)
            known = self._noted([self._begin(place, length, partial=True)[0] for place, length in parts])
        if len(known) == count:
            self._carry_all(known)
            length = sum(length or 0 for length in self._lengths)
            address, standing = self._patience().call(lambda: self._tus.join(known, self._metadata, length=length))
            known = self._noted([*known, address])
            if standing.media_id:
                return standing.media_id
        return self._finished(known[count])

    def _plan(self) -> Iterator[dict[str, str]]:
        """What each part says of its place in the whole, so that the service need not copy it there (docs/uploads.md)."""
        lengths = [length or 0 for length in self._lengths]
        planned, name = min(lengths[:-1]) >= LEAST_PLANNED, token_hex(16)
        for number in range(len(lengths)):
            place = {"plan_offset": str(sum(lengths[:number])), "plan_length": str(sum(lengths))}
            yield {"plan": name, **place} if planned else {}

    def _begin(self, metadata: Mapping[str, str], length: int | None, *, partial: bool = False) -> tuple[str, Standing]:
        return self._patience().call(lambda: self._tus.create(metadata, length=length, partial=partial))

    def _carry_all(self, addresses: list[str]) -> None:
        """The first that fails stops the others."""
        with ThreadPoolExecutor(len(addresses)) as threads:
            running = [threads.submit(one.carry, at, None) for one, at in zip(self._carriers, addresses, strict=True)]
            try:
                for done in as_completed(running):
                    done.result()
            except BaseException:
                self._halted.set()
                raise

    def _finished(self, address: str) -> str:
        """Wait for what the service makes of the bytes."""
        patience = self._patience()
        while True:
            try:
                if media_id := self._outcome(address):
                    return media_id
                patience.wait(Interrupted(Unavailable(UNFINISHED)))
            except Interrupted as error:
                patience.wait(error)

    def _outcome(self, address: str) -> str | None:
        """The media object's id, None while there is none. Raises Gone, ServiceError with the service's reason."""
        upload = self._tus.state(address)
        if upload["state"] == "failed":
            raise ServiceError(upload["error"]["detail"], code=upload["error"]["code"])
        if upload["state"] not in {"open", "done"}:
            raise Gone
        return cast("str | None", upload["media_id"])

    def _noted(self, addresses: list[str]) -> list[str]:
        self._note.write(addresses)
        return addresses

    def _hear(self, count: int) -> None:
        if self._halted.is_set():
            raise ClientGone
        self._sent(count)

    def _drop(self) -> None:
        for address in self._note.read():
            with suppress(MediaworksError):
                self._tus.terminate(address)
        self._note.write([])
