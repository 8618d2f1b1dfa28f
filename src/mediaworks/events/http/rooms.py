from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from litestar.params import QueryParameter

from mediaworks.accounts import http as accounts
from mediaworks.events.config import EventsConfig
from mediaworks.events.hub import Hub
from mediaworks.events.log import EventLog
from mediaworks.events.relay import Relay


class Rooms(accounts.Rooms):
    """What these routes work with."""

    events: EventLog
    hub: Hub
    relay: Relay
    events_config: EventsConfig


Types = Annotated[
    str | None, QueryParameter(name="types", description="Only these, such as `media.*,upload.failed`; all without it")
]
Subject = Annotated[UUID | None, QueryParameter(name="subject", description="Only what this object is the subject of")]
Whose = Annotated[
    Literal["all", "own"],
    QueryParameter(name="scope", description="`all`: everybody's, for administrators and services"),
]
