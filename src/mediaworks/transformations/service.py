"""What callers can have made of their media: at once or by jobs, one or many."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from mediaworks.accounts import Caller, Scope
from mediaworks.db import Database
from mediaworks.errors import Invalid, InvalidRecipe
from mediaworks.jobs import Item, Job, Priority, enqueue, enqueue_batch
from mediaworks.jobs.batches import check_size, failed_item
from mediaworks.jobs.service import Jobs
from mediaworks.media import Media, MediaLibrary
from mediaworks.processing import Kind
from mediaworks.transformations.config import TransformationsConfig
from mediaworks.transformations.making import Kept, Making
from mediaworks.transformations.model import Into, Order, StoredOrder
from mediaworks.transformations.others import named_by
from mediaworks.transformations.places import Places
from mediaworks.transformations.products import Maker, Products
from mediaworks.transformations.recipe import AnyRecipe, AudioRecipe, Recipe, VideoRecipe
from mediaworks.transformations.tasks import TASKS
from mediaworks.transformations.work import megapixels_of, moves, seconds_of

OURS = "process."
LOOKED_THROUGH = 50
PATIENCE = 30.0
"""Seconds that a request works on sound at most."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A media object and the newest job that makes something of it, renditions too, as far as the caller may see one."""

    media: Media
    job: Job | None


class Transformations:
    def __init__(
        self,
        database: Database,
        library: MediaLibrary,
        jobs: Jobs,
        makers: Mapping[Kind, Maker],
        making: Making,
        config: TransformationsConfig,
    ) -> None:
        self._database = database
        self._library = library
        self._jobs = jobs
        self._makers = makers
        self._making = making
        self._config = config
        self._places = Places(config.direct_at_once)

    @asynccontextmanager
    async def at_once(self, caller: Caller, media: Media, recipe: AnyRecipe) -> AsyncIterator[Products]:
        """What the recipe makes of an object that the caller may look at, kept nowhere; to be read until the block ends.

        Raises InvalidRecipe for what is too much work for a request, Unavailable when too many wait, and what
        `Maker.make` raises.
        """
        maker = self._makers[recipe.kind]
        await maker.check(caller, media, recipe)
        await self._refuse_too_much(caller, media, recipe)
        async with AsyncExitStack() as held:
            with self._places.take():
                seconds = PATIENCE if isinstance(recipe, AudioRecipe) else None
                made = await held.enter_async_context(maker.make(caller, media, recipe, seconds=seconds))
            yield made

    async def _refuse_too_much(self, caller: Caller, media: Media, recipe: AnyRecipe) -> None:
        match recipe:
            case Recipe():
                work = await self._work(caller, media, recipe)
                _refuse_above(self._config.direct_megapixels, work, "megapixels")
            case AudioRecipe():
                others = await named_by(self._library, caller, recipe)
                _refuse_above(self._config.direct_seconds, seconds_of(media, recipe, others), "seconds of sound")
            case VideoRecipe():
                _refuse_unless_at_once(recipe)

    async def make(self, caller: Caller, media_id: UUID, order: Order) -> Kept | Job:
        """What was ordered; the job that makes it when that is too much work for a request. Raises what `Making.do` raises,
        and Unavailable when too many wait."""
        media = await self._making.check(caller, media_id, order)
        recipe = order.recipe
        if not isinstance(recipe, Recipe) or await self._work(caller, media, recipe) > self._config.direct_megapixels:
            return await self._enqueue(caller, media_id, order)
        with self._places.take():
            return await self._making.do(caller, media_id, order)

    async def enqueue(self, caller: Caller, media_id: UUID, order: Order) -> Job:
        """Have a job make it. Raises what can be known before: NotFound, Forbidden, UnsupportedType, InvalidRecipe."""
        await self._making.check(caller, media_id, order)
        return await self._enqueue(caller, media_id, order)

    async def enqueue_batch(self, caller: Caller, ids: Sequence[str], order: Order) -> Job:
        """Have one job make it of each. What is no id, no picture or not the caller's fails by itself.

        Raises Forbidden without the scope, Invalid for none or too many.
        """
        caller.require(Scope.MEDIA_WRITE)
        check_size("ids", ids)
        items = [_item(number, media_id) for number, media_id in enumerate(ids, 1)]
        async with self._database.transaction() as connection:
            return await enqueue_batch(
                connection,
                TASKS[order.recipe.kind].batch,
                queue=order.recipe.kind.value,
                user_id=caller.user_id,
                items=items,
                priority=Priority.BULK,
                **_told(caller, order),
            )

    async def progress(self, caller: Caller, media_id: UUID) -> Progress:
        """How far the newest work on the object is: the caller's own, or anybody's for who sees everybody's. Raises
        NotFound."""
        media = await self._library.get(caller, media_id)
        filters, everybody = {"subject": str(media_id)}, caller.sees_everybody
        found = await self._jobs.list(caller, filters, everybody=everybody, before=None, limit=LOOKED_THROUGH)
        return Progress(media, next((job for job in found if job.task.startswith(OURS)), None))

    async def _work(self, caller: Caller, media: Media, recipe: Recipe) -> float:
        """In megapixels; of all frames, as far as it is known by now how many there are."""
        if not moves(media, recipe):
            return megapixels_of(media, recipe)
        _, facts = await self._library.facts(caller, media.id)
        return megapixels_of(media, recipe, frames=int(facts.get("pages", 1)))

    async def _enqueue(self, caller: Caller, media_id: UUID, order: Order) -> Job:
        """Versions of one object are made one after another, each of what the one before has made."""
        lock = f"version {media_id}" if order.into is Into.VERSION else None
        async with self._database.transaction() as connection:
            job_id = await enqueue(
                connection,
                TASKS[order.recipe.kind].one,
                queue=order.recipe.kind.value,
                user_id=caller.user_id,
                subject=media_id,
                lock=lock,
                media_id=str(media_id),
                **_told(caller, order),
            )
        return await self._jobs.get(caller, job_id)


def _refuse_above(limit: float, work: float, what: str) -> None:
    if work > limit:
        told = (
            f"mode: this is work on {work:.0f} {what}, sync does {limit:.0f}; ask for it with the mode async or derive"
        )
        raise InvalidRecipe(told, code="too_much_work", field="mode", limit=limit)


def _refuse_unless_at_once(recipe: VideoRecipe) -> None:
    if not recipe.answers_at_once:
        told = (
            "mode: this takes a job: ask for it with the mode async, derive or version; sync gives a frame of a video,"
            " or its sound"
        )
        raise InvalidRecipe(told, field="mode", allowed=["async", "derive", "version"])


def _told(caller: Caller, order: Order) -> dict[str, Any]:
    return {"order": msgspec.to_builtins(StoredOrder.of(order)), "caller": msgspec.to_builtins(caller)}


def _item(number: int, media_id: str) -> Item:
    try:
        return Item(number=number, subject=str(UUID(media_id)))
    except ValueError:
        return failed_item(number, media_id, Invalid(f"ids: {media_id} is no id", field="ids"))
