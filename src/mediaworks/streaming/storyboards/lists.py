"""Storyboards and chapters in the lists of players."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement

from mediaworks.processing import STORYBOARD_GRID, Chapter, Cue, Presentation, Storyboard, escaped_cue
from mediaworks.streaming.clips.model import Clip

TILES = "http://dashif.org/guidelines/thumbnail_tile"  # DASH-IF IOP, section 6.2.6


def board_of(presentation: Presentation, clip: Clip | None) -> Storyboard | None:
    """How the pictures are laid out; None of what shows none."""
    track = presentation.index.video
    if track is None:
        return None
    return (
        Storyboard.of(track, float(clip.seconds), float(clip.start))
        if clip
        else Storyboard.of(track, presentation.seconds)
    )


def storyboard_cues(board: Storyboard, seconds: float, query: str = "") -> Iterator[Cue]:
    """For each picture, when it stands for the recording, and where it is: a sheet and a rectangle (Media Fragments 1.0).
    `query`: of the sheets' addresses."""
    last = round(seconds * 1000)
    for number in range(board.count):
        begin = number * board.interval * 1000
        sheet, left, top = board.place(number)
        text = f"storyboard-{sheet}.jpg{query}#xywh={left},{top},{board.width},{board.height}"
        yield Cue(begin, min(begin + board.interval * 1000, last), text)


def chapter_cues(chapters: Sequence[Chapter]) -> Iterator[Cue]:
    for chapter in chapters:
        if chapter.end > chapter.start >= 0:
            yield Cue(round(chapter.start * 1000), round(chapter.end * 1000), escaped_cue(chapter.title))


def add_tiles(period: Element, board: Storyboard, query: str = "") -> None:
    """Add the sheets to the period; addresses are seen from the folder of the renditions."""
    columns, rows = STORYBOARD_GRID
    tiles = SubElement(period, "AdaptationSet", contentType="image", mimeType="image/jpeg")
    SubElement(
        tiles, "SegmentTemplate", media=f"../storyboard-$Number$.jpg{query}", startNumber="0", timescale="1",
        duration=str(columns * rows * board.interval),
    )  # fmt: skip
    shown = SubElement(
        tiles, "Representation", id="storyboard", bandwidth="20000", width=str(columns * board.width),
        height=str(rows * board.height),
    )  # fmt: skip
    SubElement(shown, "EssentialProperty", schemeIdUri=TILES, value=f"{columns}x{rows}")
