from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from mediaworks.processing.audio.operations.base import AudioOperation

if TYPE_CHECKING:
    from mediaworks.processing.audio.heard import Heard


class Channels(AudioOperation, frozen=True, kw_only=True, tag="channels"):
    """Mix to `mono` or `stereo`; a sound of one channel goes to both, each 3 dB softer, so that it
    stays as loud."""

    layout: Literal["mono", "stereo"]

    async def filters(self, heard: Heard) -> tuple[str, ...]:
        count = 1 if self.layout == "mono" else 2
        if heard.sound.channels == count:
            return ()
        heard.now_has(count)
        return mixed(self.layout)


def mixed(layout: str) -> tuple[str, ...]:
    """The filters that mix down without clipping (coefficients that sum up to 1)."""
    return "aresample=rematrix_maxval=1", f"aformat=channel_layouts={layout}"
