from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.audio.operations.base import AudioOperation

if TYPE_CHECKING:
    from mediaworks.processing.audio.heard import Heard


class PickChannel(AudioOperation, frozen=True, kw_only=True, tag="pick_channel"):
    """Keep one channel alone, by its number: of stereo, 0 is left and 1 is right."""

    channel: Annotated[int, msgspec.Meta(ge=0, le=7)]

    async def filters(self, heard: Heard) -> tuple[str, ...]:
        if self.channel >= heard.sound.channels:
            told = f"channel: the sound has {heard.sound.channels}, from 0"
            raise InvalidRecipe(told, field="channel", limit=heard.sound.channels - 1)
        heard.now_has(1)
        return (f"pan=mono|c0=c{self.channel}",)
