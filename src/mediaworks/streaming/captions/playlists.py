"""Captions in the lists of players: HLS (RFC 8216 section 4.3.4.1) and DASH (ISO/IEC 23009-1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil
from xml.etree.ElementTree import Element, SubElement

from mediaworks.streaming.captions.model import Track

GROUP = "captions"


def subtitle_lines(tracks: Sequence[Track]) -> Iterator[str]:
    """A line of the list of all renditions for each track; names are told apart."""
    named: Counter[str] = Counter()
    for track in tracks:
        name = "".join(letter for letter in track.label if letter.isprintable() and letter != '"')[:100]
        named[name] += 1
        shown = name if named[name] == 1 else f"{name} ({named[name]})"
        language = f'LANGUAGE="{track.language}",' if track.language else ""
        yield (
            f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="{GROUP}",NAME="{shown}",{language}DEFAULT=NO,AUTOSELECT=YES,'
            f'FORCED=NO,URI="../captions/{track.id}/playlist.m3u8"'
        )


def subtitle_playlist(track_id: str, seconds: float) -> str:
    """The captions of a recording that lasts so long, in one piece."""
    return "\n".join((
        "#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{ceil(seconds)}", "#EXT-X-PLAYLIST-TYPE:VOD",
        f"#EXTINF:{seconds:.6f},", f"../{track_id}.vtt", "#EXT-X-ENDLIST", "",
    ))  # fmt: skip


def add_text_sets(period: Element, tracks: Sequence[Track], query: str = "") -> None:
    """Add a set to the period for each track; addresses are seen from the folder of the renditions."""
    for track in tracks:
        language = {"lang": track.language} if track.language else {}
        texts = SubElement(period, "AdaptationSet", {"contentType": "text", "mimeType": "text/vtt", **language})
        SubElement(texts, "Role", schemeIdUri="urn:mpeg:dash:role:2011", value="subtitle")
        SubElement(texts, "Label").text = track.label
        shown = SubElement(texts, "Representation", id=f"caption-{track.id}", bandwidth="256")
        SubElement(shown, "BaseURL").text = f"../captions/{track.id}.vtt{query}"
