from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

import msgspec

from mediaworks.processing.audio.operations.base import AudioOperation
from mediaworks.processing.types import Kind

if TYPE_CHECKING:
    from mediaworks.processing.audio.heard import Heard


class SetCover(AudioOperation, frozen=True, kw_only=True, tag="set_cover"):
    """Have this picture as cover art: a JPEG or PNG among your media objects, as it is. Without `media` there will be
    none."""

    media_kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.IMAGE})

    media: Annotated[str, msgspec.Meta(max_length=100)] | None = None

    async def filters(self, heard: Heard) -> tuple[str, ...]:
        heard.now_has_cover(None if self.media is None else heard.picture(self.media))
        return ()
