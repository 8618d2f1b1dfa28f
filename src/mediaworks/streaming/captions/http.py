"""Routes for captions: what there is, adding and removing them, and reading along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from litestar import Response, Router, delete, get, post
from litestar.datastructures import State, UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body

from mediaworks.accounts import Caller
from mediaworks.errors import NotFound
from mediaworks.streaming.admission import Shown, twice
from mediaworks.streaming.captions.model import NewTrack, TracksView, TrackView, track_view
from mediaworks.streaming.captions.playlists import subtitle_playlist
from mediaworks.streaming.captions.service import MOST_BYTES, Captions, left_out
from mediaworks.streaming.service import Streams

WEBVTT = "text/vtt; charset=utf-8"
PLAYLIST = "application/vnd.apple.mpegurl"
FOR_NOW = {"cache-control": "private, max-age=60"}
MOST_DIGITS = 6
FORM_BYTES = MOST_BYTES + (64 << 10)


class Rooms(State):
    """What these routes work with."""

    streams: Streams
    captions: Captions


@dataclass
class CaptionForm:
    """`file`: SubRip, ASS or WebVTT; `language` by BCP 47; `label`: what viewers choose, else the language."""

    file: UploadFile
    language: str
    label: str = ""


@get("/", summary="The captions of a recording")
async def list_captions(caller: Caller, media_id: UUID, state: Rooms) -> TracksView:
    """Those inside the recording first, then those that were added; and what is inside, but cannot be shown as text."""
    playable = await state.streams.playable(caller, media_id)
    shown = [track_view(media_id, track) for track in await state.captions.tracks(playable)]
    return TracksView(shown, left_out(playable))


@post("/", summary="Add captions to a recording", request_max_body_size=FORM_BYTES)
async def add_captions(
    caller: Caller,
    media_id: UUID,
    data: Annotated[CaptionForm, Body(media_type=RequestEncodingType.MULTI_PART)],
    state: Rooms,
) -> TrackView:
    """Multipart with `file`, `language` and `label`. Italics, bold and underlining are kept, everything else becomes plain text."""
    content = await data.file.read(MOST_BYTES + 1)
    new = NewTrack(language=data.language, label=data.label or data.language, data=content)
    return track_view(media_id, await state.captions.add(caller, media_id, new))


@delete("/{track_id:uuid}", summary="Remove captions that were added")
async def remove_captions(caller: Caller, media_id: UUID, track_id: UUID, state: Rooms) -> None:
    await state.captions.remove(caller, media_id, track_id)


@get("/{name:str}", summary="Captions as WebVTT", media_type=WEBVTT)
async def get_captions(playable: Shown, name: str, state: Rooms) -> Response[bytes]:
    """`{id}.vtt`, of each track that the list names; of a clip counted from its beginning."""
    track_id, _, suffix = name.rpartition(".")
    if suffix != "vtt":
        raise NotFound("Captions end in .vtt", code="captions_not_found")
    return Response(await state.captions.webvtt(playable, track_id), media_type=WEBVTT, headers=FOR_NOW)


@get("/{track_id:str}/playlist.m3u8", summary="Captions, for HLS", media_type=PLAYLIST)
async def get_caption_playlist(playable: Shown, track_id: str, state: Rooms) -> Response[str]:
    await state.captions.require(playable, track_id)
    return Response(subtitle_playlist(playable, track_id), media_type=PLAYLIST, headers=FOR_NOW)


@get("/{track_id:str}/{name:str}", summary="A segment of captions, for HLS", media_type=WEBVTT)
async def get_caption_segment(playable: Shown, track_id: str, name: str, state: Rooms) -> Response[bytes]:
    """`0.vtt`, `1.vtt`, …: a minute each, at the times of the recording."""
    number, _, suffix = name.partition(".")
    if suffix != "vtt" or not (number.isascii() and number.isdigit()) or len(number) > MOST_DIGITS:
        raise NotFound("There is no such segment", code="segment_not_found")
    body = await state.captions.segment(playable, track_id, int(number))
    return Response(body, media_type=WEBVTT, headers=FOR_NOW)


ROUTERS = (
    Router(
        "/api/v1/media/{media_id:uuid}/captions",
        route_handlers=[list_captions, add_captions, remove_captions],
        tags=["stream"],
    ),
    *twice([get_captions, get_caption_playlist, get_caption_segment], "/captions"),
)
