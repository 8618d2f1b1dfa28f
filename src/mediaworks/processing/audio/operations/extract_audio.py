from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.audio.operations.base import AudioOperation

if TYPE_CHECKING:
    from mediaworks.processing.audio.heard import Heard


class ExtractAudio(AudioOperation, frozen=True, kw_only=True, tag="extract_audio"):
    """Take this one of a recording's sounds, counted from 0; only as the first step. Without it the first one is taken."""

    track: Annotated[int, msgspec.Meta(ge=0, le=63)] = 0

    async def filters(self, heard: Heard) -> tuple[str, ...]:
        if not heard.is_untouched:
            raise InvalidRecipe("type: must be the first operation", field="type")
        return ()
