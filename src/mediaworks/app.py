"""Wiring: the one place that picks concrete classes. Read it from top to bottom."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

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
from mediaworks.media.similar.backfill import Backfill
from mediaworks.media.similar.duplicates import NearDuplicates
from mediaworks.media.similar.service import SimilarPictures, open_similar
from mediaworks.media.sound.service import Sounds
from mediaworks.media.sound.tasks import SoundTasks
from mediaworks.media.tasks import MediaTasks
from mediaworks.media.versions.service import Versions
from mediaworks.personal import Personal, PersonalData
from mediaworks.processing import AudioEngine, Engine, Faces, Kind, Renderer, Sandbox, VideoEngine, ffmpeg
from mediaworks.settings import Settings
from mediaworks.storage import BlobStore, open_store
from mediaworks.streaming.beside import Beside, open_beside
from mediaworks.streaming.cache import SegmentCache
from mediaworks.streaming.captions.personal import CaptionRecords
from mediaworks.streaming.completion import Completion
from mediaworks.streaming.copies import Copies
from mediaworks.streaming.metering import OwnersAllowance
from mediaworks.streaming.originals import Originals
from mediaworks.streaming.playback import PlaybackTokens
from mediaworks.streaming.runs import Runs
from mediaworks.streaming.service import TIDY_SECONDS, Streams
from mediaworks.streaming.shared.service import SharedSegments
from mediaworks.streaming.shared.shelf import NoShelf, Shelf
from mediaworks.streaming.shared.tidying import SharedQuota
from mediaworks.streaming.slots import Slots
from mediaworks.streaming.spare import SpareCache, SpareMeter, SpareShelf, spare_standing
from mediaworks.streaming.tasks import StreamTasks
from mediaworks.transformations.presets.personal import PresetRecords
from mediaworks.transformations.presets.service import Presets
from mediaworks.transformations.room import TransformationsRoom, open_transformations
from mediaworks.uploads import Uploads, open_uploads
from mediaworks.uploads.gate import open_gate
from mediaworks.uploads.personal.records import UploadRecords


class Closable(Protocol):
    async def close(self) -> None: ...


C = TypeVar("C", bound=Closable)


@dataclass(frozen=True, slots=True)
class App:
    """Everything that a process of the service works with."""

    settings: Settings
    database: Database
    store: BlobStore
    sandbox: Sandbox
    faces: Faces
    accounts: Accounts
    groups: Groups
    audit: AuditLog
    idempotency: Idempotency
    library: MediaLibrary
    versions: Versions
    sharing: Sharing
    similar: SimilarPictures
    near_duplicates: NearDuplicates
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
    streams: Streams
    completion: Completion
    playback: PlaybackTokens
    beside: Beside
    presets: Presets
    transformations: TransformationsRoom
    sounds: Sounds
    sound_tasks: SoundTasks

    def chores(self) -> tuple[Schedule, ...]:
        """What each API process does beside answering."""
        seconds = self.settings.media.count_seconds
        return (
            Schedule("write counts", seconds, self.library.write_counts),
            Schedule("write last use of keys", seconds, self.accounts.write_last_use),
            Schedule("refresh signing keys", REFRESH_SECONDS, partial(self.links.refresh, self.database)),
            Schedule("retry discards", seconds, self.uploads.finishing.retry_discards),
            Schedule("tidy segments", TIDY_SECONDS, self.streams.tidy),
            *self._completing(),
            Schedule("number events", 0, self.events.number),
            Schedule("hold new events", 0, self.hub.keep_up),
        )

    def _completing(self) -> tuple[Schedule, ...]:
        seconds = self.settings.streaming.complete_after_seconds
        return (Schedule("complete what was watched", seconds / 2, self.completion.run),) if seconds else ()

    def worker(self) -> Worker:
        """The background worker of this process."""
        settings = self.settings
        streaming = StreamTasks(self.database, self.streams, settings.streaming.prepared_segments)
        tasks = MediaTasks(
            self.database, self.store, self.sandbox, self.accounts, settings.media, settings.processing, self.faces,
            follow_ups=(streaming.understood,),
        )  # fmt: skip
        shared = SharedQuota(self.database, self.store, settings.streaming.shared_bytes)
        backfill = Backfill(self.database, self.store, self.sandbox, settings.processing)
        return Worker(
            self.settings.database.url,
            self.database,
            self.settings.jobs,
            tasks=(
                *tasks.all(),
                *streaming.all(),
                *backfill.tasks(),
                *self.sound_tasks.all(),
                *self.batches.tasks(),
                *self.transformations.tasks(),
                *self.uploads.imports.tasks(),
                *self.uploads.batches.tasks(),
                *self.personal.tasks(),
            ),
            schedules=(
                Schedule("sweep abandoned uploads", self.settings.uploads.sweep_seconds, self.uploads.sweeper.sweep),
                Schedule("expire uploads", self.settings.uploads.sweep_seconds, self.uploads.sweeper.expire),
                Schedule("collect forgotten drafts", 3600, self.uploads.sweeper.collect),
                Schedule("delete media whose time is over", 60, self.library.delete_expired),
                Schedule("look at pictures again", 600, backfill.find),
                Schedule("purge deleted media", 3600, self.library.purge_expired),
                Schedule("forget full allowances", 3600, PostgresBuckets(self.database).forget_full),
                Schedule("forget old answers", 600, self.idempotency.forget_old),
                Schedule("forget old events", 3600, partial(forget_old, self.database, self.settings.events)),
                Schedule("tidy segments", TIDY_SECONDS, self.streams.tidy),
                Schedule("tidy shared segments", TIDY_SECONDS, shared.tidy),
                Schedule("number events", 0, self.events.number),
                Schedule("relay events", 1, self.relay.run),
                Schedule("deliver webhooks", 0, self.webhooks.dispatcher.run),
            ),
        )


@dataclass(frozen=True, slots=True)
class Machines:
    """What the rooms work with."""

    database: Database
    store: BlobStore
    presence: Presence
    sandbox: Sandbox
    faces: Faces
    renders: Sandbox
    renderer: Renderer
    audio: AudioEngine
    engines: Mapping[Kind, Engine]


@asynccontextmanager
async def build(settings: Settings, *, decoders: int) -> AsyncIterator[App]:
    """A running App with so many decoders; all is let go when the block ends. The database must be there and migrated."""
    async with AsyncExitStack() as stack:
        machines = await _machines(stack, settings, decoders)
        database, store, presence = machines.database, machines.store, machines.presence
        accounts = _kept(stack, _accounts(settings, database))
        library = MediaLibrary(database, accounts, settings.media)
        versions = Versions(database, accounts, library)
        links = SignedLinks(await load_keyring(database), settings.delivery)
        uploads = _uploads(settings, machines, accounts, library, links)
        events = EventLog(database, presence, SharedMedia())
        webhooks = _kept(stack, _webhooks(settings, machines))
        sinks = open_sinks(settings.sink_addresses, Surroundings(links.public))
        relay = _kept(stack, Relay(database, events, (webhooks.sink, *sinks), presence.process_id))
        jobs = Jobs(database, Watchers(database, presence))
        transformations = open_transformations(
            database, store, accounts, library, versions, jobs, machines.renderer, machines.faces, machines.engines,
            settings.transformations, settings.srcsets, settings.processing,
        )  # fmt: skip
        shelf = _shelf(stack, settings, machines)
        originals = _kept(stack, Originals(store, _cache(settings)))
        streams = _kept(stack, _streams(settings, machines, originals, accounts, library, shelf))
        app = App(
            settings=settings,
            database=database,
            store=store,
            sandbox=machines.sandbox,
            faces=machines.faces,
            accounts=accounts,
            groups=Groups(database, accounts.forget_callers),
            audit=_kept(stack, AuditLog(database, settings.audit)),
            idempotency=Idempotency(database, presence, settings.idempotency),
            library=library,
            versions=versions,
            sharing=Sharing(database, library),
            similar=await open_similar(database, library),
            near_duplicates=NearDuplicates(database),
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
            streams=streams,
            completion=_kept(stack, _completion(settings, originals, accounts, streams, shelf)),
            playback=PlaybackTokens(lambda: links.keyring, settings.delivery.public_url),
            beside=_kept(stack, _beside(settings, machines, originals, library)),
            presets=Presets(database, settings.presets),
            transformations=transformations,
            sounds=Sounds(database, library, store, machines.renders, jobs),
            sound_tasks=SoundTasks(database, store, machines.renders, machines.audio),
        )
        await _kept(stack, presence).start()
        await relay.register()
        yield app


def _kept(stack: AsyncExitStack, machine: C) -> C:
    """It, closed when the block of the stack ends."""
    stack.push_async_callback(machine.close)
    return machine


async def _machines(stack: AsyncExitStack, settings: Settings, decoders: int) -> Machines:
    database, store = _kept(stack, Database(settings.database)), _kept(stack, open_store(settings.storage))
    sandbox = _kept(stack, Sandbox(replace(settings.processing, decoders=decoders)))
    await sandbox.start()
    renders = _kept(stack, Sandbox(settings.processing))  # apart, so that no upload waits for pictures to be made
    renders.start_when_needed()
    audio = AudioEngine(renders, lambda: ffmpeg(settings.processing.ffmpeg).path, settings.processing)
    return Machines(
        database=database,
        store=store,
        presence=Presence(settings.database.url),
        sandbox=sandbox,
        faces=_kept(stack, Faces(settings.processing)),
        renders=renders,
        renderer=Renderer(renders, settings.processing),
        audio=audio,
        engines={Kind.VIDEO: _video_engine(settings, renders), Kind.AUDIO: audio},
    )


def _video_engine(settings: Settings, sandbox: Sandbox) -> VideoEngine:
    limits = settings.processing
    return VideoEngine(
        sandbox,
        Renderer(sandbox, limits),
        lambda: ffmpeg(limits.ffmpeg).path,
        settings.transcoding,
        limits.max_pixels,
    )


def _uploads(
    settings: Settings, machines: Machines, accounts: Accounts, library: MediaLibrary, links: SignedLinks
) -> Uploads:
    return open_uploads(
        machines.database,
        machines.store,
        accounts,
        library,
        machines.sandbox,
        machines.presence,
        open_gate(settings.gate, settings.egress),
        Egress(settings.egress),
        lambda: links.keyring,
        settings.uploads,
        settings.processing,
    )


def _webhooks(settings: Settings, machines: Machines) -> WebhooksRoom:
    return open_webhooks(
        machines.database, machines.presence, Egress(settings.egress), SharedMedia(), settings.webhooks
    )


def _shelf(stack: AsyncExitStack, settings: Settings, machines: Machines) -> Shelf:
    if not settings.streaming.shared_bytes:
        return NoShelf()
    return _kept(stack, SharedSegments(machines.database, machines.store, _cache(settings)))


def _cache(settings: Settings) -> SegmentCache:
    return SegmentCache(settings.segments_dir, settings.streaming.cache_bytes)


def _program(settings: Settings) -> Path:
    return ffmpeg(settings.processing.ffmpeg).path


def _streams(
    settings: Settings,
    machines: Machines,
    originals: Originals,
    accounts: Accounts,
    library: MediaLibrary,
    shelf: Shelf,
) -> Streams:
    config, cache = settings.streaming, _cache(settings)
    runs = Runs(originals, cache, partial(_program, settings), config, OwnersAllowance(accounts), shelf)
    copies = Copies(originals, machines.sandbox, cache)
    return Streams(
        machines.database, library, machines.store, machines.sandbox, runs, copies, cache, config,
        settings.processing.max_pixels,
    )  # fmt: skip


def _completion(
    settings: Settings, originals: Originals, accounts: Accounts, streams: Streams, shelf: Shelf
) -> Completion:
    config, cache = settings.streaming, _cache(settings)
    runs = Runs(
        originals, SpareCache(cache.folder, cache.quota), partial(_program, settings), config,
        SpareMeter(OwnersAllowance(accounts)), SpareShelf(shelf), spare_standing(cache.folder),
    )  # fmt: skip
    slots = Slots(cache.folder, config.encoders)
    return Completion(streams.shared, runs, cache, shelf, slots, config.complete_after_seconds)


def _beside(settings: Settings, machines: Machines, originals: Originals, library: MediaLibrary) -> Beside:
    return open_beside(
        machines.database, library, machines.store, originals, _cache(settings), partial(_program, settings),
        at_once=settings.streaming.encoders,
    )  # fmt: skip


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
        PresetRecords(database),
        CaptionRecords(database),
    )
    return Personal(database, AccountRecords(database, accounts), rooms)
