"""Import from addresses."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, Router, post
from litestar.openapi.spec import Example
from litestar.params import Body

from mediaworks.accounts import Caller
from mediaworks.errors import Invalid
from mediaworks.media.labels import check_metadata, check_tags
from mediaworks.media.model import Visibility
from mediaworks.uploads.http.records import UploadView, upload_view
from mediaworks.uploads.http.rooms import Rooms
from mediaworks.uploads.importing import Order, new_batch
from mediaworks.uploads.model import Labels

MOST_AT_ONCE = 100


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


class ImportBatch(msgspec.Struct):
    batch_id: UUID
    items: list[UploadView]


@post("/api/v1/media/import", summary="Fetch files from addresses", status_code=202)
async def import_media(
    caller: Caller,
    data: Annotated[ImportRequest, Body(examples=[Example(value={"url": "https://example.org/film.mp4"})])],
    state: Rooms,
) -> Response[Any]:
    """Answers at once with an upload for each address, whose state tells how it goes. An address that was imported
    before and is unchanged (ETag) gives the media object that there is."""
    labels = Labels(check_tags(data.tags), data.visibility, check_metadata(data.metadata))
    urls = data.urls if data.url is None else [data.url]
    if (data.url is None) == (not data.urls) or len(urls) > MOST_AT_ONCE:
        raise Invalid(f"url: give one, or up to {MOST_AT_ONCE} as urls", field="url", limit=MOST_AT_ONCE)
    orders = [Order(url, data.headers, data.callback, labels, data.filename) for url in urls]
    batch_id = new_batch() if data.url is None else None
    made = [upload_view(upload) for upload in await state.uploads.imports.order(caller, orders, batch_id=batch_id)]
    return Response(made[0] if batch_id is None else ImportBatch(batch_id, made), status_code=202)


router = Router("/", route_handlers=[import_media], tags=["uploads"])
