"""What sound is written as. Like the operations, read where no decoder may be loaded."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.audio.layouts import layout_of
from mediaworks.processing.audio.model import Sound
from mediaworks.processing.types import FileType

Rate = Annotated[int, msgspec.Meta(ge=4_000, le=384_000, description="samples a second")]
Count = Annotated[int, msgspec.Meta(ge=1, le=8)]
Keep = Literal["tags", "cover"]
RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
HIGH_RATES = (*RATES, 64_000, 88_200, 96_000)


class AudioOutput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="format"):
    """How sound is written. `sample_rate` and `channels`: those of the source where they are not given, as far as the format
    knows them. `keep`: what of the source stays in the file beside the sound."""

    type: ClassVar[FileType]
    rates: ClassVar[tuple[int, ...]] = ()
    most_channels: ClassVar[int] = 8
    cover: ClassVar[Literal["stream", "tag"] | None] = None
    """How the container holds a picture beside the sound."""
    unknown_tags: ClassVar[frozenset[str]] = frozenset()
    """Of those that steps write, the ones for which the container has no place."""

    sample_rate: Rate | None = None
    channels: Count | None = None
    keep: tuple[Keep, ...] = ("tags", "cover")

    def encoder(self, sound: Sound) -> tuple[str, ...]:
        """The arguments of ffmpeg that choose codec and container for such a sound."""
        raise NotImplementedError

    def filters(self, sound: Sound) -> tuple[str, ...]:
        """The filters that make of `sound` what the format takes. Raises InvalidRecipe for what it does not take."""
        return f"aresample={self._rate(sound)}:rematrix_maxval=1", f"aformat=channel_layouts={self._layout(sound)}"

    def _rate(self, sound: Sound) -> int:
        if self.sample_rate is not None:
            self._refuse_unless(not self.rates or self.sample_rate in self.rates, "sample_rate", self.rates)
            return self.sample_rate
        higher = (rate for rate in sorted(self.rates) if rate >= sound.sample_rate)
        return next(higher, max(self.rates)) if self.rates else sound.sample_rate

    def _layout(self, sound: Sound) -> str:
        if self.channels is not None:
            self._refuse_unless(self.channels <= self.most_channels, "channels", range(1, self.most_channels + 1))
            return layout_of(self.channels)
        return layout_of(sound.channels if sound.channels <= self.most_channels else 2)

    def _refuse_unless(self, is_good: bool, field: str, allowed: tuple[int, ...] | range) -> None:
        if not is_good:
            told = f"output.{field}: this format takes {', '.join(map(str, allowed))}"
            raise InvalidRecipe(told, field=f"output.{field}", allowed=list(allowed))


def bitrate(kilobits: int | None) -> tuple[str, ...]:
    return () if kilobits is None else ("-b:a", f"{kilobits}k")


def refuse_both(*, bitrate: int | None, quality: float | None) -> None:
    """Raise InvalidRecipe when both are given."""
    if bitrate is not None and quality is not None:
        raise InvalidRecipe("output.quality: goes without bitrate", field="output.quality")
