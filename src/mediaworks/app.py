"""Wiring: the one place that picks concrete classes. Read it from top to bottom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

from mediaworks.accounts import Accounts
from mediaworks.accounts.allowances.in_postgres import PostgresBuckets
from mediaworks.accounts.allowances.in_redis import RedisBuckets
from mediaworks.accounts.allowances.service import Allowances
from mediaworks.accounts.audit import AuditLog
from mediaworks.accounts.groups.service import Groups
from mediaworks.accounts.personal.records import AccountRecords
from mediaworks.accounts.signing import REFRESH_SECONDS, load_keyring
from mediaworks.accounts.tokens.jwks import Jwks
from mediaworks.accounts.tokens.verifying import Secret, Tokens
from mediaworks.db import Database
from mediaworks.db.presence import Presence
from mediaworks.delivery import SignedLinks
from mediaworks.events import EventLog
from mediaworks.events.hub import Hub
from mediaworks.events.idempotency import Idempotency
from mediaworks.events.personal.records import EventRecords
from mediaworks.events.relay import Relay
from mediaworks.events.retention import forget_old
from mediaworks.events.sinks import Surroundings, open_sinks
from mediaworks.events.webhooks import WebhooksRoom, open_webhooks
from mediaworks.events.webhooks.personal import WebhookRecords
from mediaworks.jobs import Schedule, Worker
from mediaworks.jobs.personal.records import JobRecords
from mediaworks.jobs.service import Jobs
from mediaworks.jobs.watching import Watchers
from mediaworks.kit.egress import Egress
from mediaworks.media import MediaLibrary
from mediaworks.media.batches import MediaBatches
from mediaworks.media.personal.records import MediaRecords
from mediaworks.media.share_links.service import ShareLinks
from mediaworks.media.sharing.audience import SharedMedia
from mediaworks.media.sharing.service import Sharing
from mediaworks.media.tasks import MediaTasks
from mediaworks.personal import Personal, PersonalData
from mediaworks.processing import Sandbox
from mediaworks.settings import Settings
from mediaworks.storage import BlobStore, open_store
from mediaworks.uploads import Uploads, open_uploads
from mediaworks.uploads.gate import open_gate
from mediaworks.uploads.personal.records import UploadRecords


@dataclass(frozen=True, slots=True)
class App:
    """Everything that a process of the service works with."""

    settings: Settings
    database: Database
    store: BlobStore
    sandbox: Sandbox
    accounts: Accounts
    groups: Groups
    audit: AuditLog
    idempotency: Idempotency
    library: MediaLibrary
    sharing: Sharing
    share_links: ShareLinks
    links: SignedLinks
    uploads: Uploads
    personal: Personal
    events: EventLog
    hub: Hub
    webhooks: WebhooksRoom
    relay: Relay
    jobs: Jobs
    batches: MediaBatches

    def chores(self) -> tuple[Schedule, ...]:
        """What each API process does beside answering."""
        seconds = self.settings.media.count_seconds
        return (
            Schedule("write counts", seconds, self.library.write_counts),
            Schedule("write last use of keys", seconds, self.accounts.write_last_use),
            Schedule("refresh signing keys", REFRESH_SECONDS, partial(self.links.refresh, self.database)),
            Schedule("retry discards", seconds, self.uploads.finishing.retry_discards),
            Schedule("number events", 0, self.events.number),
            Schedule("hold new events", 0, self.hub.keep_up),
        )

    def worker(self) -> Worker:
        """The background worker of this process."""
        settings = self.settings
        tasks = MediaTasks(self.database, self.store, self.sandbox, self.accounts, settings.media, settings.processing)
        return Worker(
            self.settings.database.url,
            self.database,
            self.settings.jobs,
            tasks=(
                *tasks.all(),
                *self.batches.tasks(),
                *self.uploads.imports.tasks(),
                *self.uploads.batches.tasks(),
                *self.personal.tasks(),
            ),
            schedules=(
                Schedule("sweep abandoned uploads", self.settings.uploads.sweep_seconds, self.uploads.sweeper.sweep),
                Schedule("expire uploads", self.settings.uploads.sweep_seconds, self.uploads.sweeper.expire),
                Schedule("collect forgotten drafts", 3600, self.uploads.sweeper.collect),
                Schedule("delete media whose time is over", 60, self.library.delete_expired),
                Schedule("purge deleted media", 3600, self.library.purge_expired),
                Schedule("forget full allowances", 3600, PostgresBuckets(self.database).forget_full),
                Schedule("forget old answers", 600, self.idempotency.forget_old),
                Schedule("forget old events", 3600, partial(forget_old, self.database, self.settings.events)),
                Schedule("number events", 0, self.events.number),
                Schedule("relay events", 1, self.relay.run),
                Schedule("deliver webhooks", 0, self.webhooks.dispatcher.run),
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
        accounts = _accounts(settings, database)
        stack.push_async_callback(accounts.close)
        groups = Groups(database, accounts.forget_callers)
        audit = AuditLog(database, settings.audit)
        stack.push_async_callback(audit.close)
        idempotency = Idempotency(database, presence, settings.idempotency)
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
        events = EventLog(database, presence, SharedMedia())
        webhooks = open_webhooks(database, presence, Egress(settings.egress), SharedMedia(), settings.webhooks)
        stack.push_async_callback(webhooks.close)
        sinks = open_sinks(settings.sink_addresses, Surroundings(links.public))
        relay = Relay(database, events, (webhooks.sink, *sinks), presence.process_id)
        stack.push_async_callback(relay.close)
        jobs = Jobs(database, Watchers(database, presence))
        await presence.start()
        stack.push_async_callback(presence.close)
        await relay.register()
        yield App(
            settings=settings,
            database=database,
            store=store,
            sandbox=sandbox,
            accounts=accounts,
            groups=groups,
            audit=audit,
            idempotency=idempotency,
            library=library,
            sharing=Sharing(database, library),
            share_links=ShareLinks(database, library, links.shared),
            links=links,
            uploads=uploads,
            events=events,
            hub=Hub(events),
            webhooks=webhooks,
            relay=relay,
            personal=_personal(database, store, accounts, uploads),
            jobs=jobs,
            batches=MediaBatches(database, library),
        )


def _accounts(settings: Settings, database: Database) -> Accounts:
    config, url = settings.tokens, settings.redis_url
    keys = Jwks(Egress(settings.egress), config.jwks_url) if config.jwks_url else Secret(config.secret)
    tokens = Tokens(config, keys) if config.are_on else None
    buckets = RedisBuckets(url) if url else PostgresBuckets(database)
    return Accounts(database, settings.accounts, tokens=tokens, allowances=Allowances(buckets))


def _personal(database: Database, store: BlobStore, accounts: Accounts, uploads: Uploads) -> Personal:
    rooms: tuple[PersonalData, ...] = (
        UploadRecords(database, store, uploads.leases, uploads.finishing),
        MediaRecords(database, store, accounts),
        JobRecords(database),
        WebhookRecords(database),
        EventRecords(database),
    )
    return Personal(database, AccountRecords(database, accounts), rooms)
