"""Several processes of the service in one: each with its own place in the database, over one storage, without HTTP."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from mediaworks.accounts import Caller
from mediaworks.accounts.keys import make_first_admin
from mediaworks.app import App, build
from mediaworks.db.migrate import migrate
from mediaworks.db.presence import Presence
from mediaworks.kit.egress import Egress
from mediaworks.settings import Settings
from mediaworks.uploads import Uploads, open_uploads
from mediaworks.uploads.gate import open_gate


@dataclass(slots=True)
class Process:
    """One process: its uploads, and what tells the others that it lives."""

    presence: Presence
    uploads: Uploads


class Processes:
    """Processes 0, 1, … over one database and one storage folder; each can be started anew."""

    def __init__(self, app: App, caller: Caller) -> None:
        self.app = app
        self.caller = caller
        self._running: dict[int, Process] = {}

    def __getitem__(self, number: int) -> Uploads:
        return self._running[number].uploads

    async def restart(self, number: int, **limits: Any) -> None:
        """End process `number`, if it runs, and start it; `limits` as in UploadsConfig."""
        if (before := self._running.pop(number, None)) is not None:
            await before.presence.close()
        app, settings = self.app, self.app.settings
        presence = Presence(settings.database.url)
        uploads = open_uploads(
            app.database,
            app.store,
            app.accounts,
            app.library,
            app.sandbox,
            presence,
            open_gate(settings.gate, settings.egress),
            Egress(settings.egress),
            lambda: app.links.keyring,
            replace(settings.uploads, **limits),
            settings.processing,
        )
        await presence.start()
        self._running[number] = Process(presence, uploads)

    async def close(self) -> None:
        for process in self._running.values():
            await process.presence.close()

    async def hold_dead(self, upload_id: UUID) -> None:
        """Write into the record that a process holds the upload which lives no more."""
        await self.execute("UPDATE uploads SET holder = :dead WHERE id = :id", id=upload_id, dead=secrets.randbits(62))

    async def execute(self, query: str, **values: Any) -> None:
        async with self.app.database.transaction() as connection:
            await connection.execute(text(query), values)

    async def rows(self, query: str, **values: Any) -> Sequence[Any]:
        async with self.app.database.reading() as connection:
            return (await connection.execute(text(query), values)).all()

    def temporary(self, key: str) -> Path:
        return self.folder / "incoming" / key.replace("/", "+")

    def final(self, key: str) -> Path:
        return self.folder / key

    @property
    def folder(self) -> Path:
        return self.app.settings.data_dir / "blobs"


@asynccontextmanager
async def processes(settings: Settings) -> AsyncIterator[Processes]:
    """Over an empty database and the storage folder of `settings`; none is running yet."""
    migrate(settings.database.url)
    async with build(settings, decoders=1) as app:
        key = await make_first_admin(app.database, settings.admin_key_file)
        found = Processes(app, await app.accounts.authenticate(key or settings.admin_key_file.read_text()))
        yield found
        await found.close()
