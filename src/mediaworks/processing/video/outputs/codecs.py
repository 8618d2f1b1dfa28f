"""How the encoders are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Codec = Literal["h264", "hevc", "vp8", "vp9", "av1"]
Speed = Literal["fast", "medium", "slow"]


@dataclass(frozen=True, slots=True)
class Notes:
    """Options of the run that takes notes of a whole video, and of the one that spends its bits by them; `{name}` stands for
    the file that holds them."""

    taken: tuple[str, ...]
    used: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Encoder:
    """`speeds`: its options for each; `crf`: what looks about the same with each; `capped`: whether a bit rate has a ceiling
    that it keeps to; `notes`: where it knows how to take and use them."""

    name: str
    crf: int
    speeds: Mapping[Speed, tuple[str, ...]]
    options: tuple[str, ...] = ()
    capped: bool = True
    highest_crf: int = 51
    notes: Notes | None = None


LOGGED = Notes(("-pass", "1", "-passlogfile", "{name}"), ("-pass", "2", "-passlogfile", "{name}"))
OF_X265 = Notes(
    ("-x265-params", "log-level=error:pass=1:stats={name}"), ("-x265-params", "log-level=error:pass=2:stats={name}")
)


def _presets(fast: str, medium: str, slow: str, option: str = "-preset") -> Mapping[Speed, tuple[str, ...]]:
    return {"fast": (option, fast), "medium": (option, medium), "slow": (option, slow)}


ENCODERS: Mapping[Codec, Encoder] = {
    "h264": Encoder("libx264", 23, _presets("veryfast", "medium", "slow"), notes=LOGGED),
    "hevc": Encoder(
        "libx265",
        28,
        _presets("veryfast", "medium", "slow"),
        ("-tag:v", "hvc1", "-x265-params", "log-level=error"),
        notes=OF_X265,
    ),
    "vp8": Encoder(
        "libvpx", 24, _presets("8", "4", "1", "-cpu-used"), ("-deadline", "good"), highest_crf=63, notes=LOGGED
    ),
    "vp9": Encoder(
        "libvpx-vp9",
        33,
        _presets("6", "4", "2", "-cpu-used"),
        ("-row-mt", "1", "-deadline", "good"),
        highest_crf=63,
        notes=LOGGED,
    ),
    "av1": Encoder("libsvtav1", 35, _presets("10", "8", "5"), capped=False, highest_crf=63),
}
TEN_BITS: frozenset[Codec] = frozenset({"hevc", "av1"})
SOUNDS: Mapping[str, tuple[str, ...]] = {
    "aac": ("-c:a", "aac"),
    "opus": ("-c:a", "libopus", "-ar", "48000"),
    "vorbis": ("-c:a", "libvorbis"),
}


def by_quality(codec: Codec, crf: int | None, speed: Speed) -> tuple[str, ...]:
    """Options for a constant quality; the usual one without `crf`."""
    encoder = ENCODERS[codec]
    quality = ("-crf", str(encoder.crf if crf is None else crf))
    free = ("-b:v", "0") if codec == "vp9" else ()
    return ("-c:v", encoder.name, *encoder.speeds[speed], *quality, *free, *encoder.options)


def by_rate(codec: Codec, bits: int, speed: Speed) -> tuple[str, ...]:
    """Options for so many bits a second."""
    encoder = ENCODERS[codec]
    ceiling = ("-maxrate", str(bits * 3 // 2), "-bufsize", str(bits * 2)) if encoder.capped else ()
    return ("-c:v", encoder.name, *encoder.speeds[speed], "-b:v", str(bits), *ceiling, *encoder.options)
