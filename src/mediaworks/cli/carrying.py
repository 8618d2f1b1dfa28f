"""One piece on its way to one tus upload: it goes on after broken lines and restarts of the service."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mediaworks.cli.asking import Interrupted
from mediaworks.cli.patience import Patience
from mediaworks.cli.pieces import Piece
from mediaworks.cli.sources import Changed
from mediaworks.cli.tus import Standing, Tus


class Carrier:
    """`sent` hears by how much more the service has than it heard before, or less; what it raises ends the sending."""

    def __init__(self, tus: Tus, piece: Piece, patience: Patience, sent: Callable[[int], None]) -> None:
        self._tus = tus
        self._piece = piece
        self._patience = patience
        self._sent = sent
        self._told = 0

    def carry(self, address: str, standing: Standing | None) -> Standing:
        """Send until the service has all; `standing` None: it is to be asked.

        Raises Interrupted when patience is at its end, Gone, Changed, and what the service refuses with.
        """
        while standing is None or not standing.is_whole:
            try:
                standing = self._tus.standing(address) if standing is None else self._append(address, standing)
                self._arrived(standing.offset)
            except Interrupted as error:
                self._patience.wait(error)
                standing = None
        return standing

    def put_back(self) -> None:
        """Tell that nothing has arrived after all."""
        self._tell(0)

    def _append(self, address: str, standing: Standing) -> Standing:
        size = self._piece.size
        room = None if size is None else size - standing.offset
        return self._tus.append(address, standing, self._body(standing.offset), size=room, length=size)

    def _body(self, offset: int) -> Iterator[bytes]:
        """The rest, unless it is called off: half a pipe is never to pass for a whole one."""
        self._sent(0)
        for chunk in self._piece.chunks(offset):
            yield chunk
            offset += len(chunk)
            self._tell(offset)

    def _arrived(self, offset: int) -> None:
        if self._piece.size is not None and offset > self._piece.size:
            raise Changed(f"The service has {offset} bytes of it, and it has {self._piece.size}")
        self._patience.saw(offset)
        self._piece.safe(offset)
        self._tell(offset)

    def _tell(self, offset: int) -> None:
        told, self._told = self._told, offset
        self._sent(offset - told)
