from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from mediaworks.errors import Invalid

LABEL_LENGTH = 100
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


class Origin(StrEnum):
    EMBEDDED = "embedded"
    UPLOADED = "uploaded"


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """Captions of a recording. `id`: of an embedded track `track` and the number of its stream."""

    id: str
    language: str | None
    label: str
    origin: Origin
    created_at: datetime | None = None


class NewTrack(msgspec.Struct, frozen=True, kw_only=True):
    """`data`: a file of captions as it came."""

    language: str
    label: str
    data: bytes

    def check(self) -> None:
        """Raises Invalid."""
        if not _LANGUAGE.fullmatch(self.language):
            raise Invalid("language: a tag such as `en` or `pt-BR` (BCP 47)", field="language")
        if len(self.label) > LABEL_LENGTH or not self.label.isprintable():
            raise Invalid(f"label: at most {LABEL_LENGTH} printable characters", field="label", limit=LABEL_LENGTH)


class TrackView(msgspec.Struct, kw_only=True):
    """`language` by BCP 47, or as the recording tells it; `webvtt`: where the captions are."""

    id: str
    language: str | None
    label: str
    origin: Origin
    created_at: datetime | None
    webvtt: str


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A track inside a recording that cannot be read along with: `codec` by ffmpeg's name, `reason` for people."""

    codec: str
    language: str | None
    label: str | None
    reason: str


class TracksView(msgspec.Struct):
    """`left_out`: tracks inside the recording that no player is told of."""

    items: list[TrackView]
    left_out: list[LeftOut]


def track_view(media_id: UUID, track: Track) -> TrackView:
    address = f"/api/v1/stream/{media_id}/captions/{track.id}.vtt"
    return TrackView(**msgspec.structs.asdict(track), webvtt=address)
