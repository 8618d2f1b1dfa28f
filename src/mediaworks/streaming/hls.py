"""HTTP Live Streaming (RFC 8216): lists of all renditions, and of all segments of one, whole from the beginning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from mediaworks.processing import (
    AAC_LC,
    AUDIO_BITS,
    AnyRendition,
    AnyVideo,
    AudioRendition,
    PlayedRendition,
    Presentation,
)
from mediaworks.streaming.captions.model import Track
from mediaworks.streaming.captions.playlists import GROUP, subtitle_lines
from mediaworks.streaming.clips.lists import clip_lines
from mediaworks.streaming.clips.model import Clip

HEAD = ("#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS")
STILLS = ("still-", "#EXT-X-I-FRAMES-ONLY")


def master_playlist(presentation: Presentation, tracks: Sequence[Track] = (), query: str = "") -> str:
    """Players begin with what stands first. `query`: of each list's address."""
    lines = [*HEAD, *_sounds(presentation, query), *subtitle_lines(tracks, query)]
    texts = f',SUBTITLES="{GROUP}"' if tracks else ""
    if not presentation.videos:
        lines += [
            f'#EXT-X-STREAM-INF:BANDWIDTH={AUDIO_BITS},CODECS="{AAC_LC}"{texts}',
            f"{presentation.audios[0].name}/playlist.m3u8{query}",
        ]
    for video in sorted(presentation.shown, key=lambda video: video is not presentation.opening):
        lines += [_stream(video, heard=bool(presentation.audios)) + texts, f"{video.name}/playlist.m3u8{query}"]
    if presentation.videos:
        lines.append(_stills(presentation.shown[-1], query))
    return "\n".join(lines) + "\n"


def _sounds(presentation: Presentation, query: str) -> Iterator[str]:
    if not presentation.videos:
        return
    named: Counter[str] = Counter()
    for audio in presentation.audios:
        title = _title(audio)
        named[title] += 1
        shown = title if named[title] == 1 else f"{title} ({named[title]})"
        language = f'LANGUAGE="{audio.track.language}",' if audio.track.language else ""
        yield (
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="{shown}",{language}'
            f'DEFAULT={"YES" if audio == presentation.default_audio else "NO"},AUTOSELECT=YES,CHANNELS="2",'
            f'URI="{audio.name}/playlist.m3u8{query}"'
        )


def _stills(video: AnyVideo, query: str) -> str:
    return (
        f'#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH={video.rung.bits},CODECS="{video.rung.codec}",'
        f'RESOLUTION={video.rung.width}x{video.rung.height},URI="{video.name}/stills.m3u8{query}"'
    )


def _title(audio: AudioRendition) -> str:
    told = audio.track.title or audio.track.language or f"Track {audio.number + 1}"
    return "".join(letter for letter in told if letter.isprintable() and letter != '"')[:100]


def _stream(video: AnyVideo, *, heard: bool) -> str:
    sound = AUDIO_BITS if heard else 0
    codecs = f"{video.rung.codec},{AAC_LC}" if heard else video.rung.codec
    audio = ',AUDIO="audio"' if heard else ""
    return (
        f'#EXT-X-STREAM-INF:BANDWIDTH={video.peak_bits + sound},AVERAGE-BANDWIDTH={video.rung.bits + sound},CODECS="{codecs}",RESOLUTION={video.rung.width}x{video.rung.height},'
        f"FRAME-RATE={float(video.grid.rate):.3f}{audio}"
    )


def media_playlist(rendition: PlayedRendition) -> str:
    """Every segment with its exact length, whether it has been made or not."""
    return _listed(rendition, "")


def stills_playlist(rendition: PlayedRendition) -> str:
    """The picture at the beginning of each segment, for as long as the segment lasts (RFC 8216 section 4.3.3.6)."""
    return _listed(rendition, *STILLS)


def _listed(rendition: PlayedRendition, prefix: str, *more: str) -> str:
    grid = rendition.grid
    seconds = [grid.seconds(number) for number in range(grid.segments)]
    lines = [
        *HEAD,
        f"#EXT-X-TARGETDURATION:{_ceiling(max(seconds))}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        *more,
        '#EXT-X-MAP:URI="init.mp4"',
    ]
    for number, length in enumerate(seconds):
        lines += [f"#EXTINF:{float(length):.6f},", f"{prefix}{number}.m4s"]
    return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"


def clip_playlist(rendition: AnyRendition, clip: Clip) -> str:
    """The segments of a stretch."""
    return "\n".join([*HEAD, *clip_lines(rendition, clip)]) + "\n"


def clip_stills(rendition: AnyRendition, clip: Clip) -> str:
    """As `stills_playlist`, for the segments of a stretch."""
    return "\n".join([*HEAD, *clip_lines(rendition, clip, *STILLS)]) + "\n"


def _ceiling(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
