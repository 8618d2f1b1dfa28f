"""What the headers of a recording say about its sound. Only sandbox children import this module."""

from __future__ import annotations

import av

from mediaworks.errors import InvalidRecipe, Unprocessable
from mediaworks.processing.audio.model import HearRequest, Sound
from mediaworks.processing.video import details
from mediaworks.processing.video.demuxers import DEMUXERS
from mediaworks.processing.video.opening import opened

MOST_CHANNELS = 8
LOSSLESS = ("pcm_", "flac", "alac", "wavpack", "ape", "tta")
SHORT_FORMATS = {"u8", "u8p", "s16", "s16p"}


def hear(descriptor: int, request: HearRequest) -> Sound:
    """Raises Unprocessable without any sound or with more channels than can be mixed, InvalidRecipe for a track that is
    not there."""
    with opened(descriptor, DEMUXERS[request.mime]) as container:
        stream = track_of(container, request.track)
        cover = next((one for one in container.streams.video if is_cover(one)), None)
        return Sound(
            stream=stream.index,
            codec=stream.codec_context.name,
            sample_rate=stream.sample_rate,
            channels=stream.channels,
            bits=_bits(stream),
            seconds=details.duration_of(container),
            cover=cover.index if cover else None,
            cover_codec=cover.codec_context.name if cover and cover.codec_context else None,
        )


def track_of(container: av.container.InputContainer, track: int) -> av.AudioStream:
    """The sound with that number. Raises as `hear`."""
    tracks = container.streams.audio
    if not tracks:
        raise Unprocessable("The recording has no sound", code="no_sound")
    if track >= len(tracks):
        raise InvalidRecipe(f"track: there are {len(tracks)}, from 0", field="track", limit=len(tracks) - 1)
    stream = tracks[track]
    if not stream.codec_context or not stream.sample_rate or not stream.channels:
        raise Unprocessable("The recording does not say how its sound is coded")
    if stream.channels > MOST_CHANNELS:
        raise Unprocessable(f"The sound has {stream.channels} channels; {MOST_CHANNELS} are the most")
    return stream


def is_cover(stream: av.VideoStream) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _bits(stream: av.AudioStream) -> int:
    """What was coded with loss has no more than 16."""
    sample_format = stream.format.name if stream.format else "s16"
    return 24 if stream.codec_context.name.startswith(LOSSLESS) and sample_format not in SHORT_FORMATS else 16
