"""Routes that play: HLS and DASH over one set of segments, with a key or under a signed address, and the file itself."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

from litestar import HttpMethod, Request, Response, Router, get, post, route
from litestar.datastructures import State

from mediaworks.accounts import Caller
from mediaworks.errors import NotFound
from mediaworks.media.sending.blobs import Blob, BlobResponse
from mediaworks.storage import BlobStore
from mediaworks.streaming.admission import Shown, twice
from mediaworks.streaming.captions.service import Captions
from mediaworks.streaming.faststart import Faststarts
from mediaworks.streaming.model import Playable
from mediaworks.streaming.playback import Playback, PlaybackRequest, PlaybackTokens
from mediaworks.streaming.sending import FaststartResponse, FileResponse, opened
from mediaworks.streaming.service import Streams

PLAYLIST = "application/vnd.apple.mpegurl"
MANIFEST = "application/dash+xml"
STILL = "still-"
DAY, MINUTE = "max-age=86400, immutable", "max-age=60"


class Rooms(State):
    """What these routes work with."""

    streams: Streams
    captions: Captions
    faststarts: Faststarts
    playback: PlaybackTokens
    store: BlobStore


@route(
    "/{media_id:uuid}", http_method=[HttpMethod.GET, HttpMethod.HEAD], summary="The recording as it is, to be played"
)
async def get_recording(request: Request[Any, Any, Any], caller: Caller, media_id: UUID, state: Rooms) -> BlobResponse:
    """As the download, for players: shown in place; understands Range, and counts as a view where it begins. The index of an
    MP4 comes first, wherever it lies in the file."""
    media = await state.streams.media(caller, media_id)
    blob = Blob(
        key=media.storage_key, size=media.size_bytes, sha256=media.sha256, modified=media.updated_at,
        mime_type=media.mime_type, name=media.original_name, inline=True, cache_control="private, no-cache",
    )  # fmt: skip
    if (found := await state.faststarts.of(media)) is None:
        response = BlobResponse(request, state.store, blob)
    else:
        response = FaststartResponse(request, state.store, blob, *found)
    if request.method == "GET" and response.is_first:
        state.streams.count_view(media_id)
    return response


@post("/{media_id:uuid}/playback", summary="An address that plays without a key, for a while", status_code=200)
async def create_playback(
    caller: Caller, media_id: UUID, state: Rooms, data: PlaybackRequest | None = None
) -> Playback:
    """For one viewer: it plays this recording and nothing else, until `expires_at`. Unlisted and public recordings play
    under `/v/{id}/hls/playlist.m3u8` without any."""
    media = await state.streams.media(caller, media_id)
    return state.playback.issue(media.id, (data or PlaybackRequest()).expires_in)


@get("/hls/playlist.m3u8", summary="All renditions, for HLS", media_type=PLAYLIST)
async def get_master(playable: Shown, state: Rooms) -> Response[str]:
    """Every rendition can be played at once: what is not there yet is made while it is watched."""
    state.streams.count_view(playable.media_id)
    text = state.streams.master(playable, await state.captions.tracks(playable))
    return Response(text, media_type=PLAYLIST, headers=_cached(playable, MINUTE))


@get("/dash/manifest.mpd", summary="All renditions, for DASH", media_type=MANIFEST)
async def get_manifest(playable: Shown, state: Rooms) -> Response[bytes]:
    state.streams.count_view(playable.media_id)
    described = state.streams.manifest(playable, await state.captions.tracks(playable))
    return Response(described, media_type=MANIFEST, headers=_cached(playable, MINUTE))


@get("/hls/{rendition:str}/{name:str}", summary="The segments of a rendition, and their list")
async def get_part(
    request: Request[Any, Any, Any], playable: Shown, rendition: str, name: str, state: Rooms
) -> Response[Any]:
    """`playlist.m3u8`, `init.mp4`, or a segment: `0.m4s`, `1.m4s`, …; `stills.m3u8` and `still-0.m4s`, … for winding."""
    lists = {"playlist.m3u8": state.streams.playlist, "stills.m3u8": state.streams.stills}
    if (listed := lists.get(name)) is not None:
        text = listed(playable, rendition)
        return Response(text, media_type=PLAYLIST, headers=_cached(playable, MINUTE))
    path, mime = await _made(state.streams, playable, rendition, name)
    file = await asyncio.to_thread(opened, path)
    return FileResponse(request, file, mime, _cached(playable, DAY)["cache-control"])


async def _made(streams: Streams, playable: Playable, rendition: str, name: str) -> tuple[Path, str]:
    if name == "init.mp4":
        return await streams.init(playable, rendition)
    if name.startswith(STILL):
        return await streams.still(playable, rendition, _number(name.removeprefix(STILL)))
    return await streams.watch(playable, rendition, _number(name))


def _cached(playable: Playable, how: str) -> dict[str, str]:
    return {"cache-control": f"{'private' if playable.is_private else 'public'}, {how}"}


def _number(name: str) -> int:
    number, dot, suffix = name.partition(".")
    if not (number.isascii() and number.isdigit() and dot and suffix == "m4s") or len(number) > 9:
        raise NotFound("There is no such segment", code="segment_not_found")
    return int(number)


router = Router("/api/v1/stream", route_handlers=[get_recording, create_playback], tags=["stream"])
ROUTERS = (router, *twice([get_master, get_manifest, get_part]))
