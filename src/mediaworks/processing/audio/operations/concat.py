from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar

import msgspec

from mediaworks.processing.audio.layouts import layout_of
from mediaworks.processing.audio.operations.base import AudioOperation
from mediaworks.processing.types import Kind

if TYPE_CHECKING:
    from mediaworks.processing.audio.heard import Heard

Ids = Annotated[tuple[Annotated[str, msgspec.Meta(max_length=100)], ...], msgspec.Meta(min_length=1, max_length=12)]


class Concat(AudioOperation, frozen=True, kw_only=True, tag="concat"):
    """Let the sounds of other media objects follow, in their order; they become like this one in sample rate and
    channels."""

    media_kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.AUDIO, Kind.VIDEO})

    media: Ids

    async def filters(self, heard: Heard) -> tuple[str, ...]:
        sound = heard.sound
        alike = f"aresample={sound.sample_rate},aformat=sample_fmts=fltp:channel_layouts={layout_of(sound.channels)}"
        places = [f"joined{heard.step}_{number}" for number in range(len(self.media) + 1)]
        others = [f"[{heard.other(name)}]{alike}[{place}]" for name, place in zip(self.media, places[1:], strict=True)]
        labels = "".join(f"[{place}]" for place in places)
        return (";".join((f"{alike}[{places[0]}]", *others, f"{labels}concat=n={len(places)}:v=0:a=1")),)

    def lasting(self, seconds: float, others: Mapping[str, float]) -> float:
        return seconds + sum(others[name] for name in self.media)
