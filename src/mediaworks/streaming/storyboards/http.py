"""Routes for what a player shows beside the pictures: storyboard and chapters."""

from __future__ import annotations

import re

from litestar import Response, get
from litestar.datastructures import State
from litestar.response import File

from mediaworks.processing import webvtt
from mediaworks.streaming.admission import Shown, twice
from mediaworks.streaming.storyboards.lists import chapter_cues, storyboard_cues
from mediaworks.streaming.storyboards.service import Storyboards, missing, storyboard_of

WEBVTT = "text/vtt; charset=utf-8"
FOR_NOW = {"cache-control": "private, max-age=60"}
FOR_GOOD = {"cache-control": "private, max-age=86400, immutable"}
_SHEET = re.compile(r"storyboard-([0-9]{1,4})\.jpg")


class Rooms(State):
    """What these routes work with."""

    storyboards: Storyboards


@get("/storyboard.vtt", summary="Where the small pictures of a video are", media_type=WEBVTT)
async def get_storyboard(playable: Shown, state: Rooms) -> Response[bytes]:
    """WebVTT: for each stretch of time a sheet and a rectangle on it; of a clip counted from its beginning, on sheets of its own."""
    board = storyboard_of(playable)
    if board is None:
        raise missing()
    body = webvtt(storyboard_cues(board, playable.seconds, playable.query))
    return Response(body, media_type=WEBVTT, headers=FOR_NOW)


@get("/chapters.vtt", summary="The chapters of a recording", media_type=WEBVTT)
async def get_chapters(playable: Shown) -> Response[bytes]:
    """WebVTT with a cue for each chapter; none where the recording has none."""
    return Response(
        webvtt(playable.cues(chapter_cues(playable.presentation.index.chapters))), media_type=WEBVTT, headers=FOR_NOW
    )


@get("/{name:str}", summary="A sheet of small pictures", media_type="image/jpeg")
async def get_sheet(playable: Shown, name: str, state: Rooms) -> File:
    """`storyboard-0.jpg`, …: 5×5 pictures, made when first asked for."""
    found = _SHEET.fullmatch(name)
    if found is None:
        raise missing()
    path = await state.storyboards.sheet(playable, int(found[1]))
    return File(path=path, media_type="image/jpeg", headers=FOR_GOOD, content_disposition_type="inline")


ROUTERS = twice([get_storyboard, get_chapters, get_sheet])
