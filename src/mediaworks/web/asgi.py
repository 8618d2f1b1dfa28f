"""The ASGI application: routes of every room, the dependencies that they name, and the edges around them."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import ASGIApp

from mediaworks import app as wiring
from mediaworks import settings as configuration
from mediaworks.accounts import http as accounts
from mediaworks.accounts.audit import http as audit
from mediaworks.accounts.groups import http as groups
from mediaworks.delivery import http as delivery
from mediaworks.delivery import share_links as shared_files
from mediaworks.delivery import versions as former_files
from mediaworks.events import http as events
from mediaworks.events.webhooks import http as webhooks
from mediaworks.jobs import http as jobs
from mediaworks.jobs import repeat
from mediaworks.kit.logs import configure_logs
from mediaworks.kit.processes import die_with_parent
from mediaworks.kit.stopping import on_stop_signal
from mediaworks.media import http as media
from mediaworks.media.info import http as info
from mediaworks.media.share_links import http as share_links
from mediaworks.media.sharing import http as sharing
from mediaworks.media.similar import http as similar
from mediaworks.media.sound import http as sound
from mediaworks.media.versions import http as versions
from mediaworks.personal import http as personal
from mediaworks.streaming import http as streaming
from mediaworks.streaming.captions import http as captions
from mediaworks.streaming.storyboards import http as storyboards
from mediaworks.transformations import catalogue_http as catalogue
from mediaworks.transformations import http as transformations
from mediaworks.transformations.presets import http as presets
from mediaworks.transformations.srcset import http as srcset
from mediaworks.uploads.http import BEFORE_SEND
from mediaworks.uploads.http import ROUTERS as UPLOADS
from mediaworks.web import first_contract, health, metrics
from mediaworks.web.audit import audited
from mediaworks.web.cors import cross_origin
from mediaworks.web.idempotency import idempotent
from mediaworks.web.middleware import observed
from mediaworks.web.openapi import DOCS, OPENAPI
from mediaworks.web.problems import HANDLERS
from mediaworks.web.streams import ending_streams

DISK_THREADS = 32  # they wait for fsync, and the disk does many of them in one

ROUTES = (
    accounts.router,
    audit.router,
    groups.router,
    personal.router,
    media.router,
    similar.router,
    info.router,
    sound.router,
    sharing.router,
    share_links.router,
    versions.router,
    events.router,
    webhooks.router,
    *UPLOADS,
    delivery.router,
    shared_files.router,
    former_files.router,
    jobs.router,
    *streaming.ROUTERS,
    *captions.ROUTERS,
    *storyboards.ROUTERS,
    presets.router,
    catalogue.router,
    srcset.router,
    transformations.router,
    first_contract.router,
    health.live,
    health.ready,
    metrics.metrics,
    *DOCS,
)


def create() -> ASGIApp:
    """The application over the settings that were handed down; what the server's processes start with."""
    die_with_parent()
    settings = configuration.load()
    configure_logs(settings.log_level, settings.log_format)
    stopping = asyncio.Event()

    @asynccontextmanager
    async def lifespan(litestar: Litestar) -> AsyncIterator[None]:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(DISK_THREADS, thread_name_prefix="disk"))
        async with wiring.build(settings, decoders=1) as app:
            _fill(litestar.state, app)
            gc.collect()
            gc.freeze()
            gc.set_threshold(20_000, 20, 50)
            chores = [asyncio.create_task(repeat(chore)) for chore in app.chores()]
            on_stop_signal(stopping.set)
            yield
            for chore in chores:
                chore.cancel()
            await app.library.write_counts()

    application = Litestar(
        route_handlers=ROUTES,
        dependencies={"caller": Provide(accounts.authenticate)},
        exception_handlers=HANDLERS,
        middleware=[idempotent],
        before_send=list(BEFORE_SEND),
        lifespan=[lifespan],
        cors_config=cross_origin(settings.cors_origins),
        openapi_config=OPENAPI,
        logging_config=None,
    )  # fmt: skip
    return ending_streams(observed(audited(application, application.state)), stopping)


def _fill(state: State, app: wiring.App) -> None:
    """Give the routes of each room what their `Rooms` name."""
    state.app = app
    state.accounts = app.accounts
    state.groups = app.groups
    state.audit = app.audit
    state.personal = app.personal
    state.idempotency = app.idempotency
    state.library = app.library
    state.versions = app.versions
    state.sharing = app.sharing
    state.share_links = app.share_links
    state.links = app.links
    state.similar = app.similar
    state.sounds = app.sounds
    state.near_duplicates = app.near_duplicates
    state.store = app.store
    state.uploads = app.uploads
    state.events = app.events
    state.hub = app.hub
    state.relay = app.relay
    state.events_config = app.settings.events
    state.jobs = app.jobs
    state.batches = app.batches
    state.streams = app.streams
    state.playback = app.playback
    state.captions = app.beside.captions
    state.faststarts = app.beside.faststarts
    state.storyboards = app.beside.storyboards
    state.webhooks = app.webhooks.service
    state.presets = app.presets
    state.srcsets = app.transformations.srcsets
    state.transformations = app.transformations.service
    state.webhook_history = app.webhooks.history
    state.keyring = lambda: app.links.keyring
    state.public_url = app.settings.delivery.public_url
    state.delivery_config = app.settings.delivery
