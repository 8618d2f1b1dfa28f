from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.audio.operations.base import AudioOperation

if TYPE_CHECKING:
    from mediaworks.processing.audio.heard import Heard

Text = Annotated[str, msgspec.Meta(max_length=1000, pattern=r"^[^\x00-\x1f\x7f]*\Z")]


class SetTags(AudioOperation, frozen=True, kw_only=True, tag="set_tags"):
    """Write into the file what it is; an empty text takes a tag away, what is not named stays."""

    title: Text | None = None
    artist: Text | None = None
    album: Text | None = None
    album_artist: Text | None = None
    composer: Text | None = None
    genre: Text | None = None
    date: Text | None = None
    track: Text | None = None
    comment: Text | None = None
    copyright: Text | None = None

    async def filters(self, heard: Heard) -> tuple[str, ...]:
        return ()

    def tags(self) -> dict[str, str]:
        return {name: value for name, value in msgspec.structs.asdict(self).items() if value is not None}
