"""The log of deliveries, and the events of the past that can be delivered again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, and_, select

from mediaworks.db import Connection
from mediaworks.errors import NotFound
from mediaworks.events.model import Published
from mediaworks.events.tables import outbox
from mediaworks.events.webhooks.model import Delivery, DeliveryState, Span
from mediaworks.events.webhooks.tables import webhook_deliveries, webhook_lanes

_LOG = webhook_deliveries.c
_EVENT = tuple(outbox.c[name] for name in Published.__struct_fields__)
_DELIVERY = (
    select(webhook_deliveries, outbox.c.type, webhook_lanes.c.next_attempt_at)
    .join(outbox, outbox.c.id == _LOG.event_id)
    .outerjoin(
        webhook_lanes,
        and_(
            webhook_lanes.c.endpoint_id == _LOG.endpoint_id,
            webhook_lanes.c.subject == _LOG.subject,
            _LOG.state == DeliveryState.PENDING.value,
        ),
    )
)


async def list_deliveries(
    connection: Connection, endpoint_id: UUID, state: DeliveryState | None, *, before: int | None, limit: int
) -> list[Delivery]:
    """The newest event first, from before the sequence `before`."""
    query = _DELIVERY.where(_LOG.endpoint_id == endpoint_id).order_by(_LOG.sequence.desc()).limit(limit)
    if state is not None:
        query = query.where(_LOG.state == state.value)
    if before is not None:
        query = query.where(_LOG.sequence < before)
    return [_delivery(row) for row in await connection.execute(query)]


async def delivery_by_id(connection: Connection, endpoint_id: UUID, delivery_id: UUID) -> Delivery:
    """Raises NotFound."""
    query = _DELIVERY.where(_LOG.endpoint_id == endpoint_id, _LOG.id == delivery_id)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NotFound("There is no such delivery of this webhook")
    return _delivery(row)


async def event_by_id(connection: Connection, event_id: UUID) -> Published:
    row = (await connection.execute(select(*_EVENT).where(outbox.c.id == event_id))).one()
    return msgspec.convert(row._mapping, Published)


async def past_events(
    connection: Connection, endpoint_id: UUID, span: Span, types: Collection[str], *, after: int, limit: int
) -> list[Published]:
    """What `span` means of the events that follow `after`, in their order, at most `limit`."""
    query = select(*_EVENT).where(outbox.c.sequence > after, outbox.c.type.in_(types))
    query = query.where(*_conditions(endpoint_id, span)).order_by(outbox.c.sequence).limit(limit)
    return [msgspec.convert(row._mapping, Published) for row in await connection.execute(query)]


def _conditions(endpoint_id: UUID, span: Span) -> Iterable[ColumnElement[bool]]:
    if span.since is not None:
        yield outbox.c.created_at >= span.since
    if span.until is not None:
        yield outbox.c.created_at < span.until
    if span.event_ids is not None:
        yield outbox.c.id.in_(span.event_ids)
    if span.only_failed:
        failed = select(_LOG.event_id).where(_LOG.endpoint_id == endpoint_id, _LOG.state == DeliveryState.FAILED.value)
        yield outbox.c.id.in_(failed)


def _delivery(row: Row[Any]) -> Delivery:
    return msgspec.convert(row._mapping, Delivery)
