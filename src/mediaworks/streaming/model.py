from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from mediaworks.errors import NotFound
from mediaworks.processing import CopiedRendition, Cue, PlayedRendition, Presentation, between
from mediaworks.streaming.clips.model import Clip, Piece, clip_of, pieces

RECIPE = 4  # raised whenever segments come out otherwise than before


@dataclass(frozen=True, slots=True, kw_only=True)
class Playable:
    """A recording that can be played: its file, whose it is, and how it is cut."""

    media_id: UUID
    user_id: UUID
    is_private: bool
    sha256: str
    storage_key: str
    size_bytes: int
    mime_type: str
    presentation: Presentation
    segment_seconds: float
    clip: Clip | None = None
    inside: str = ""

    def key(self, rendition: PlayedRendition) -> str:
        """Where the segments of a rendition lie in the cache: another file, or another way of cutting, has another place."""
        return f"{self.media_id}/{self.sha256[:16]}-{RECIPE}-{self.segment_seconds:g}/{rendition.name}{self.inside}"

    def cut(self, start: str | None, end: str | None) -> Playable:
        """The stretch of it that was asked for, in seconds, of renditions that can be cut there; itself when nothing was.
        Raises Invalid."""
        presentation = self.presentation.encoded()
        clip = clip_of(presentation, start, end)
        return self if clip is None else replace(self, clip=clip, presentation=presentation)

    @property
    def query(self) -> str:
        """What says in addresses which clip of it."""
        return self.clip.query if self.clip else ""

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return float(self.clip.seconds) if self.clip else self.presentation.seconds

    def cues(self, whole: Iterable[Cue]) -> Iterable[Cue]:
        """Of cues those that its clip shows, counted from its beginning."""
        return between(whole, round(self.clip.start * 1000), round(self.clip.end * 1000)) if self.clip else whole

    def piece(self, rendition: PlayedRendition, number: int) -> Piece | None:
        """What its clip shows of a segment, where that is not all of it. Raises NotFound for what it does not show."""
        if self.clip is None or isinstance(rendition, CopiedRendition):
            return None
        found = next((piece for piece in pieces(rendition, self.clip) if piece.number == number), None)
        if found is None:
            raise NotFound("The clip has no such segment", code="segment_not_found")
        return None if found.is_whole else found

    def only(self, piece: Piece) -> Playable:
        """As if there were nothing but that piece, which then has a place of its own."""
        return replace(self, inside=f"/{piece.begin}-{piece.end}")

    def folder(self, what: str) -> str:
        """Where else that is made of the file lies in the cache, however it is cut."""
        return f"{self.media_id}/{self.sha256[:16]}-{RECIPE}/{what}"
