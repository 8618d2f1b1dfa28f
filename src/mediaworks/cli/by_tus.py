"""Uploads by tus: the way that survives broken lines, restarts of the service, and the end of the program."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import httpx

from mediaworks.cli.asking import Interrupted, ask
from mediaworks.cli.client import Unreachable, answer_of
from mediaworks.cli.notes import Note, forget_old, note_of
from mediaworks.cli.patience import Patience
from mediaworks.cli.pieces import Seen, pieces_of
from mediaworks.cli.resumable import ResumableUpload
from mediaworks.cli.sources import Source
from mediaworks.cli.tus import Tus
from mediaworks.errors import MediaworksError


@dataclass(frozen=True, slots=True)
class ByTus:
    """`parts` of one file go at once; `patience_seconds` without progress end it; `notes` is the folder for what is
    under way. Implements `sending.Way`."""

    client: httpx.Client
    fields: Mapping[str, str]
    parts: int
    patience_seconds: float
    notes: Path
    met: Event = field(default_factory=Event)

    def send(self, source: Source, sent: Callable[[int], None], stopped: Event) -> dict[str, Any]:
        forget_old(self.notes)
        patience = partial(Patience, self.patience_seconds, met=self.met, stopped=stopped)
        with note_of(self.notes if source.path else None, *self._identity(source)) as note:
            try:
                media = self._send(source, note, patience, sent)
            except Interrupted as error:
                raise _with_a_hint(error, note) from error
            note.write([])
        return media

    def _send(
        self, source: Source, note: Note, patience: Callable[[], Patience], sent: Callable[[int], None]
    ) -> dict[str, Any]:
        seen = Seen()
        upload = ResumableUpload(
            Tus(self.client, self.met), pieces_of(source, self.parts, seen), {"filename": source.name, **self.fields}, note=note,
            replayable=source.path is not None, patience=patience, sent=sent,
        )  # fmt: skip
        media_id = upload.run()
        media = patience().call(lambda: self._media(media_id))
        seen.require_same(source.path, media)
        return media

    def _media(self, media_id: str) -> dict[str, Any]:
        media: dict[str, Any] = answer_of(ask(self.client, self.met, "GET", f"/api/v1/media/{media_id}"))
        return media

    def _identity(self, source: Source) -> tuple[object, ...]:
        """What must be as it was for an upload to be gone on with."""
        key = hashlib.sha256(self.client.headers["x-api-key"].encode()).hexdigest()
        path = source.path and source.path.resolve()
        fields = dict(self.fields)
        return str(self.client.base_url), key, path, source.name, source.size, source.modified_ns, fields, self.parts


def _with_a_hint(error: Interrupted, note: Note) -> MediaworksError:
    hint = "; what has arrived is kept, and the same command goes on from there" if note.read() else ""
    return Unreachable(error.detail + hint, code=error.code)
