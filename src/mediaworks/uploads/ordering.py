"""Orders to fetch from addresses: checked, written down, and queued in one transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from mediaworks.accounts import Caller, Scope
from mediaworks.errors import MediaworksError
from mediaworks.jobs import Job, enqueue_many
from mediaworks.jobs.batches import check_size
from mediaworks.kit.egress import Egress
from mediaworks.kit.ids import new_id
from mediaworks.uploads.batches import IMPORT_BATCH, UploadBatches
from mediaworks.uploads.fetching import check_headers, is_data_url, read_data_url
from mediaworks.uploads.importing import IMPORT
from mediaworks.uploads.model import Labels, Protocol, State, Upload
from mediaworks.uploads.shared import Shared
from mediaworks.uploads.whole import WholeFiles

URL_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Order:
    """One address to fetch, with the `headers` to send along; `callback` hears how it ended."""

    url: str
    headers: Mapping[str, str]
    callback: str | None
    labels: Labels
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Ordered:
    """An upload that was begun, and the job that fetches it; none when it has ended at once."""

    upload: Upload
    job_id: UUID | None


class ImportOrders:
    def __init__(self, shared: Shared, whole: WholeFiles, batches: UploadBatches, egress: Egress) -> None:
        self._shared = shared
        self._whole = whole
        self._batches = batches
        self._egress = egress

    async def order(self, caller: Caller, order: Order) -> Ordered:
        """Begin to fetch; the upload tells how it goes. A `data:` URL is taken in at once.

        Raises Invalid and EgressRefused for an address or header that cannot be, Forbidden, TooManyUploads; then nothing
        is fetched.
        """
        self._check_common(order)
        if is_data_url(order.url):
            return Ordered(await self._take_data(caller, order, None), None)
        upload = self._draw_up(caller, order, None)
        await self._shared.records.require_room(caller)
        async with self._shared.database.transaction() as connection:
            await self._shared.records.begin_in(connection, upload)
            (job_id,) = await enqueue_many(
                connection, IMPORT, queue="import", user_id=upload.user_id, jobs=[_job_of(upload)]
            )
        return Ordered(upload, job_id)

    async def order_many(self, caller: Caller, orders: Sequence[Order]) -> tuple[Job, list[Ordered]]:
        """As `order`, in one job. An address that cannot be is an upload that has failed, and does not stop the others.

        Raises what holds for all: Invalid for too many and for headers, EgressRefused for the callback, Forbidden,
        QuotaExceeded, TooManyUploads; then nothing is fetched.
        """
        check_size("urls", orders)
        caller.require(Scope.MEDIA_WRITE)
        self._check_common(orders[0])
        await self._shared.records.require_room(caller)
        batch_id = new_id()
        uploads = [await self._taken_or_drawn_up(caller, order, batch_id) for order in orders]
        fetched = [upload for upload in uploads if upload.state is State.OPEN]
        async with self._shared.database.transaction() as connection:
            job = await self._batches.begin(connection, IMPORT_BATCH, caller.user_id, uploads, batch_id=batch_id)
            ids = await enqueue_many(
                connection, IMPORT, queue="import", user_id=caller.user_id, jobs=[_job_of(upload) for upload in fetched]
            )
        jobs = dict(zip((upload.id for upload in fetched), ids, strict=True))
        return job, [Ordered(upload, jobs.get(upload.id)) for upload in uploads]

    def _check_common(self, order: Order) -> None:
        check_headers(order.headers)
        if order.callback is not None:
            self._egress.check(order.callback)

    def _draw_up(self, caller: Caller, order: Order, batch_id: UUID | None) -> Upload:
        """Raises EgressRefused, and what `Records.sketch` raises."""
        self._egress.check(order.url)
        return self._sketch(caller, order, batch_id, {"url": order.url, "headers": dict(order.headers)})

    def _sketch(self, caller: Caller, order: Order, batch_id: UUID | None, source: dict[str, Any]) -> Upload:
        return self._shared.records.sketch(
            caller,
            Protocol.IMPORT,
            name=order.name or "",
            labels=order.labels,
            batch_id=batch_id,
            source=source | {"callback": order.callback},
        )

    async def _taken_or_drawn_up(self, caller: Caller, order: Order, batch_id: UUID) -> Upload:
        try:
            if is_data_url(order.url):
                return await self._take_data(caller, order, batch_id)
            return self._draw_up(caller, order, batch_id)
        except MediaworksError as refusal:
            url = "data:" if is_data_url(order.url) else "".join(filter(str.isprintable, order.url[:URL_LENGTH]))
            return self._shared.records.refused(self._sketch(caller, order, batch_id, {"url": url}), refusal)

    async def _take_data(self, caller: Caller, order: Order, batch_id: UUID | None) -> Upload:
        file = read_data_url(order.url, self._shared.records.size_limit(caller.policy.max_file_size))
        received = await self._whole.receive(
            caller,
            _one(file.content),
            name=order.name or file.name or "file",
            protocol=Protocol.IMPORT,
            batch_id=batch_id,
            source={"url": "data:", "callback": order.callback},
        )
        await self._whole.finish(received, order.labels)
        return await self._shared.records.get(caller, received.upload.id)


def _job_of(upload: Upload) -> tuple[UUID, dict[str, str]]:
    return upload.id, {"upload_id": str(upload.id)}


async def _one(content: bytes) -> AsyncIterator[bytes]:
    yield content
