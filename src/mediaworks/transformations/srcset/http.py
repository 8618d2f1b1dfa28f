"""Routes for sets of renditions."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, Router, delete, post
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import Body

from mediaworks.accounts import Caller
from mediaworks.jobs import Job
from mediaworks.jobs.view import JobView, job_view
from mediaworks.transformations.srcset.model import Wanted
from mediaworks.transformations.srcset.service import Srcsets
from mediaworks.transformations.srcset.view import RenditionLinks, srcset_view

EXAMPLE = {"widths": [320, 640, 1280], "formats": ["webp", "jpeg"], "sizes": "(max-width: 800px) 100vw, 800px", "alt": "The sea"}  # fmt: skip
LATER = ResponseSpec(JobView, description="The job that makes it; ask again when it is done", generate_examples=False)


class Rooms(State):
    """What these routes work with."""

    srcsets: Srcsets
    links: RenditionLinks


class SrcsetRequest(Wanted, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`sizes` and `alt` go into the HTML: how wide the picture is shown, and what it shows."""

    sizes: Annotated[str, msgspec.Meta(max_length=500)] = "100vw"
    alt: Annotated[str, msgspec.Meta(max_length=2000)] = ""


@post(
    "/{media_id:uuid}/srcset", summary="A picture in many widths and formats", status_code=200, responses={202: LATER}
)
async def make_srcset(
    caller: Caller,
    media_id: UUID,
    data: Annotated[SrcsetRequest, Body(examples=[Example(value=EXAMPLE)])],
    state: Rooms,
) -> Response[Any]:
    """Every width in every format from one decode, kept beside the object: asked again, it is there at once. Nothing is
    enlarged. What takes long is a job (202)."""
    found = await state.srcsets.get(caller, media_id, msgspec.convert(data, Wanted, from_attributes=True))
    if isinstance(found, Job):
        return Response(job_view(found), status_code=202, headers={"location": f"/api/v1/jobs/{found.id}"})
    return Response(srcset_view(found, state.links, alt=data.alt, sizes=data.sizes))


@delete("/{media_id:uuid}/srcset", summary="Remove all renditions of a picture")
async def remove_srcsets(caller: Caller, media_id: UUID, state: Rooms) -> None:
    """Their addresses lead nowhere from then on."""
    await state.srcsets.remove(caller, media_id)


router = Router("/api/v1/process", route_handlers=[make_srcset, remove_srcsets], tags=["process"])
