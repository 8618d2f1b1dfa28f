"""Import from addresses."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, Router, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import Body

from mediaworks.accounts import Caller
from mediaworks.errors import Invalid
from mediaworks.jobs.batches import MOST_ITEMS
from mediaworks.media.labels import check_metadata, check_tags
from mediaworks.media.model import Visibility
from mediaworks.uploads.http.records import UploadView, upload_view
from mediaworks.uploads.http.rooms import Rooms
from mediaworks.uploads.model import Labels
from mediaworks.uploads.ordering import Order, Ordered


class ImportRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`url` or `urls`: http, https, or data. `headers` go along to each; `callback` hears by POST how each ended."""

    url: str | None = None
    urls: list[str] = []
    filename: str | None = None
    headers: dict[str, str] = {}
    callback: str | None = None
    tags: list[str] = []
    visibility: Visibility = Visibility.PRIVATE
    metadata: dict[str, Any] = {}


class ImportView(UploadView, kw_only=True):
    """An upload, and the job that fetches it; None when it has ended at once."""

    job_id: UUID | None


class ImportBatch(msgspec.Struct):
    """`batch_id` is the id of the job that tells how far all are."""

    batch_id: UUID
    items: list[ImportView]


@post(
    "/api/v1/media/import",
    summary="Fetch files from addresses",
    status_code=202,
    responses={202: ResponseSpec(ImportView, description="On the way; of `urls` a batch", generate_examples=False)},
)
async def import_media(
    caller: Caller,
    data: Annotated[ImportRequest, Body(examples=[Example(value={"url": "https://example.org/film.mp4"})])],
    state: Rooms,
) -> Response[Any]:
    """Answers at once with an upload for each address, whose state tells how it goes; several are one job. An address that
    was imported before and is unchanged (ETag) gives the media object that there is."""
    labels = Labels(check_tags(data.tags), data.visibility, check_metadata(data.metadata))
    if (data.url is None) == (not data.urls):
        raise Invalid(f"url: give one, or up to {MOST_ITEMS} as urls", field="url", limit=MOST_ITEMS)
    if data.url is not None:
        made = await state.uploads.orders.order(caller, _order(data, data.url, labels))
        return Response(_view(made), status_code=202)
    orders = [_order(data, url, labels) for url in data.urls]
    job, ordered = await state.uploads.orders.order_many(caller, orders)
    return Response(ImportBatch(job.id, [_view(one) for one in ordered]), status_code=202)


def _order(data: ImportRequest, url: str, labels: Labels) -> Order:
    return Order(url, data.headers, data.callback, labels, data.filename)


def _view(made: Ordered) -> ImportView:
    return ImportView(**msgspec.structs.asdict(upload_view(made.upload)), job_id=made.job_id)


router = Router("/", route_handlers=[import_media], tags=["uploads"])
