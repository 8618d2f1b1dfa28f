"""Routes to what recordings sound like."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import MediaType, Request, Response, Router, get
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter as Query

from mediaworks.accounts import Caller
from mediaworks.jobs import Job
from mediaworks.jobs.view import JobView, job_view
from mediaworks.media.model import Media
from mediaworks.media.sound.asked import Asked, Channels, Format, read_asked
from mediaworks.media.sound.service import Sounds
from mediaworks.processing import Loudness, Waveform, waveform_svg

TYPES = {
    Format.JSON: "application/json",
    Format.DAT: "application/octet-stream",
    Format.PNG: "image/png",
    Format.SVG: "image/svg+xml",
}
LATER = ResponseSpec(JobView, description="The job that finds it out: ask again", generate_examples=False)


class Rooms(State):
    """What these routes work with."""

    sounds: Sounds


@get("/{media_id:uuid}/waveform", summary="The waveform of a recording", responses={202: LATER})
async def get_waveform(
    request: Request[Any, Any, Any],
    caller: Caller,
    media_id: UUID,
    state: Rooms,
    output: Annotated[str | None, Query(name="format", description="json, dat, png or svg")] = None,
    channels: Annotated[str | None, Query(description="mixed (to one) or split")] = None,
    bits: Annotated[str | None, Query(description="8 or 16 of a number")] = None,
    samples_per_pixel: Annotated[str | None, Query(description="A multiple of 256")] = None,
    pixels_per_second: Annotated[str | None, Query(description="About so many, instead")] = None,
    width: Annotated[str | None, Query(description="Of a picture, 16 to 4096 pixels")] = None,
    height: Annotated[str | None, Query(description="Of a picture, 16 to 4096 pixels")] = None,
    colour: Annotated[str | None, Query(description="#rrggbb, #rrggbbaa or a name")] = None,
    background: Annotated[str | None, Query(description="The same; transparent without it")] = None,
) -> Response[Any]:
    """The numbers are in audiowaveform's format, version 2. With `If-None-Match` 304 while the sound is the same."""
    asked = read_asked(
        {
            "format": output, "channels": channels, "bits": bits, "samples_per_pixel": samples_per_pixel,
            "pixels_per_second": pixels_per_second, "width": width, "height": height, "colour": colour,
            "background": background,
        }
    )  # fmt: skip
    media = await state.sounds.get(caller, media_id)
    found = await state.sounds.waveform(caller, media, split=asked.channels is Channels.SPLIT)
    if isinstance(found, Job):
        return _later(found)
    headers = {"etag": f'"{media.sha256[:32]}-{_digest_of(asked)}"', "cache-control": "private, no-cache"}
    if headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    return Response(await _body(state.sounds, media, found, asked), headers=headers, media_type=TYPES[asked.format])


@get(
    "/{media_id:uuid}/loudness",
    summary="How loud a recording is",
    responses={200: ResponseSpec(Loudness, description="By EBU R 128", generate_examples=False), 202: LATER},
)
async def get_loudness(caller: Caller, media_id: UUID, state: Rooms) -> Response[Any]:
    """Integrated loudness in LUFS, loudness range in LU, true peak in dBTP, of the first sound."""
    media = await state.sounds.get(caller, media_id)
    found = await state.sounds.loudness(caller, media)
    if isinstance(found, Job):
        return _later(found)
    return Response(found, headers={"cache-control": "private, no-cache"}, media_type=MediaType.JSON)


async def _body(sounds: Sounds, media: Media, waveform: Waveform, asked: Asked) -> bytes:
    match asked.format:
        case Format.PNG:
            return await sounds.png(media, waveform, asked.look)
        case Format.SVG:
            return await asyncio.to_thread(waveform_svg, waveform, asked.look)
        case Format.DAT:
            return await asyncio.to_thread(lambda: asked.zoomed(waveform).dat(asked.bits))
        case Format.JSON:
            return await asyncio.to_thread(lambda: asked.zoomed(waveform).json(asked.bits))


def _later(job: Job) -> Response[JobView]:
    headers = {"location": f"/api/v1/jobs/{job.id}", "retry-after": "1", "cache-control": "no-store"}
    return Response(job_view(job), status_code=202, headers=headers)


def _digest_of(asked: Asked) -> str:
    """The same for the same question, in any process."""
    return sha256(msgspec.json.encode(asked)).hexdigest()[:16]


router = Router("/api/v1/media", route_handlers=[get_waveform, get_loudness], tags=["sound"])
