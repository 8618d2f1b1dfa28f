"""When events are forgotten."""

from __future__ import annotations

from datetime import timedelta

import structlog

from mediaworks.db import Database
from mediaworks.events import queries
from mediaworks.events.config import EventsConfig
from mediaworks.kit.clock import now

log = structlog.get_logger(__name__)


async def forget_old(database: Database, config: EventsConfig) -> None:
    """Forget events after `keep_days`, but none that a sink has not had yet: those after `sink_days`."""
    moment = now() - timedelta(days=config.keep_days)
    given_up = now() - timedelta(days=max(config.keep_days, config.sink_days))
    async with database.transaction() as connection:
        lost = await queries.forget_before(connection, moment, given_up)
    if lost:
        log.error("events_given_up", count=lost, sink_days=config.sink_days)
