"""Moving pictures with sound, in a container."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.image.operations.base import Colour
from mediaworks.processing.types import FileType
from mediaworks.processing.video.clip import Clip
from mediaworks.processing.video.outputs.base import Output, Run, Target, mapped
from mediaworks.processing.video.outputs.codecs import ENCODERS, SOUNDS, TEN_BITS, Codec, Speed, by_quality, by_rate

Crf = Annotated[int, msgspec.Meta(ge=0, le=63, description="lower is better")]
BitRate = Annotated[int, msgspec.Meta(ge=10_000, le=200_000_000, description="bits a second")]
SoundRate = Annotated[int, msgspec.Meta(ge=16_000, le=512_000, description="bits a second")]
Budget = Annotated[int, msgspec.Meta(ge=10_000, description="bytes")]
OVERHEAD = 0.96  # of a budget, what is left beside the container
LEAST_BITS = 20_000
AS_THEY_COME = ("-fps_mode", "vfr")
"""Each frame at its own time, in every container and in both runs of two: builds differ in what they do without."""


class Movie(Output, frozen=True, kw_only=True):
    """By `crf`, `bitrate` or `max_bytes`, at most one of them. What has the codec already and is neither changed nor asked to
    be of a quality is copied as it is. `range`: what is HDR becomes SDR, or stays (`source`: hevc and av1, in 10 bits)."""

    type: ClassVar[FileType]
    muxer: ClassVar[tuple[str, ...]]
    sounds: ClassVar[frozenset[str]]
    """The codecs of sound that may be copied into it."""

    codec: Codec = "h264"
    crf: Crf | None = None
    bitrate: BitRate | None = None
    max_bytes: Budget | None = None
    speed: Speed = "medium"
    audio: Literal["aac", "opus", "vorbis", "copy", "none"] = "aac"
    audio_bitrate: SoundRate = 128_000
    range: Literal["sdr", "source"] = "sdr"
    background: Colour = "white"

    def __post_init__(self) -> None:
        if sum(value is not None for value in (self.crf, self.bitrate, self.max_bytes)) > 1:
            raise ValueError("crf: goes without bitrate and max_bytes")
        if self.crf is not None and self.crf > ENCODERS[self.codec].highest_crf:
            raise ValueError(f"crf: at most {ENCODERS[self.codec].highest_crf} with {self.codec}")
        if self.range == "source" and self.codec not in TEN_BITS:
            raise ValueError(f"range: only sdr with {self.codec}")

    @property
    def most_bytes(self) -> int | None:
        return self.max_bytes

    def runs(self, clip: Clip, squeeze: float) -> tuple[Run, ...]:
        clip, target = self.target(clip, squeeze)
        return (Run(clip, (target,)),)

    def target(self, clip: Clip, squeeze: float) -> tuple[Clip, Target]:
        """The file, and the clip with what it still needs. Raises InvalidRecipe."""
        sounds, sound_options = self._sound(clip)
        if self._copies_pictures(clip):
            shown, options = clip, ("-c:v", "copy", *(("-tag:v", "hvc1") if self.codec == "hevc" else ()))
        else:
            shown, encoder = self._encoded(clip, squeeze)
            options = (*AS_THEY_COME, *encoder)
        return shown, Target(
            type=self.type,
            streams=(mapped(shown.picture), *sounds),
            options=(*options, *sound_options),
            muxer=self.muxer,
            pixels=shown.size[0] * shown.size[1],
            notes=ENCODERS[self.codec].notes if self._has_a_rate else None,
        )

    @property
    def is_free(self) -> bool:
        """Whether nothing is said of its quality, rate, size and range."""
        return self.crf is None and not self._has_a_rate and self.range == "sdr"

    @property
    def _has_a_rate(self) -> bool:
        return self.bitrate is not None or self.max_bytes is not None

    def _copies_pictures(self, clip: Clip) -> bool:
        is_free = self.crf is None and not self._has_a_rate
        is_same = clip.track.codec == self.codec and (clip.track.hdr == "sdr" or self.range == "source")
        return is_free and is_same and clip.has_own_pictures

    def _encoded(self, clip: Clip, squeeze: float) -> tuple[Clip, tuple[str, ...]]:
        pixels = "yuv420p10le" if self.range == "source" else "yuv420p"
        shown = clip.seen(f"crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0,format={pixels}")
        if self.max_bytes is not None:
            return shown, by_rate(self.codec, self._bits_within(self.max_bytes * squeeze, clip), self.speed)
        if self.bitrate is not None:
            return shown, by_rate(self.codec, self.bitrate, self.speed)
        return shown, by_quality(self.codec, self.crf, self.speed)

    def _bits_within(self, budget: float, clip: Clip) -> int:
        sound = self.audio_bitrate if clip.sound and self.audio != "none" else 0
        bits = budget * OVERHEAD * 8 / max(clip.seconds, 0.1) - sound
        if bits < LEAST_BITS:
            least = int((LEAST_BITS + sound) * clip.seconds / 8 / OVERHEAD) + 1
            told = f"output.max_bytes: so few bytes cannot hold {clip.seconds:.1f} seconds; at least {least}"
            raise InvalidRecipe(told, field="output.max_bytes", limit=least)
        return int(bits)

    def _sound(self, clip: Clip) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Which streams, and their options. What is as it was is copied where it has the codec, every track of it."""
        if clip.sound is None or self.audio == "none":
            return (), ("-an",)
        if clip.has_own_sound and all(track.codec == self.audio for track in clip.index.audio):
            return clip.own_sounds, ("-c:a", "copy")
        if self.audio != "copy":
            sounds = clip.own_sounds if clip.sound.startswith("0:") else (mapped(clip.sound),)
            return sounds, (*SOUNDS[self.audio], "-b:a", str(self.audio_bitrate))
        if not clip.has_own_sound:
            raise InvalidRecipe("output.audio: sound that was changed cannot be copied", field="output.audio")
        self._refuse_foreign_sound(clip)
        return clip.own_sounds, ("-c:a", "copy")

    def _refuse_foreign_sound(self, clip: Clip) -> None:
        foreign = next((track.codec for track in clip.index.audio if track.codec not in self.sounds), None)
        if foreign is not None:
            known = ", ".join(sorted(self.sounds))
            told = f"output.audio: {foreign} cannot be copied into {self.type.extension}; {known} can"
            raise InvalidRecipe(told, field="output.audio", allowed=sorted(self.sounds))
