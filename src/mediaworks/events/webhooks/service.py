"""Endpoints: who has which, with which secret, and whether they are asked."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from mediaworks.accounts.model import Caller, Role
from mediaworks.db import Connection, Database
from mediaworks.errors import Conflict, Forbidden, Invalid
from mediaworks.events.webhooks.checking import checked
from mediaworks.events.webhooks.config import WebhooksConfig
from mediaworks.events.webhooks.fan_out import DAY_SECONDS
from mediaworks.events.webhooks.message import test_message
from mediaworks.events.webhooks.model import (
    Attempt,
    NewWebhook,
    Secret,
    Webhook,
    WebhookChanges,
    WebhookPage,
    Whose,
)
from mediaworks.events.webhooks.queries import endpoints, queueing
from mediaworks.events.webhooks.sending import Sender
from mediaworks.kit.clock import now
from mediaworks.kit.egress import Egress
from mediaworks.kit.ids import new_id
from mediaworks.kit.paging import page_of, require_between
from mediaworks.kit.webhooks import PREFIX

PAGE_LIMIT = 200
SECRET_BYTES = 32
MOST_SECRETS = 5
LONGEST_OVERLAP_HOURS = 24 * 7
BY_HAND = "Switched off by hand"


class Webhooks:
    """Users have their own endpoints; those who see everybody's media have to do with everybody's. What is somebody else's
    is not found."""

    def __init__(self, database: Database, egress: Egress, sender: Sender, config: WebhooksConfig) -> None:
        self._database = database
        self._egress = egress
        self._sender = sender
        self._config = config

    async def create(
        self, by: Caller, *, url: str, events: tuple[str, ...], description: str, scope: Whose
    ) -> NewWebhook:
        """Raises Invalid and EgressRefused that name the field, Forbidden, Conflict for one too many."""
        require_writer(by)
        if scope is Whose.ALL:
            by.require_everybody()
        secret = new_secret()
        values = {
            "id": new_id(),
            "user_id": by.user_id,
            "scope": scope.value,
            "secrets": [{"secret": secret}],
            **await checked(self._egress, {"url": url, "events": events, "description": description}),
        }
        async with self._database.transaction() as connection:
            made = await endpoints.insert_webhook(connection, values, self._config.per_user)
        if made is None:
            limit = self._config.per_user
            raise Conflict(f"A user may have {limit} webhooks: remove one first", code="too_many_webhooks", limit=limit)
        return NewWebhook(**msgspec.structs.asdict(made), secret=secret)

    async def list(self, by: Caller, *, whose: Whose | None, after: UUID | None, limit: int) -> WebhookPage:
        """All that the caller may see, unless `whose` says otherwise. Raises Invalid, Forbidden."""
        require_between("limit", limit, PAGE_LIMIT)
        if whose is Whose.ALL:
            by.require_everybody()
        owner = by.user_id if whose is Whose.OWN else owner_for(by)
        async with self._database.reading() as connection:
            found = await endpoints.list_webhooks(connection, owner=owner, after=after, limit=limit + 1)
        return WebhookPage(*page_of(found, limit, lambda webhook: webhook.id))

    async def get(self, by: Caller, webhook_id: UUID) -> Webhook:
        """Raises NotFound."""
        async with self._database.reading() as connection:
            return await endpoints.webhook_by_id(connection, webhook_id, owner_for(by))

    async def change(self, by: Caller, webhook_id: UUID, changes: WebhookChanges) -> Webhook:
        """Another address and `enabled` have all that waits tried at once. Raises Invalid, EgressRefused, NotFound."""
        require_writer(by)
        given = {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not msgspec.UNSET}
        enabled = given.pop("enabled", None)
        values = await checked(self._egress, given)
        if enabled is False:
            values |= {"disabled_at": now(), "disabled_reason": BY_HAND}
        if enabled is True:
            values |= {"disabled_at": None, "disabled_reason": None}
        begins_anew = enabled is True or "url" in values
        if begins_anew:
            values |= {"failing_since": None, "resumes_at": None}
        async with self._database.transaction() as connection:
            changed = await self._update(connection, by, webhook_id, values)
            if begins_anew:
                await queueing.begin_anew(connection, webhook_id, self._config.retry_days * DAY_SECONDS)
        return changed

    async def delete(self, by: Caller, webhook_id: UUID) -> None:
        """With its log, and what waits. Raises NotFound."""
        require_writer(by)
        async with self._database.transaction() as connection:
            await endpoints.delete_webhook(connection, webhook_id, owner_for(by))

    async def rotate_secret(self, by: Caller, webhook_id: UUID, overlap_hours: float) -> NewWebhook:
        """A new secret; the old ones sign beside it for so many hours. Raises Invalid, NotFound."""
        require_writer(by)
        if not 0 <= overlap_hours <= LONGEST_OVERLAP_HOURS:
            raise Invalid(
                f"overlap_hours: must lie between 0 and {LONGEST_OVERLAP_HOURS}",
                field="overlap_hours",
                limit=LONGEST_OVERLAP_HOURS,
            )
        secret, moment = new_secret(), now()
        end = moment + timedelta(hours=overlap_hours)
        async with self._database.transaction() as connection:
            old = await endpoints.secrets_of(connection, webhook_id, owner_for(by))
            ending = [Secret(one.secret, min(end, one.ends_at or end)) for one in old]
            kept = [Secret(secret), *(one for one in ending if one.ends_at is not None and one.ends_at > moment)]
            values = {"secrets": msgspec.to_builtins(kept[:MOST_SECRETS])}
            changed = await self._update(connection, by, webhook_id, values)
        return NewWebhook(**msgspec.structs.asdict(changed), secret=secret)

    async def test(self, by: Caller, webhook_id: UUID) -> Attempt:
        """Send a `webhook.test` now, whether it is enabled or not; what came back. Raises NotFound."""
        require_writer(by)
        async with self._database.transaction() as connection:
            webhook = await endpoints.webhook_by_id(connection, webhook_id, owner_for(by))
            live = await endpoints.secrets_of(connection, webhook_id, owner_for(by))
        message = test_message(new_id(), webhook.id, webhook.user_id, now())
        attempt, _ = await self._sender.send(webhook.url, live, message)
        return attempt

    async def _update(self, connection: Connection, by: Caller, webhook_id: UUID, values: Mapping[str, Any]) -> Webhook:
        if not values:
            return await endpoints.webhook_by_id(connection, webhook_id, owner_for(by))
        return await endpoints.update_webhook(connection, webhook_id, owner_for(by), values)


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def owner_for(by: Caller) -> UUID | None:
    """Whose endpoints the caller has to do with; None: everybody's."""
    return None if by.sees_everybody else by.user_id


def require_writer(by: Caller) -> None:
    if by.role is Role.VIEWER:
        raise Forbidden("A viewer only looks", code="read_only")
