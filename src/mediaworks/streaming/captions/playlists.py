"""Captions in the lists of players: HLS (RFC 8216 section 4.3.4.1) and DASH (ISO/IEC 23009-1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil
from xml.etree.ElementTree import Element, SubElement

from mediaworks.streaming.captions.model import Track
from mediaworks.streaming.captions.segments import stretches
from mediaworks.streaming.model import Playable

GROUP = "captions"


def subtitle_lines(tracks: Sequence[Track], query: str = "") -> Iterator[str]:
    """A line of the list of all renditions for each track; names are told apart. `query`: of each address."""
    named: Counter[str] = Counter()
    for track in tracks:
        name = "".join(letter for letter in track.label if letter.isprintable() and letter != '"')[:100]
        named[name] += 1
        shown = name if named[name] == 1 else f"{name} ({named[name]})"
        language = f'LANGUAGE="{track.language}",' if track.language else ""
        yield (
            f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="{GROUP}",NAME="{shown}",{language}DEFAULT=NO,AUTOSELECT=YES,'
            f'FORCED=NO,URI="../captions/{track.id}/playlist.m3u8{query}"'
        )


def subtitle_playlist(playable: Playable, track_id: str) -> str:
    """The segments of a track, of a clip those that it needs."""
    listed = list(stretches(playable))
    lines = [
        "#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{ceil(max(one.seconds for one in listed))}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
    ]  # fmt: skip
    for one in listed:
        lines += [f"#EXTINF:{one.seconds:.6f},", f"{one.number}.vtt{'' if one.is_whole else playable.query}"]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def add_text_sets(period: Element, tracks: Sequence[Track], query: str = "") -> None:
    """Add a set to the period for each track; addresses are seen from the folder of the renditions."""
    for track in tracks:
        language = {"lang": track.language} if track.language else {}
        texts = SubElement(period, "AdaptationSet", {"contentType": "text", "mimeType": "text/vtt", **language})
        SubElement(texts, "Role", schemeIdUri="urn:mpeg:dash:role:2011", value="subtitle")
        SubElement(texts, "Label").text = track.label
        shown = SubElement(texts, "Representation", id=f"caption-{track.id}", bandwidth="256")
        SubElement(shown, "BaseURL").text = f"../captions/{track.id}.vtt{query}"
