"""Wiring: the one place that picks concrete classes. Read it from top to bottom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

from mediaworks.accounts import Accounts
from mediaworks.accounts.signing import REFRESH_SECONDS, load_keyring
from mediaworks.db import Database
from mediaworks.db.presence import Presence
from mediaworks.delivery import SignedLinks
from mediaworks.events import EventLog
from mediaworks.events.relay import Relay
from mediaworks.jobs import Schedule, Task, Worker
from mediaworks.kit.egress import Egress
from mediaworks.media import MediaLibrary
from mediaworks.media.tasks import MediaTasks
from mediaworks.processing import Sandbox
from mediaworks.settings import Settings
from mediaworks.storage import BlobStore, open_store
from mediaworks.uploads import Uploads, open_uploads
from mediaworks.uploads.gate import open_gate
from mediaworks.uploads.importing import IMPORT
from mediaworks.uploads.records import CALLBACK


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
    events: EventLog
    relay: Relay

    def chores(self) -> tuple[Schedule, ...]:
        """What each API process does beside answering."""
        seconds = self.settings.media.count_seconds
        return (
            Schedule("write counts", seconds, self.library.write_counts),
            Schedule("write last use of keys", seconds, self.accounts.write_last_use),
            Schedule("refresh signing keys", REFRESH_SECONDS, partial(self.links.refresh, self.database)),
            Schedule("retry discards", seconds, self.uploads.finishing.retry_discards),
            Schedule("number events", 0, self.events.number),
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
                Task(IMPORT, "import", self.uploads.imports.run, give_up=self.uploads.imports.give_up),
                Task(CALLBACK, "import", self.uploads.imports.call_back, retries=8),
            ),
            schedules=(
                Schedule("sweep abandoned uploads", self.settings.uploads.sweep_seconds, self.uploads.sweeper.sweep),
                Schedule("expire uploads", self.settings.uploads.sweep_seconds, self.uploads.sweeper.expire),
                Schedule("collect forgotten drafts", 3600, self.uploads.sweeper.collect),
                Schedule("delete media whose time is over", 60, self.library.delete_expired),
                Schedule("purge deleted media", 3600, self.library.purge_expired),
                Schedule("forget old events", 3600, self.library.forget_old_events),
                Schedule("number events", 0, self.events.number),
                Schedule("relay events", 0, self.relay.run),
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
        sandbox = Sandbox(replace(settings.processing, decoders=decoders))
        await sandbox.start()
        stack.push_async_callback(sandbox.close)
        accounts = Accounts(database, settings.accounts)
        library = MediaLibrary(database, accounts, settings.media)
        links = SignedLinks(await load_keyring(database), settings.delivery)
        uploads = open_uploads(
            database,
            store,
            accounts,
            library,
            sandbox,
            presence,
            open_gate(settings.gate, settings.egress),
            Egress(settings.egress),
            lambda: links.keyring,
            settings.uploads,
            settings.processing,
        )
        events = EventLog(database, presence)
        relay = Relay(database, events, (), presence.process_id)
        stack.push_async_callback(relay.close)
        await presence.start()
        stack.push_async_callback(presence.close)
        await relay.register()
        yield App(settings, database, store, sandbox, accounts, library, links, uploads, events, relay)
