"""Sets of renditions: answered from what is kept, else made from one decode, at once or by a job."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from mediaworks.accounts import Caller, Scope
from mediaworks.db import Database
from mediaworks.errors import Conflict, Unavailable
from mediaworks.jobs import Job, RunningJob, Task, enqueue
from mediaworks.jobs import queries as jobs
from mediaworks.media import Access, Media, MediaLibrary
from mediaworks.processing import Kind
from mediaworks.storage import BlobStore
from mediaworks.transformations.config import TransformationsConfig
from mediaworks.transformations.others import require
from mediaworks.transformations.places import Places
from mediaworks.transformations.srcset import queries
from mediaworks.transformations.srcset.config import SrcsetsConfig
from mediaworks.transformations.srcset.keeping import Keeping
from mediaworks.transformations.srcset.model import Srcset, Wanted
from mediaworks.transformations.srcset.plan import Plan, assembled, planned
from mediaworks.transformations.transformer import Transformer
from mediaworks.transformations.work import megapixels_of_all

MAKE = "process.srcset"
SPARE_SECONDS = 60.0  # for reading and keeping


class Srcsets:
    """`work`: how much of it a request does itself; `config`: how many renditions an object may have."""

    def __init__(
        self,
        database: Database,
        store: BlobStore,
        library: MediaLibrary,
        transformer: Transformer,
        work: TransformationsConfig,
        config: SrcsetsConfig,
    ) -> None:
        self._database = database
        self._library = library
        self._transformer = transformer
        self._work = work
        self._places = Places(work.direct_at_once)
        self._keeping = Keeping(database, store, library, config.per_media)

    def tasks(self) -> tuple[Task, ...]:
        return (Task(MAKE, "image", self.run, timeout=self._work.job_seconds + SPARE_SECONDS),)

    async def get(self, caller: Caller, media_id: UUID, wanted: Wanted) -> Srcset | Job:
        """The set, or the job that makes it when that is too much work for a request; then ask again.

        Raises NotFound, Forbidden, UnsupportedType for what is no picture, InvalidRecipe, Conflict when the object has as
        many renditions as it may, Unavailable when too many wait, and what the decoder refuses with.
        """
        caller.require(Scope.MEDIA_WRITE)
        wanted.check()
        media, plan, kept = await self._look(caller, media_id, wanted)
        if kept is not None:
            return kept
        self._keeping.require_room(media, len(plan.steps))
        await self._transformer.check(caller, media, plan.recipe)
        if megapixels_of_all(media, plan.recipe, plan.renditions) > self._work.direct_megapixels:
            return await self._order(caller, media, wanted)
        with self._places.take():
            return await self._make(caller, media, wanted, plan)

    async def remove(self, caller: Caller, media_id: UUID) -> None:
        """Remove every rendition of the object. Raises NotFound, Forbidden."""
        await self._keeping.remove_all(caller, media_id)

    async def run(self, job: RunningJob, caller: Any, media_id: str, wanted: Any) -> dict[str, Any]:
        """The job: what `get` does, however long it takes, with the rights of who asked."""
        who, what = msgspec.convert(caller, Caller), msgspec.convert(wanted, Wanted)
        media, plan, kept = await self._look(who, UUID(media_id), what)
        await job.progress(0.1, "rendering")
        made = kept or await self._make(who, media, what, plan, seconds=self._work.job_seconds)
        return {"media_id": media_id, "renditions": sum(map(len, made.renditions.values()))}

    async def _look(self, caller: Caller, media_id: UUID, wanted: Wanted) -> tuple[Media, Plan, Srcset | None]:
        """The object, what there is to do, and the set when that is nothing."""
        media = await self._library.get(caller, media_id, needed=Access.EDIT)
        require(media, Kind.IMAGE)
        async with self._database.reading() as connection:
            known = await queries.known_of(connection, media.id, wanted.key(media.sha256))
        plan = planned(media, wanted, known)
        return media, plan, assembled(media, wanted, known) if known and not plan.steps else None

    async def _order(self, caller: Caller, media: Media, wanted: Wanted) -> Job:
        told = msgspec.json.encode(wanted, order="sorted").decode()
        async with self._database.transaction() as connection:
            job_id = await enqueue(
                connection,
                MAKE,
                queue="image",
                user_id=caller.user_id,
                subject=media.id,
                dedup=f"{MAKE} {media.id} {caller.user_id} {told}",
                caller=msgspec.to_builtins(caller),
                media_id=str(media.id),
                wanted=msgspec.to_builtins(wanted),
            )
            job = await jobs.job_by_id(connection, job_id, None)
        if job is None:
            raise Unavailable("The job could not be queued: ask again")
        return job

    async def _make(
        self, caller: Caller, media: Media, wanted: Wanted, plan: Plan, *, seconds: float | None = None
    ) -> Srcset:
        """Render what is missing, outside of any transaction, and then take it all in at once."""
        async with self._transformer.render(caller, media, plan.recipe, plan.renditions, seconds=seconds) as (
            results,
            _,
        ):
            outcome = plan.outcome(results.rendering)
            made = await self._keeping.write(media.id, results, outcome.named)
        async with self._database.transaction() as connection:
            await self._keeping.adopt(connection, caller, media, plan.key, outcome.known, made)
        _, _, kept = await self._look(caller, media.id, wanted)
        if kept is None:
            raise Conflict("The media object changed meanwhile: ask again", code="content_changed")
        return kept
