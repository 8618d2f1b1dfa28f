"""Clips in the lists of players."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil
from xml.etree.ElementTree import Element, SubElement

from mediaworks.processing import AnyRendition, Presentation
from mediaworks.streaming.clips.model import Clip, Piece, pieces


def clip_lines(rendition: AnyRendition, clip: Clip, prefix: str = "", *more: str) -> Iterator[str]:
    """What a media playlist of HLS says behind its head; `prefix`: of each name, `more`: lines that say what it lists."""
    shown = list(pieces(rendition, clip))
    yield f"#EXT-X-TARGETDURATION:{ceil(max(piece.seconds(rendition) for piece in shown))}"
    yield "#EXT-X-PLAYLIST-TYPE:VOD"
    yield from more
    yield '#EXT-X-MAP:URI="init.mp4"'
    for piece in shown:
        yield f"#EXTINF:{float(piece.seconds(rendition)):.6f},"
        yield f"{prefix}{piece.number}.m4s" + ("" if piece.is_whole else clip.query)
    yield "#EXT-X-ENDLIST"


def cut_manifest(root: Element, presentation: Presentation, clip: Clip) -> None:
    """Make of the manifest of a recording that of the clip."""
    root.set("mediaPresentationDuration", f"PT{float(clip.seconds):.3f}S")
    for shown in root.iter("Representation"):
        rendition = presentation.named(shown.get("id", ""))
        template = shown.find("SegmentTemplate")
        if isinstance(rendition, AnyRendition) and template is not None:
            _cut(template, rendition, clip)
        for address in shown.findall("BaseURL"):
            address.text = f"{address.text}{clip.query}"


def _cut(template: Element, rendition: AnyRendition, clip: Clip) -> None:
    shown = list(pieces(rendition, clip))
    scale = int(template.get("timescale", "1"))
    template.set("startNumber", str(shown[0].number))
    template.set("presentationTimeOffset", str(round(clip.start * scale)))
    template.set("media", template.get("media", "") + clip.query)
    for line in template.findall("SegmentTimeline"):
        template.remove(line)
    _timeline(SubElement(template, "SegmentTimeline"), shown, rendition, scale)


def _timeline(line: Element, shown: Iterable[Piece], rendition: AnyRendition, scale: int) -> None:
    for piece in shown:
        grid = piece.of(rendition).grid
        SubElement(line, "S", t=str(round(grid.start(0) * scale)), d=str(round(grid.seconds(0) * scale)))
