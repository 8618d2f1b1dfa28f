"""Wiring: the one place that picks concrete classes. Read it from top to bottom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

from mediaworks.accounts import Accounts
from mediaworks.db import Database
from mediaworks.db.presence import Presence
from mediaworks.delivery import SignedLinks
from mediaworks.delivery.signing import REFRESH_SECONDS, load_keyring
from mediaworks.jobs import Schedule, Task, Worker
from mediaworks.media import MediaLibrary
from mediaworks.media.tasks import MediaTasks
from mediaworks.processing import Sandbox
from mediaworks.settings import Settings
from mediaworks.storage import BlobStore, open_store
from mediaworks.uploads import Uploads


@dataclass(frozen=True, slots=True)
class App:
    """Everything that a process of the service works with."""

    settings: Settings
    database: Database
    store: BlobStore
    sandbox: Sandbox
    accounts: Accounts
    library: MediaLibrary
    links: SignedLinks
    uploads: Uploads

    def chores(self) -> tuple[Schedule, ...]:
        """What each API process does beside answering."""
        seconds = self.settings.media.count_seconds
        return (
            Schedule("write counts", seconds, self.library.write_counts),
            Schedule("write last use of keys", seconds, self.accounts.write_last_use),
            Schedule("refresh signing keys", REFRESH_SECONDS, partial(self.links.refresh, self.database)),
            Schedule("retry discards", seconds, self.uploads.retry_discards),
        )

    def worker(self) -> Worker:
        """The background worker of this process."""
        tasks = MediaTasks(self.database, self.store, self.sandbox, self.settings.media, self.settings.processing)
        return Worker(
            self.settings.database.url,
            self.settings.jobs,
            tasks=(
                Task("media.understand", "media", tasks.understand, give_up=tasks.give_up),
                Task("media.remove_blobs", "housekeeping", tasks.remove_blobs),
            ),
            schedules=(
                Schedule("sweep abandoned uploads", self.settings.uploads.sweep_seconds, self.uploads.sweep),
                Schedule("purge deleted media", 3600, self.library.purge_expired),
                Schedule("forget old events", 3600, self.library.forget_old_events),
            ),
        )


@asynccontextmanager
async def build(settings: Settings, *, decoders: int) -> AsyncIterator[App]:
    """A running App with so many decoders; all is let go when the block ends. The database must be there and migrated."""
    async with AsyncExitStack() as stack:
        database = Database(settings.database)
        stack.push_async_callback(database.close)
        store = open_store(settings.storage)
        stack.push_async_callback(store.close)
        presence = Presence(settings.database.url)
        await presence.start()
        stack.push_async_callback(presence.close)
        sandbox = Sandbox(replace(settings.processing, decoders=decoders))
        await sandbox.start()
        stack.push_async_callback(sandbox.close)
        accounts = Accounts(database, settings.accounts)
        library = MediaLibrary(database, accounts, settings.media)
        links = SignedLinks(await load_keyring(database), settings.delivery)
        uploads = Uploads(database, store, library, sandbox, presence, settings.uploads, settings.processing)
        yield App(settings, database, store, sandbox, accounts, library, links, uploads)
