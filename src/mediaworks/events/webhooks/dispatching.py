"""Delivers what waits, in every worker process: many at once, in order for each endpoint and object."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from mediaworks.db import Connection, Database
from mediaworks.db.presence import Presence
from mediaworks.events.webhooks.config import WebhooksConfig
from mediaworks.events.webhooks.fan_out import DAY_SECONDS
from mediaworks.events.webhooks.message import message_of
from mediaworks.events.webhooks.model import Claim, DeliveryState, Outcome
from mediaworks.events.webhooks.pauses import pause_after
from mediaworks.events.webhooks.queries import health, lanes
from mediaworks.events.webhooks.queries.queueing import QUEUED
from mediaworks.events.webhooks.sending import AT_ONCE, Sender
from mediaworks.kit.bell import Bell
from mediaworks.kit.clock import now

LOOK_SECONDS = 10.0  # how late at most, should a NOTIFY get lost with its connection
LEASE_SECONDS = 5.0  # beside the longest wait for an answer: for writing down what came of it
GONE = 410


class Dispatcher:
    """What is finished is written and what is due is taken in one transaction, again and again: so under load one
    transaction serves many deliveries. A lease that was taken is kept to the end of the attempt."""

    def __init__(self, database: Database, presence: Presence, sender: Sender, config: WebhooksConfig) -> None:
        """To be made before `presence.start`."""
        self._database = database
        self._sender = sender
        self._config = config
        self._bell = Bell()
        self._running: set[asyncio.Task[None]] = set()
        self._finished: list[Outcome] = []
        presence.listen(QUEUED, lambda _: self._bell.ring())

    async def run(self) -> None:
        """Deliver until cancelled; to be called again after an error, which loses nothing."""
        try:
            while True:
                ring = self._bell.next()
                await ring.wait(await self._turn())
        except asyncio.CancelledError:
            for attempt in self._running:
                attempt.cancel()
            raise

    async def _turn(self) -> float:
        """In how many seconds to look again, unless the bell rings."""
        finished = tuple(self._finished)
        async with self._database.transaction() as connection:
            if finished:
                await self._write(connection, finished)
            claims, may_be_more = await lanes.claim(
                connection,
                at_once=self._config.at_once,
                room=AT_ONCE - len(self._running),
                seconds=self._config.seconds + LEASE_SECONDS,
            )
            pause = None if claims or may_be_more else await lanes.seconds_until_next(connection)
        del self._finished[: len(finished)]
        for claim in claims:
            attempt = asyncio.create_task(self._attempt(claim))
            self._running.add(attempt)
            attempt.add_done_callback(self._running.discard)
        if claims or may_be_more:
            return 0
        return LOOK_SECONDS if pause is None else min(max(pause, 0), LOOK_SECONDS)

    async def _attempt(self, claim: Claim) -> None:
        attempt, wish = await self._sender.send(claim.url, claim.secrets, message_of(claim.event))
        self._finished.append(Outcome(claim, attempt, wish))
        self._bell.ring()

    async def _write(self, connection: Connection, outcomes: Sequence[Outcome]) -> None:
        well = {outcome.claim.endpoint_id for outcome in outcomes if outcome.attempt.succeeded}
        failed = [outcome for outcome in outcomes if not outcome.attempt.succeeded]
        wishes = {outcome.claim.endpoint_id: outcome.retry_after for outcome in failed}
        tired = await health.note(connection, well, wishes, self._config.disable_days * DAY_SECONDS)
        reasons = {
            one.claim.endpoint_id: self._reason(one)
            for one in failed
            if _is_gone(one) or one.claim.endpoint_id in tired
        }
        if reasons:
            await health.disable(connection, reasons)
        moment = now()
        results = [(one, *self._verdict(one, moment, one.claim.endpoint_id in reasons)) for one in outcomes]
        await lanes.settle(connection, results)

    def _verdict(self, outcome: Outcome, moment: datetime, is_disabled: bool) -> tuple[DeliveryState, float]:
        """What becomes of the delivery, and in how many seconds its object's turn comes again."""
        if outcome.attempt.succeeded:
            return DeliveryState.DELIVERED, 0
        left = (outcome.claim.expires_at - moment).total_seconds()
        if left <= 0 and not is_disabled:
            return DeliveryState.FAILED, 0
        pause = pause_after(outcome.claim.tries + 1, self._config.first_pause, self._config.longest_pause)
        return DeliveryState.PENDING, max(min(pause, left), outcome.retry_after or 0)

    def _reason(self, outcome: Outcome) -> str:
        if _is_gone(outcome):
            return "The endpoint answered 410 Gone"
        return f"Every attempt failed for {self._config.disable_days:g} days, the last: {outcome.attempt.error}"


def _is_gone(outcome: Outcome) -> bool:
    return outcome.attempt.status == GONE
